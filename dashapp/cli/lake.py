"""``python -m dashapp lake …``: look after the lake of the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashapp.data.lake import Compacted, Lake, LakeError, LakeStatus, LostFile, TableStatus
from dashapp.domain.text import visible
from dashapp.private_files import tighten
from dashapp.settings import load_settings

Folder = Annotated[Path | None, typer.Option("--lake", help="Folder of the lake, instead of the data folder's.")]


def register(root: typer.Typer) -> None:
    """Add ``lake`` and its commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after the lake: its files, its age, its health.")
    for command in (status, compact, retain, repair, migrate):
        group.command()(command)
    root.add_typer(group, name="lake")


def status(lake: Folder = None) -> None:
    """Show what is in the lake; exit code 1 if a file is missing or broken."""
    with _errors():
        found = _open(lake).status()
    console = Console()
    console.print(_tables(found))
    console.print(*_lines(found), sep="\n")
    damaged = [f"{table.name}/{text}" for table in found.tables for text in table.damaged]
    for text in damaged:
        console.print(f"[red]damaged[/red] {text}", highlight=False)
    if damaged:
        console.print("`lake repair` tells what is lost, and how to go on without it.")
        raise typer.Exit(1)


def compact(lake: Folder = None) -> None:
    """Put months with many or overlapping files into few sorted ones; readers are not disturbed."""

    def tell(done: Compacted) -> None:
        typer.echo(f"{done.table} {done.month}: {done.before} files -> {done.after}, {done.rows:,} rows")

    with _errors():
        if not _open(lake).compact(tell):
            typer.echo("Nothing to do: every month has few, sorted files.")


def retain(
    days: Annotated[int, typer.Option(min=1, help="Keep this many days before now.")], lake: Folder = None
) -> None:
    """Remove older rows from every table, but the latest row of each account."""
    with _errors():
        removed = _open(lake).retain(days, datetime.now(UTC))
    for table, rows in removed.items():
        typer.echo(f"{table}: {rows:,} rows removed")
    if not removed:
        typer.echo(f"Nothing to do: no row is older than {days} days.")


def repair(
    lake: Folder = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what is lost.")] = False,
) -> None:
    """Give up lost files, so that the rest answers again; exit code 1 if some are lost and --yes is not given."""
    with _errors():
        opened = _open(lake)
        lost, sources = opened.lost(), {batch.id: batch.source for batch in opened.batches()}
        for file in lost:
            typer.echo(_loss(file))
        if lost and yes:
            for table, rows in opened.repair(lost).items():
                typer.echo(f"{table}: {rows:,} rows given up")
    if not lost:
        typer.echo("Nothing to do: no file is missing or broken.")
        return
    for batch in sorted({batch for file in lost for batch in file.batches}):
        typer.echo(f"To bring back what batch {batch} had there, ingest again: {visible(sources[batch])}")
    if not yes:
        typer.echo("If the files can be restored from a backup, do that instead. To give them up, add --yes.")
        raise typer.Exit(1)


def _loss(file: LostFile) -> str:
    start, end = (f"{instant:%Y-%m-%d %H:%M}" for instant in file.time_range)
    whose = f", batch {', '.join(file.batches)}" if file.batches else ""
    return f"{file.table}/{file.path}: {file.fault}; {file.rows:,} rows from {start} to {end} UTC{whose}"


def migrate(lake: Folder = None) -> None:
    """Bring an older lake to the present columns, and close what other users of this machine may read."""
    with _errors():
        rewritten = _open(lake).migrate()
    for table, files in rewritten.items():
        typer.echo(f"{table}: {files} files rewritten")
    closed = tighten(lake or load_settings().data_dir)
    if closed:
        typer.echo(f"{closed:,} files and folders closed to other users of this machine")
    if not rewritten:
        typer.echo("Nothing to do: every table has the present columns.")


def _open(folder: Path | None) -> Lake:
    settings = load_settings()
    return Lake.open(folder or settings.data_dir / "lake", codec=settings.parquet_codec)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except LakeError as error:
        typer.echo(f"threatboard: {error}", err=True)
        raise typer.Exit(2) from None


def _tables(found: LakeStatus) -> Table:
    shown = Table()
    for heading in ("Table", "From", "Until"):
        shown.add_column(heading, no_wrap=True)
    for heading in ("Rows", "Files", "Small", "MB", "Schema"):
        shown.add_column(heading, justify="right")
    for table in found.tables:
        shown.add_row(table.name, *_times(table), *_numbers(table))
    return shown


def _times(table: TableStatus) -> tuple[str, str]:
    if table.time_range is None:
        return "", ""
    start, end = table.time_range
    return f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"


def _numbers(table: TableStatus) -> tuple[str, ...]:
    size, schema = f"{table.size / 1e6:,.1f}", "" if table.schema is None else str(table.schema)
    return f"{table.rows:,}", f"{table.files:,}", f"{table.small_files:,}", size, schema


def _lines(found: LakeStatus) -> list[str]:
    last = found.last_batch
    latest = f"{last.id} of {last.finished:%Y-%m-%d %H:%M} UTC from {last.source}" if last else "none"
    return [
        f"Batches: {found.batches:,}; the last: {latest}",
        f"In quarantine: {found.quarantined:,}",
        f"Days whose hourly counts are to be built again: {len(found.stale_days)}",
        f"Replaced files kept for running readers: {found.waiting_files}",
    ]
