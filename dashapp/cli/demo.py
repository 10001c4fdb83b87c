"""``python -m dashapp demo``: make, or carry on, a demonstration."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dashapp.demo import generate, top_up
from dashapp.demo.manifest import Manifest
from dashapp.demo.report import report


def register(root: typer.Typer) -> None:
    """Add ``demo``."""
    root.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option(help="Folder to write events/, networks.csv and manifest.json to.")],
    messages: Annotated[int, typer.Option(min=1, help="About how many rows: message times recipient.")] = 300_000,
    days: Annotated[int, typer.Option(min=1, help="Days up to now.")] = 90,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another organisation and other attacks.")] = 1,
    until: Annotated[datetime | None, typer.Option(help="Moment it ends, UTC; by default now.")] = None,
    carry_on: Annotated[
        bool, typer.Option("--top-up", help="Carry the demonstration in OUT on, as it was made.")
    ] = False,
    show_report: Annotated[bool, typer.Option("--report", help="Compare the one in OUT with public figures.")] = False,
) -> None:
    """Make an invented organisation's mail as Parquet in Microsoft's columns, with a manifest of what is in it."""
    if show_report:
        _print_report(out)
        return
    end = until.replace(tzinfo=UTC) if until else datetime.now(UTC)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("days", total=days)

        def advance(day: date, rows: int) -> None:
            progress.update(task, advance=1, description=f"{day} {rows:,} rows")

        try:
            if carry_on:
                progress.update(task, total=_days_to_make(out, end))
                manifest = top_up(out, end, progress=advance)
            else:
                manifest = generate(out, messages=messages, days=days, seed=seed, until=end, progress=advance)
        except (FileExistsError, FileNotFoundError, ValueError) as error:
            typer.echo(f"threatboard: {error}", err=True)
            raise typer.Exit(2) from None
    rows = sum(numbers["table/EmailEvents"] for numbers in manifest.days.values())
    typer.echo(f"{rows:,} messages on {len(manifest.days)} days until {manifest.until:%Y-%m-%d %H:%M} UTC in {out}")


def _print_report(out: Path) -> None:
    try:
        lines = report(Manifest.read(out))
    except FileNotFoundError as error:
        typer.echo(f"threatboard: {error}", err=True)
        raise typer.Exit(2) from None
    for line in lines:
        mark = "ok " if line.holds else "OFF"
        typer.echo(f"{mark} {line.what:<32}{line.found:7.2%}  {line.low:6.2%} to {line.high:6.2%}  {line.source}")


def _days_to_make(out: Path, until: datetime) -> int:
    made = Manifest.read(out).until
    return max(1, (until - made + timedelta(days=5)).days)
