"""Values that occur in the messages now, for whoever is typing one. A late answer is worth nothing: none comes late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashapp.data.counting import DIMENSIONS, counted, is_dimension
from dashapp.data.engine import Engine
from dashapp.data.errors import EngineError
from dashapp.data.filtering import columns_of
from dashapp.data.top import breakdown
from dashapp.data.valued import open_field
from dashapp.query.fields import Field, Kind
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Match, Node, Value, all_of
from dashapp.query.window import Window

PATIENCE = 0.4  # seconds
KNOWN = 1000  # the leading values of a field that are looked through before the data is asked for the text itself
MOST = 10
RECENT_CELLS = 500_000  # rows times columns that are looked at; of more messages than that, the latest
RECENT_JOINED = 50_000  # the same where values are in another table
LONGEST = 200
# Nearly every message has one of its own, so that none is more usual than another.
UNIQUE = frozenset(
    {
        "NetworkMessageId",
        "InternetMessageId",
        "ReportId",
        "ClickId",
        "SubmissionId",
        "AlertId",
        "AuthenticationDetails",
        "AdditionalFields",
    }
)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Suggested:
    """What may be typed next.

    Attributes:
        values: Value and how many messages have it, most frequent first; none if there was no time to find any.
        since: The counts are of messages from then on; None: of the whole range.
    """

    values: tuple[tuple[str, int], ...] = ()
    since: datetime | None = None


def suggested_values(
    engine: Engine, node: Node, window: Window, *, field: str, typed: str, subject: Subject = MESSAGES
) -> Suggested:
    """The most frequent values of a field that begin with or hold what was typed.

    Args:
        engine: Inside the viewer's scope.
        node: The rest of the query.
        window: Half-open.
        field: Name of a field.
        typed: So far; without regard to case.
        subject: What is counted, if not messages.

    Raises:
        FilterError: The field is unknown, or says nothing about such rows.
        PermissionDenied: The field or the rest of the query shows what the viewer may not see.
    """
    chosen = open_field(engine, field, subject)
    if chosen.kind in {Kind.TIME, Kind.FLAG} or chosen.name in UNIQUE:
        return Suggested()
    hurried = engine.pinned().hurried(PATIENCE)
    part = _latest(hurried, chosen, node, window) if subject is MESSAGES else window
    try:
        known = breakdown(hurried, node, part, field=field, subject=subject)
        found = _fitting(zip(known["value"], known["messages"], strict=True), typed)
        all_seen = part == window and len(known) < KNOWN
        if found or all_seen or not typed or chosen.kind not in {Kind.TEXT, Kind.KEYWORD}:
            return Suggested(found, None if part == window else part.start)
        return Suggested(_looked_up(hurried, node, window, chosen, typed, subject))
    except EngineError:
        return Suggested()


def _looked_up(
    engine: Engine, node: Node, window: Window, field: Field, typed: str, subject: Subject
) -> tuple[tuple[str, int], ...]:
    """Rare values, by looking for the text itself in all of the range."""
    text = typed if field.kind is Kind.TEXT else f"*{typed}*"
    holding = Match(field.name, (Value(text, literal=field.kind is Kind.TEXT),))
    known = breakdown(engine, all_of(node, holding), window, field=field.name, subject=subject)
    return _fitting(zip(known["value"], known["messages"], strict=True), typed)


def _fitting(known: Iterable[tuple[str, int]], typed: str) -> tuple[tuple[str, int], ...]:
    """Those that begin with the text, then those that hold it; each kind in the order it has."""
    wanted = typed.casefold()
    found = [(value, int(count)) for value, count in known if wanted in value.casefold() and len(value) <= LONGEST]
    found.sort(key=lambda pair: not pair[0].casefold().startswith(wanted))
    return tuple(found[:MOST])


def _latest(engine: Engine, field: Field, node: Node, window: Window) -> Window:
    """The latest part of ``window`` that can be looked through in time; all of it where hours are counted already."""
    times = engine.snapshot.time_range("EmailEvents")
    if times is None or times[0] >= window.end or times[1] < window.start:
        return window
    if is_dimension(field) and counted(engine, node, window, columns=(field.column,)).weighted:
        return window
    first, last = max(times[0], window.start), min(times[1], window.end)
    all_of_it = max(times[1] - times[0], _HOUR)
    rows = engine.snapshot.rows("EmailEvents") * ((last - first) / all_of_it)
    cells = RECENT_JOINED if field.place.joined else RECENT_CELLS
    most = cells / (1 + len(columns_of(node) - DIMENSIONS))
    if rows <= most:
        return window
    start = (last - (last - first) * (most / rows)).replace(minute=0, second=0, microsecond=0)
    return Window(max(start, window.start), window.end)
