"""What opens when a person clicks or types, each as the product asks it: messages, panels, suggestions, exports."""

import functools
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from dashapp.callbacks._message import story
from dashapp.data import entities, export, grid, message, metrics, prevalence, suggested, top, volume
from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_sql import shape_of
from dashapp.data.export_files import Encoder, FileFormat
from dashapp.data.filtering import columns_of, where
from dashapp.query.entities import Part
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything, Node
from dashapp.query.views import ALL_EMAIL
from dashapp.query.window import Grain, Window, grain_for

ATTACKS = "EmailDirection:Inbound IsSimulation:false PrimaryThreat:(Malware, Phish)"
LONG_FILTER = (
    f'{ATTACKS} Subject:(invoice, "past due", urgent*) NOT SenderFromDomain:(a*.example, b.example) '
    "(SenderIP:192.0.2.0/24 OR SPF:fail OR DKIM:fail) AttachmentCount>0 UrlCount<20"
)
EXPORTED = timedelta(days=3)
HEAVY, TRIES = 8, 5
_UNASKED = itertools.count()
Ask = Callable[[Engine, Window], object]


def page(text: str = "", *, sort: str = "-Timestamp", offset: float = 0) -> Ask:
    """A page in the usual columns; ``offset`` is a share of all that match, ``-`` before ``sort`` is descending."""
    columns = tuple(dict.fromkeys(("NetworkMessageId", *ALL_EMAIL.columns)))
    order = ((sort.removeprefix("-"), sort.startswith("-")),)

    def ask(engine: Engine, window: Window) -> object:
        node = parse(text)
        first = int(_number(engine, node, window) * offset) if offset else 0
        return grid.page(engine, node, window, columns=columns, sort=order, offset=first, limit=100)

    return ask


@functools.lru_cache(16)
def _number(engine: Engine, node: Node, window: Window) -> int:
    return grid.count(engine, node, window).matching


def flyout(engine: Engine, window: Window) -> object:
    """All that is told of a message of the middle of the time."""
    message_id, recipient, sent = _some_message(engine, window)
    return story(engine, message_id, recipient, message.around(sent))


@functools.lru_cache(4)
def _some_message(engine: Engine, window: Window) -> tuple[str, str, datetime]:
    middle = Window(window.start + window.span / 2, window.end)
    columns = ("NetworkMessageId", "RecipientEmailAddress", "Timestamp")
    oldest = (("Timestamp", False),)
    row = grid.page(engine, Everything(), middle, columns=columns, sort=oldest, offset=0, limit=1).iloc[0]
    return row["NetworkMessageId"], str(row["RecipientEmailAddress"]).lower(), row["Timestamp"].to_pydatetime()


def panel(part: Part, *, attacks: bool) -> Ask:
    """The numbers of a panel: of the most frequent value in attacks, or of all mail."""

    def ask(engine: Engine, window: Window) -> object:
        value, engine = _leading_value(engine, window, part, attacks), engine.pinned()
        counts = prevalence.over_time(engine, part, value, grain=grain_for(window), zone="UTC")
        if FIELDS[part].place.joined:
            return entities.records(engine, part, value)
        return prevalence.latest(engine, part, value, start=prevalence.since(counts, 1), limit=1)

    return ask


def panel_lists(part: Part, *, attacks: bool) -> Ask:
    """What comes below the numbers: who received and sent most, and the latest messages."""

    def ask(engine: Engine, window: Window) -> object:
        value, engine = _leading_value(engine, window, part, attacks), engine.pinned()
        counts = prevalence.over_time(engine, part, value, grain=grain_for(window), zone="UTC")
        fields = ("RecipientEmailAddress", "SenderFromAddress")
        start = prevalence.since(counts, prevalence.MOST_COMPARED)
        prevalence.leading(engine, part, value, fields, start=start)
        return prevalence.latest(engine, part, value, start=prevalence.since(counts, 5))

    return ask


@functools.lru_cache(16)
def _leading_value(engine: Engine, window: Window, part: Part, attacks: bool) -> str:
    node = parse(ATTACKS if attacks else "EmailDirection:Inbound")
    found = top.top_values(engine, node, window, field=part, limit=1)["value"]
    return str(found.iloc[0]) if len(found) else "none"


def suggestions(field: str, typed: str) -> Ask:
    """What the query bar offers; the time is that of somebody who waits as long as it takes."""
    return lambda engine, window: suggested.suggested_values(engine, Everything(), window, field=field, typed=typed)


def compiled(engine: Engine, window: Window) -> object:
    """What a filter of some length costs before the database sees it: read, put together, taken apart."""
    node = parse(LONG_FILTER)
    columns = {"NetworkMessageId", *columns_of(node)}
    return shape_of(where(engine, engine.table("EmailEvents", window, columns=columns), node).op())


def burdened_ms(engine: Engine, window: Window) -> dict[str, float]:
    """The longest that parts of the dashboard took, of a few tries, beside heavy questions all the time."""
    over, dashboard = threading.Event(), engine.in_lane(Lane.DASHBOARD)
    parts: dict[str, Callable[[], object]] = {
        "its volume": lambda: volume.volume(dashboard, Everything(), window, by="PrimaryThreat", grain=Grain.DAY),
        "all its tiles": lambda: metrics.tiles(dashboard, window, grain=Grain.DAY),
    }

    def burden(number: int) -> None:
        while not over.is_set():
            grid.count(engine, parse(f"Subject:*{number}*{next(_UNASKED)}*"), window)

    with ThreadPoolExecutor(HEAVY) as pool:
        heavy = [pool.submit(burden, number) for number in range(HEAVY)]
        try:
            time.sleep(1)
            found = {name: max(_seconds(part) for _ in range(TRIES)) * 1000 for name, part in parts.items()}
        finally:
            over.set()
        for each in heavy:
            each.result()
    return found


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def export_rate(engine: Engine, window: Window) -> float:
    """Rows a second of an export as CSV, of the last three days."""
    few = Window(window.end - EXPORTED, window.end)
    started, rows = time.perf_counter(), 0
    asked = export.plan(engine, Everything(), few, columns=("Timestamp", *ALL_EMAIL.columns))
    encoder = Encoder(FileFormat.CSV, asked.schema)
    for table in asked.tables(f"benchmark {started}"):
        for part in encoder.parts(table):
            encoder.written(part)
            rows += part.num_rows
    return rows / (time.perf_counter() - started)
