"""``python -m dashapp query``: look into the lake from the command line, with the engine of the pages."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Never

import pandas as pd
import typer

from dashapp.cli.formats import Format, write_rows
from dashapp.cli.records import open_records
from dashapp.cli.user import command_line_actor
from dashapp.data import grid
from dashapp.data.engine import Engine, EngineError, FilterError, open_engine
from dashapp.data.hunts import HUNTS, answer
from dashapp.data.lake import Lake, LakeError
from dashapp.domain.ready_made import READY_MADE
from dashapp.kept_lists import KeptLists
from dashapp.query.errors import QueryError
from dashapp.query.fields import find_field
from dashapp.query.printing import to_text
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Node
from dashapp.query.views import VIEWS, ExplorerView, in_view, known_view
from dashapp.query.window import RangeError, Window, read_window
from dashapp.settings import Settings, load_settings

COLUMNS = "Timestamp,RecipientEmailAddress,SenderFromAddress,Subject,PrimaryThreat,ExplorerDelivery"
SLUGS = ", ".join(view.slug for view in VIEWS)
FAILED, WRONG = 1, 2


def register(root: typer.Typer) -> None:
    """Add ``query``."""
    root.command("query")(query)


def query(
    text: Annotated[
        str, typer.Argument(help="The filter, such as 'threat:malware from:*@evil.example'; '' for all.")
    ] = "",
    *,
    view: Annotated[str, typer.Option(help=f"List of the explorer: {SLUGS}.")] = "all",
    hunt: Annotated[str, typer.Option(help="Answer a ready-made question instead; 'list' names them.")] = "",
    start: Annotated[str, typer.Option("--from", help="Start: now-7d, now-1d/d, 2026-03-01T10:00.")] = "now-7d",
    end: Annotated[str, typer.Option("--to", help="End, not included.")] = "now",
    zone: Annotated[str, typer.Option("--tz", help="Where days begin; by default the setting's zone.")] = "",
    count: Annotated[bool, typer.Option("--count", help="Only how many match.")] = False,
    columns: Annotated[str, typer.Option(help="Fields to show, with commas between; else the usual ones.")] = "",
    sort: Annotated[str, typer.Option(help="Fields to sort by; a minus for descending.")] = "-Timestamp",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most rows.")] = 100,
    format_: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
) -> None:
    """Show what matches a filter, or answer a hunt. A row is one message to one recipient, or what the view lists.

    Exit code 0: answered; 1: the question could not be answered; 2: it is wrong.
    """
    settings, now = load_settings(), datetime.now(UTC)
    zone = zone or settings.time_zone
    if hunt == "list":
        return _list_hunts()
    if hunt and (hunt not in HUNTS or text):
        _stop(WRONG, "a hunt takes no filter" if text else f"there is no hunt {hunt[:40]!r}; try --hunt list")
    shown = known_view(view)
    if shown is None:
        _stop(WRONG, f"there is no view {view[:40]!r}; there are {SLUGS}")
    node = _tree(shown, text)
    window = _window(start, end, zone, now)
    usual = COLUMNS if shown.subject is MESSAGES else ",".join(shown.columns)
    names, order = _columns(columns or usual), _order(sort)
    if format_ is Format.PARQUET and not count and sys.stdout.isatty():
        _stop(WRONG, f"Parquet is not for a terminal; send it to a file: > {shown.subject.nouns}.parquet")
    folder = _folder(settings)
    _audit(
        {"query": to_text(node), "hunt": hunt, "from": start, "to": end, "count": count, "limit": limit},
        table=shown.subject.table,
        demo=folder == settings.demo_dir,
    )
    with _engine(settings, folder, zone, now) as engine:
        if count and not hunt:
            return _print_count(engine, node, window, shown.subject, format_)
        if hunt:
            rows = _answer(engine, hunt, window, limit)
        else:
            page = partial(grid.page, engine, node, window, subject=shown.subject)
            rows = page(columns=names, sort=order, offset=0, limit=limit)
        write_rows(rows, format_, sys.stdout.buffer, terminal=sys.stdout.isatty())


@contextmanager
def _engine(settings: Settings, folder: Path, zone: str, now: datetime) -> Iterator[Engine]:
    """What is asked, over the data of ``folder``; a question it cannot answer ends the command."""
    try:
        with closing(open_engine(Lake.open(folder / "lake"), settings)) as engine:
            lists = partial(_kept_list, demo=folder == settings.demo_dir)
            yield replace(engine, zone=zone, clock=lambda: now, lists=lists)
    except FilterError as error:
        _stop(WRONG, str(error))
    except (EngineError, LakeError) as error:
        _stop(FAILED, str(error))


def _list_hunts() -> None:
    """Every hunt with what it is good for."""
    for one in READY_MADE:
        if one.is_hunt:
            typer.echo(f"{one.slug:<14} {one.purpose}")


def _answer(engine: Engine, hunt: str, window: Window, limit: int) -> pd.DataFrame:
    """The answer of a hunt; days and hours of the zone are text, since they are no instants."""
    frame = answer(engine, hunt, window, engine.zone).head(limit)
    for name in frame.select_dtypes("datetime64"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d" if name == "day" else "%Y-%m-%d %H:%M")
    return frame


def _print_count(engine: Engine, node: Node, window: Window, subject: Subject, format_: Format) -> None:
    matching = grid.count(engine, node, window, subject=subject).matching
    typer.echo(f'{{"matching": {matching}}}' if format_ is Format.JSON else str(matching))


def _tree(view: ExplorerView, text: str) -> Node:
    """Of the view and the filter."""
    try:
        asking = in_view(view, text)
    except QueryError as error:
        typer.echo(error.pointed_at(text), err=True)
        _stop(WRONG, error.message)
    if asking.left_out:
        _stop(WRONG, f"{to_text(asking.left_out[0])[:80]} says nothing about {view.subject.nouns}")
    return asking.node


def _window(start: str, end: str, zone: str, now: datetime) -> Window:
    try:
        return read_window(start, end, now=now, zone=zone)
    except RangeError as error:
        _stop(WRONG, str(error))


def _columns(text: str) -> tuple[str, ...]:
    return tuple(_field_name(name) for name in text.split(",") if name.strip())


def _order(text: str) -> tuple[tuple[str, bool], ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple((_field_name(part.removeprefix("-")), part.startswith("-")) for part in parts)


def _field_name(typed: str) -> str:
    field = find_field(typed.strip())
    if field is None:
        _stop(WRONG, f"there is no field {typed.strip()[:40]!r}")
    return field.name


def _folder(settings: Settings) -> Path:
    """The data folder in use: the organisation's own, else the demonstration's."""
    for folder in (settings.data_dir, settings.demo_dir):
        if (folder / "lake" / "_published.json").exists():
            if folder == settings.demo_dir:
                typer.echo("threatboard: no data of your own yet; asking the demonstration", err=True)
            return folder
    _stop(FAILED, "there is no data yet; bring some in with: python -m dashapp ingest PATH")


def _audit(detail: dict[str, object], *, table: str, demo: bool) -> None:
    """Who looks at mail is written down before they see it; what cannot be written down is not shown."""
    with open_records(demo=demo) as (storage, _settings), storage.write() as connection:
        storage.audit.record(connection, command_line_actor(), "query.run", f"lake:{table}", detail)


def _kept_list(name: str, *, demo: bool) -> tuple[str, ...] | None:
    """The values of a list that a query of the explorer names."""
    with open_records(demo=demo) as (storage, _settings):
        return KeptLists(storage).values(name)


def _stop(code: int, message: str) -> Never:
    typer.echo(f"threatboard: {message}", err=True)
    raise typer.Exit(code)
