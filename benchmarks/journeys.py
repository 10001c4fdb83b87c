"""What opens when a person clicks or types, each as the product asks it: messages, panels, suggestions, exports."""

import functools
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from dashapp.callbacks._message import story
from dashapp.components.message_grid import COLUMNS
from dashapp.data import entities, export, grid, message, prevalence, suggested, top
from dashapp.data.engine import Engine
from dashapp.data.export_files import Encoder, FileFormat
from dashapp.query.entities import Part
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Window, grain_for

ATTACKS = "EmailDirection:Inbound IsSimulation:false PrimaryThreat:(Malware, Phish)"
EXPORTED = timedelta(days=3)
Ask = Callable[[Engine, Window], object]


def first_page(engine: Engine, window: Window) -> object:
    """The explorer's own first page, as it asks for it: how many there are, and its usual columns."""
    columns = tuple(dict.fromkeys(("NetworkMessageId", *COLUMNS)))
    grid.count(engine, Everything(), window)
    return grid.page(engine, Everything(), window, columns=columns, offset=0, limit=100)


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


def export_rate(engine: Engine, window: Window) -> float:
    """Rows a second of an export as CSV, of the last three days."""
    few = Window(window.end - EXPORTED, window.end)
    started, rows = time.perf_counter(), 0
    asked = export.plan(engine, Everything(), few, columns=("Timestamp", *COLUMNS))
    encoder = Encoder(FileFormat.CSV, asked.schema)
    for table in asked.tables("benchmark"):
        for part in encoder.parts(table):
            encoder.written(part)
            rows += part.num_rows
    return rows / (time.perf_counter() - started)
