"""``ingest``: bring your own events and mail in, list what came in, take a batch back."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table
from rich.text import Text

from dashapp.data.lake import Lake, LakeError
from dashapp.ingest.enrichment import EnrichmentError
from dashapp.ingest.mapping import NO_MAPPING, MappingError, load_mapping
from dashapp.ingest.pipeline import ingest as ingest_paths
from dashapp.ingest.summary import Count, Summary
from dashapp.settings import Settings, load_settings

LAKE = "lake"
_MOST_SHOWN = 5


def register(root: typer.Typer) -> None:
    """Add ``ingest``."""
    root.command("ingest")(ingest)


def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; what they are is told by content.")
    ] = None,
    *,
    show_batches: Annotated[bool, typer.Option("--list", help="List the batches in the lake and stop.")] = False,
    undo: Annotated[str, typer.Option(metavar="BATCH", help="Take the rows of a batch out again and stop.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Read and check only; write nothing.")] = False,
    mapping: Annotated[Path | None, typer.Option(help="YAML file that maps foreign column names.")] = None,
    networks: Annotated[Path | None, typer.Option(help="CSV file: network,country,asn,organisation.")] = None,
) -> None:
    """Read events and mail into the lake; exit code 0: all in, 1: some quarantined, 2: nothing could be read."""
    settings = load_settings()
    try:
        if show_batches:
            _list(_open(settings))
        elif undo:
            gone = sum(_open(settings).undo(undo).values())
            typer.echo(f"batch {undo} is taken back: {gone:,} rows")
        elif not paths:
            _fail("name at least one file or folder, or --list, or --undo BATCH")
        else:
            lake = None if dry_run else _open(settings)
            summary = _run(paths, lake, settings, mapping=mapping, networks=networks)
            _show(summary)
            raise typer.Exit(summary.exit_code)
    except (LakeError, MappingError, EnrichmentError, OSError) as error:
        _fail(str(error))


def _open(settings: Settings) -> Lake:
    return Lake.open(settings.data_dir / LAKE, codec=settings.parquet_codec)


def _fail(message: str) -> None:
    typer.echo(f"threatboard: {message}", err=True)
    raise typer.Exit(2)


def _run(
    paths: list[Path], lake: Lake | None, settings: Settings, *, mapping: Path | None, networks: Path | None
) -> Summary:
    console = Console(stderr=True)
    columns = TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Bar(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading", total=None)
        return ingest_paths(
            paths,
            lake=lake,
            settings=settings,
            mapping=load_mapping(mapping) if mapping else NO_MAPPING,
            networks=networks,
            dry_run=lake is None,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            on_wait=lambda message: console.print(message, markup=False),
        )


def _show(summary: Summary) -> None:
    console = Console()
    console.print(_table_of(summary))
    files = "1 file" if summary.files == 1 else f"{summary.files:,} files"
    console.print(f"{files}, {summary.seconds:.1f} s, {summary.rows_per_second:,.0f} rows/s", markup=False)
    for refused in summary.examples[:_MOST_SHOWN]:
        place = refused.source if refused.row is None else f"{refused.source}, row {refused.row}"
        _say(console, f"not read: {place}: {refused.reason}")
    if summary.refused > _MOST_SHOWN:
        console.print(f"… and {summary.refused - _MOST_SHOWN:,} more")
    if summary.quarantine:
        _say(console, f"everything that was not read, with reasons: {summary.quarantine}")
    for note in summary.notes:
        _say(console, f"note: {note}")
    _say(console, _closing(summary))


def _say(console: Console, text: str) -> None:
    """One line, not wrapped: paths and batch ids are there to be copied."""
    console.print(_plain(text), soft_wrap=True)


def _closing(summary: Summary) -> str:
    if summary.dry_run:
        return "dry run: nothing was written; which rows are new is not known without writing"
    if summary.batch_id:
        return f"batch {summary.batch_id} is in the lake; `ingest --undo {summary.batch_id}` takes it back"
    return "nothing new: the lake is as it was"


def _plain(text: str) -> Text:
    """File names and reasons may hold control characters, which a terminal would obey."""
    return Text("".join(character if character.isprintable() else "�" for character in text))


def _table_of(summary: Summary) -> Table:
    table = Table("table", *(heading for heading in ("read", "new", "duplicate", "quarantined")))
    for column in table.columns[1:]:
        column.justify = "right"
    for name, count in sorted(summary.tables.items()):
        table.add_row(name, *_cells(count, dry_run=summary.dry_run))
    table.add_section()
    table.add_row("total", *_cells(summary.total, dry_run=summary.dry_run))
    return table


def _cells(count: Count, *, dry_run: bool) -> list[str]:
    numbers = [count.read, count.new, count.duplicate, count.quarantined]
    cells = [f"{number:,}" for number in numbers]
    return [cells[0], "-", "-", cells[3]] if dry_run else cells


def _list(lake: Lake) -> None:
    table = Table(
        Column("batch", no_wrap=True), Column("finished (UTC)", no_wrap=True), Column("new rows", justify="right")
    )
    table.add_column("state", no_wrap=True)
    table.add_column("source", overflow="fold")
    for batch in lake.batches():
        new = f"{sum(batch.new.values()):,}"
        table.add_row(batch.id, f"{batch.finished:%Y-%m-%d %H:%M:%S}", new, batch.state, _plain(batch.source))
    Console().print(table)
