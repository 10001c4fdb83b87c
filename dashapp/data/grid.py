"""Pages of single messages: first which ones, by narrow columns, then all that is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis
import pandas as pd

from dashapp.data.counting import counted
from dashapp.data.engine import Engine, Lane
from dashapp.data.errors import FilterError, TooDeep
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import MESSAGE_KEY, columns_for, with_latest
from dashapp.data.grid_columns import key_contract, wide_rows
from dashapp.data.grid_sorted import leading_rows
from dashapp.data.subjects import rows_of
from dashapp.data.valued import open_field
from dashapp.query.fields import Field, Place
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Everything, Node
from dashapp.query.window import Window

NEWEST_FIRST = (("Timestamp", True),)
SORTED_ROWS = 100_000
_HOURS = {"hour": "datetime64[us]", "messages": "int64"}
_MICROSECOND = timedelta(microseconds=1)
_FIRST_SHARES = (64, 8)  # a first page is looked for in 1/64 of the time, then in 1/8, then in all of it


@dataclass(frozen=True)
class Count:
    """How many messages there are.

    Attributes:
        matching: Those of the filter the viewer may see.
        hidden: Those of the filter outside the viewer's scope.
    """

    matching: int
    hidden: int


def page(
    engine: Engine,
    node: Node,
    window: Window,
    *,
    columns: Sequence[str],
    sort: Sequence[tuple[str, bool]] = NEWEST_FIRST,
    offset: int,
    limit: int,
    subject: Subject = MESSAGES,
) -> pd.DataFrame:
    """One page of the messages ``node`` keeps.

    Args:
        engine: Inside the viewer's scope.
        node: The filter.
        window: Half-open.
        columns: Names of fields, of joined tables too.
        sort: (field, descending) pairs, the most important first; fields of the message itself or where it is now.
            Missing values come last; ties are ordered by ``NetworkMessageId``, then recipient.
        offset: Rows to leave out; any number in time order, else up to 100,000.
        limit: Most rows to return.
        subject: What is listed, if not messages; sorted by what its rows hold themselves, ties by its key.

    Returns:
        One row per message x recipient, in the order of ``sort``, with ``columns`` in theirs:

        - text, addresses, lists (joined by ``, ``) and every field of a joined table: str, missing as NaN
        - numbers: Int64; true or false: boolean; times: datetime64[us, UTC]

    Raises:
        FilterError: A field is unknown, cannot be sorted by, or the filter means nothing.
        PermissionDenied: The viewer may not see single messages.
        TooDeep: The page lies beyond what is sorted by anything else than time.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    engine = engine.pinned()
    listed = _Listed(engine, node, subject)
    shown = [open_field(engine, name, subject) for name in columns]
    order = [(_sortable(open_field(engine, name, subject), subject), descending) for name, descending in sort] or [
        (open_field(engine, "Timestamp", subject), True)
    ]
    if [field.column for field, _ in order] == ["Timestamp"]:
        keys = _by_time(listed, window, offset=offset, limit=limit, newest_first=order[0][1])
    else:
        if offset + limit > SORTED_ROWS:
            raise TooDeep(f"sorted by another column than the date, only the first {SORTED_ROWS:,} rows are shown")
        keys = _sorted_keys(listed, window, order, offset=offset, limit=limit, lead=True)
    return wide_rows(engine, keys, shown, subject)


@dataclass(frozen=True)
class _Listed:
    """What is listed: the rows of ``subject`` that ``node`` keeps."""

    engine: Engine
    node: Node
    subject: Subject


