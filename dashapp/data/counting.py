"""Messages to be counted: from the hourly rollup where it knows enough, from the messages themselves elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis

from dashapp.data.buckets import whole_hours
from dashapp.data.engine_sql import LOG_PRECISION, stored
from dashapp.data.filtering import columns_of, where
from dashapp.data.lake import COARSE_COLUMNS, ROLLUP, ROLLUP_SCHEMA
from dashapp.data.lanes import Lane
from dashapp.data.subjects import rows_of
from dashapp.query.fields import Field, Place
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Node
from dashapp.query.window import Window

if TYPE_CHECKING:
    from dashapp.data.engine import Engine

DIMENSIONS = frozenset(ROLLUP_SCHEMA.names) - {"hour", "coarse", "messages"}
MOST_STALE = 40  # stale stretches beyond this are cheaper to answer from the messages in one go
_HOUR = timedelta(hours=1)


def is_dimension(field: Field, subject: Subject = MESSAGES) -> bool:
    """Whether the hourly counts know a field of the message."""
    return (
        subject is MESSAGES
        and not field.place.joined
        and field.place is not Place.LATEST
        and field.column in DIMENSIONS
    )


@dataclass(frozen=True)
class Counted:
    """Rows that stand for messages.

    Attributes:
        rows: Each has ``time`` (naive UTC, in the window) and the columns asked for.
        weighted: A row stands for as many messages as its ``messages`` says, rather than for one.
        lane: Where a question over them belongs.
    """

    rows: ibis.Table
    weighted: bool
    lane: Lane | None

    @property
    def total(self) -> Any:
        """How many messages a group of rows stands for."""
        if not self.weighted:
            return self.rows.count()
        return self.rows["messages"].sum().fill_null(ibis.literal(0)).cast("int64")


def counted(
    engine: Engine,
    node: Node,
    window: Window,
    *,
    columns: Collection[str] = (),
    zone: str = "UTC",
    hourly: bool = True,
    subject: Subject = MESSAGES,
) -> Counted:
    """The messages ``node`` keeps, ready to be grouped by ``columns`` and time.

    Args:
        engine: Pinned, so that the rollup and the messages beside it are of one state.
        node: The filter.
        window: Half-open.
        columns: Of ``EmailEvents``, to be kept.
        zone: In which time will be grouped.
        hourly: Grouping needs no more than the hour.
        subject: What is counted, if not messages.

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter looks at what the viewer may not see.
    """
    hours = hourly and subject is MESSAGES and whole_hours(window, zone)
    parts = _parts(engine, node, window, columns) if hours else None
    if parts is None:
        return Counted(_single(engine, node, window, columns, subject), weighted=False, lane=None)
    wanted = {*columns_of(node), *columns}
    rows = engine.source(ROLLUP, parts.hours, columns={*wanted, "coarse", "messages"})
    rows = rows.filter(rows["coarse"] if wanted <= COARSE_COLUMNS else ~rows["coarse"])
    rows = where(engine, _without(rows, parts.stale), node)
    tables = [rows.select(*sorted(columns), "messages", time=rows["hour"])]
    for part in (*parts.stale, *parts.edges):
        single = _single(engine, node, part, columns, subject)
        tables.append(single.select(*sorted(columns), messages=ibis.literal(1, type="int64"), time=single["time"]))
    return Counted(tables[0] if len(tables) == 1 else ibis.union(*tables), weighted=True, lane=Lane.LIGHT)


def _single(engine: Engine, node: Node, window: Window, columns: Collection[str], subject: Subject) -> ibis.Table:
    rows = rows_of(engine, subject, window, columns={*columns, *columns_of(node)})
    kept = where(engine, rows, node, subject)
    return kept.select(*sorted(columns), time=kept["Timestamp"])


@dataclass(frozen=True)
class _Parts:
    """What to count from where.

    Attributes:
        hours: Whole hours, from the rollup.
        stale: Stretches of these that the rollup does not know, from the messages.
        edges: What is left of the window before and after, from the messages.
    """

    hours: Window
    stale: tuple[Window, ...]
    edges: tuple[Window, ...]


def _parts(engine: Engine, node: Node, window: Window, columns: Collection[str]) -> _Parts | None:
    """How to answer from the rollup; None if it does not know enough."""
    wanted = {*columns, *columns_of(node)}
    if engine.scoped or not wanted <= DIMENSIONS:
        return None
    start, end = _whole_hours(engine, window)
    if start >= end:
        return None
    rollup = engine.snapshot.rollup(window)
    if wanted & rollup.folded or not rollup.files:
        return None
    stale = tuple(_stretches(rollup.stale, start, end))
    edges = [Window(window.start, start)] if window.start < start else []
    edges += [Window(end, window.end)] if end < window.end else []
    return _Parts(Window(start, end), stale, tuple(edges)) if len(stale) <= MOST_STALE else None


def _whole_hours(engine: Engine, window: Window) -> tuple[datetime, datetime]:
    """The hours that lie in the window with all their messages; beyond the first and last message they always do."""
    start, end = _hour_from(window.start), _hour_until(window.end)
    first, last = engine.snapshot.time_range("EmailEvents") or (window.start, window.end)
    if window.start <= first - LOG_PRECISION:
        start = _hour_until(window.start)
    if last + LOG_PRECISION < window.end:
        end = _hour_from(window.end)
    return start, end


def _hour_until(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _hour_from(instant: datetime) -> datetime:
    floor = _hour_until(instant)
    return floor if floor == instant else floor + _HOUR


def _stretches(days: Collection[date], start: datetime, end: datetime) -> Iterator[Window]:
    """Runs of consecutive days as windows, cut to ``start`` and ``end``."""
    runs: list[list[datetime]] = []
    for day in sorted(days):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if runs and runs[-1][1] == midnight:
            runs[-1][1] = midnight + 24 * _HOUR
        else:
            runs.append([midnight, midnight + 24 * _HOUR])
    for first, last in runs:
        if max(first, start) < min(last, end):
            yield Window(max(first, start), min(last, end))


def _without(rows: ibis.Table, stale: Collection[Window]) -> ibis.Table:
    for window in stale:
        rows = rows.filter((rows["hour"] < stored(window.start)) | (rows["hour"] >= stored(window.end)))
    return rows