def count(engine: Engine, node: Node, window: Window, *, subject: Subject = MESSAGES) -> Count:
    """How many messages ``node`` keeps.

    Args:
        engine: Inside the viewer's scope.
        node: The filter.
        window: Half-open.
        subject: What is counted, if not messages.

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter looks at what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    matching = _total(engine, node, window, subject)
    hidden = _total(engine.unscoped(), node, window, subject) - matching if engine.scoped else 0
    return Count(matching, hidden)


def _total(engine: Engine, node: Node, window: Window, subject: Subject) -> int:
    found = counted(engine, node, window, subject=subject)
    frame = engine.frame(found.rows.agg(messages=found.total), {"messages": "int64"}, lane=found.lane)
    return int(frame["messages"].iloc[0])


def _sortable(field: Field, subject: Subject) -> Field:
    if not subject.owns(field):
        raise FilterError(
            field.name, f"is not a column of the {subject.noun} itself, so the list cannot be sorted by it"
        )
    return field


def _by_time(listed: _Listed, window: Window, *, offset: int, limit: int, newest_first: bool) -> pd.DataFrame:
    """Keys in time order. Sorting is over a part of the time that holds the page, however deep it is."""
    order = [(open_field(listed.engine, "Timestamp", listed.subject), newest_first)]
    times = listed.engine.snapshot.time_range(listed.subject.table)
    if times is None or times[0] >= window.end or times[1] < window.start:
        contract = key_contract(listed.subject)
        return pd.DataFrame(columns=list(contract)).astype(contract)
    window = Window(max(window.start, times[0]), min(window.end, times[1] + 2 * timedelta(milliseconds=1)))
    if offset + limit <= 2 * limit:
        for share in _FIRST_SHARES:
            part = _part(window, share, newest_first)
            keys = _sorted_keys(listed, part, order, offset=offset, limit=limit, lane=Lane.LIGHT)
            if len(keys) == limit:
                return keys
        return _sorted_keys(listed, window, order, offset=offset, limit=limit)
    inside, skipped = _around(listed, window, offset=offset, limit=limit, newest_first=newest_first)
    return _sorted_keys(listed, inside, order, offset=offset - skipped, limit=limit)


def _part(window: Window, share: int, newest_first: bool) -> Window:
    span = max(window.span / share, _MICROSECOND)
    return Window(window.end - span, window.end) if newest_first else Window(window.start, window.start + span)


def _around(listed: _Listed, window: Window, *, offset: int, limit: int, newest_first: bool) -> tuple[Window, int]:
    """The hours that hold rows ``offset`` to ``offset + limit``, and how many rows come before these hours."""
    found = counted(listed.engine, listed.node, window, subject=listed.subject)
    hours = found.rows.group_by(hour=found.rows["time"].truncate("h")).agg(messages=found.total).order_by("hour")
    frame = listed.engine.frame(hours, _HOURS, lane=found.lane)
    if newest_first:
        frame = frame[::-1].reset_index(drop=True)
    until = frame["messages"].cumsum()
    needed = frame[(until > offset) & (until - frame["messages"] < offset + limit)]
    if needed.empty:
        return Window(window.end - _MICROSECOND, window.end), offset
    skipped = int((until - frame["messages"]).loc[needed.index[0]])
    start = _aware(needed["hour"].min())
    end = _aware(needed["hour"].max()) + timedelta(hours=1)
    return Window(max(start, window.start), min(end, window.end)), skipped


def _aware(hour: pd.Timestamp) -> datetime:
    return hour.to_pydatetime().replace(tzinfo=UTC)


def _sorted_keys(
    listed: _Listed,
    window: Window,
    order: Sequence[tuple[Field, bool]],
    *,
    offset: int,
    limit: int,
    lane: Lane | None = None,
    lead: bool = False,
) -> pd.DataFrame:
    engine, node, subject = listed.engine, listed.node, listed.subject
    fields = [columns_for(field) for field, _ in order]
    columns = frozenset(MESSAGE_KEY).union(columns_of(node), *fields)
    rows = where(engine, rows_of(engine, subject, window, columns=columns), node, subject)
    if any(field.place is Place.LATEST for field, _ in order):
        rows = with_latest(engine, rows)
    if lead:
        rows = _leading(listed, rows, order[0], most=offset + limit)
    by = [_ordering(rows, field, descending) for field, descending in order]
    ties = [name for name in subject.key if name not in {column.get_name() for column in by}]
    chosen = rows.order_by([*by, *ties]).limit(limit, offset=offset)
    contract = key_contract(subject)
    return engine.frame(chosen.select(*contract), contract, lane=lane)


def _leading(listed: _Listed, rows: ibis.Table, first: tuple[Field, bool], *, most: int) -> ibis.Table:
    field, descending = first
    simple = isinstance(listed.node, Everything) and listed.subject is MESSAGES and not listed.engine.scoped
    if not simple or field.place is Place.LATEST:
        return rows  # conditions would be worked out twice, which costs as much as it saves
    return leading_rows(listed.engine, rows, field.key or field.column, descending=descending, most=most)


def _ordering(rows: ibis.Table, field: Field, descending: bool) -> ibis.Value:
    column = rows[f"_{field.column}" if field.place is Place.LATEST else field.key or field.column]
    return column.desc() if descending else column.asc()
