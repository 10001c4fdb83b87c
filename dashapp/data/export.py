"""Everything that matches, however much that is: one slice of time after the other, each a question of its own.

A slice holds about ``SLICE_ROWS`` messages, so memory does not grow with the answer, a stop takes effect within one,
and other people's questions get their turn between two.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, timedelta

import ibis
import pandas as pd
import pyarrow as pa

from dashapp.data.counting import counted
from dashapp.data.engine import Engine
from dashapp.data.errors import EngineBusy, FilterError
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import MESSAGE_KEY, columns_for, with_latest
from dashapp.data.grid import NEWEST_FIRST, SORTED_ROWS
from dashapp.data.grid_columns import MOST_VALUES, SEPARATOR, dtype_of
from dashapp.data.subjects import name_of, rows_of
from dashapp.data.valued import open_field, with_value
from dashapp.query.fields import Field, Place
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Node
from dashapp.query.window import Window

SLICE_ROWS = 200_000
MOST_PICKED = 5_000
MOST_JOINED = 4  # fields of other tables in one question; more make it slow to compile
BUSY_SECONDS = 30  # how long a slice waits for room in the queue
UNITS = (("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1)))
_COUNTS = {"start": "datetime64[us]", "messages": "int64"}
_TYPES = {"Int64": pa.int64(), "boolean": pa.bool_(), "datetime64[us, UTC]": pa.timestamp("us", "UTC")}


@dataclass(frozen=True)
class Export:
    """What is to be written, in the state the lake had when it was asked for.

    Attributes:
        engine: Pinned, inside the viewer's scope.
        node: The filter.
        fields: The columns.
        order: (field, descending), the most important first.
        slices: Stretches of time in the order of the rows.
        total: Rows there will be.
        picked: Names of rows, as of ``subjects.name_of``, of a selection; empty: all rows.
        subject: What the rows are, if not messages.
    """

    engine: Engine
    node: Node
    fields: tuple[Field, ...]
    order: tuple[tuple[Field, bool], ...]
    slices: tuple[Window, ...]
    total: int
    picked: frozenset[str] = frozenset()
    subject: Subject = MESSAGES

    @property
    def by_time(self) -> bool:
        """Whether rows come in the order of time."""
        return [field.name for field, _ in self.order] == ["Timestamp"]

    @property
    def schema(self) -> pa.Schema:
        """Of every table of ``tables``."""
        return pa.schema([(field.name, _TYPES.get(dtype_of(field), pa.string())) for field in self.fields])

    def tables(self, slot: str) -> Iterator[pa.Table]:
        """The rows, in order.

        Args:
            slot: Its own; asking ``Engine.ask(slot, 2)`` ends it.

        Raises:
            EngineError: A slice was not answered; see ``Engine.frame``.
        """
        if not self.slices:
            return
        left = self.total
        pool = ThreadPoolExecutor(1, "export")
        try:
            ahead = [pool.submit(self._slice, slot, self.slices[0])]
            for following in (*self.slices[1:], None):
                table = ahead.pop().result()
                if following is not None:  # is answered while this one is written
                    ahead.append(pool.submit(self._slice, slot, following))
                yield table.slice(0, left)
                left -= table.num_rows
                if left <= 0:
                    return
        finally:
            with self.engine.ask(slot, 2):
                pool.shutdown(cancel_futures=True)

    def _slice(self, slot: str, window: Window) -> pa.Table:
        """The rows of one slice; their order is total, so that answers to several questions lie side by side."""
        columns: dict[str, pa.ChunkedArray] = {}
        for fields in _portions(self.fields, self.subject):
            answer = self._answer(slot, self._rows(window, fields))
            columns |= {field.name: answer[field.name] for field in fields}
        return pa.table(columns).select(self.schema.names).cast(self.schema)

    def _answer(self, slot: str, rows: ibis.Table) -> pa.Table:
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                with self.engine.ask(slot, 1):
                    return self.engine.arrow(rows)
            except EngineBusy:  # many ask just now; this one has time
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _rows(self, window: Window, fields: Sequence[Field]) -> ibis.Table:
        subject = self.subject
        joined = [field for field in fields if not subject.owns(field)]
        own = [field for field in fields if subject.owns(field)]
        looked_at = [*own, *(field for field, _ in self.order)]
        columns = frozenset(MESSAGE_KEY).union(columns_of(self.node), *map(columns_for, looked_at))
        if self.picked:
            columns |= {"RecipientEmailAddress"}
        rows = where(self.engine, rows_of(self.engine, subject, window, columns=columns), self.node, subject)
        rows = _only(rows, self.picked, subject)
        if any(field.place is Place.LATEST for field in looked_at):
            rows = with_latest(self.engine, rows)
        keyed = rows.select(*MESSAGE_KEY) if subject is MESSAGES else rows
        keys = {f"_key_{name}": rows[name] for name in subject.key}
        order = {f"_order_{place}": _compared(rows, field) for place, (field, _) in enumerate(self.order)}
        wide = rows.select(**keys, **order, **{field.name: _shown(rows, field) for field in own})
        for place, field in enumerate(joined):
            texts = _texts(self.engine, keyed, field, place, subject)
            same = [wide[f"_key_{name}"] == texts[f"_{place}_{name}"] for name in subject.key]
            wide = wide.left_join(texts, same)
        by = [wide[f"_order_{n}"].desc() if down else wide[f"_order_{n}"] for n, (_, down) in enumerate(self.order)]
        return wide.order_by([*by, *keys]).select(*(field.name for field in fields))


def plan(
    engine: Engine,
    node: Node,
    window: Window,
    *,
    columns: Sequence[str],
    sort: Sequence[tuple[str, bool]] = NEWEST_FIRST,
    picked: Collection[str] = (),
    most: int = 0,
    subject: Subject = MESSAGES,
) -> Export:
    """Look how much there is, and cut it into slices.

    Args:
        engine: Inside the viewer's scope.
        node: The filter.
        window: Half-open.
        columns: Names of fields, of joined tables too.
        sort: (field, descending) pairs. By anything else than time only what the grid sorts too, its first 100,000
            rows: a larger export comes newest first.
        picked: Row names; only these rows. Empty: all.
        most: Rows after which it ends; 0: never.
        subject: What the rows are, if not messages.

    Raises:
        FilterError: A field is unknown, there are too many picked rows, or the filter means nothing.
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    engine = engine.pinned()
    if len(picked) > MOST_PICKED:
        raise FilterError("", f"at most {MOST_PICKED:,} single {subject.nouns} can be exported; select all that match")
    fields = tuple(open_field(engine, name, subject) for name in dict.fromkeys(columns))
    order = tuple((open_field(engine, name, subject), down) for name, down in sort)
    if not order or not all(subject.owns(field) for field, _ in order):
        order = _newest_first(engine, subject)
    chosen = frozenset(picked)
    buckets = list(_buckets(_Counting(engine, node, chosen, subject), window))
    total = sum(bucket.messages for bucket in buckets)
    slices = tuple(_slices(buckets))
    if [field.name for field, _ in order] != ["Timestamp"]:
        order, slices = (order, (window,)) if total <= SORTED_ROWS else (_newest_first(engine, subject), slices)
    if order[0][1]:
        slices = slices[::-1]
    total = min(total, most) if most else total
    return Export(engine, node, fields, order, slices if total else (), total, chosen, subject)


def _newest_first(engine: Engine, subject: Subject) -> tuple[tuple[Field, bool], ...]:
    return ((open_field(engine, "Timestamp", subject), True),)


@dataclass(frozen=True)
class _Counting:
    """What is counted before it is cut into slices; as in ``Export``."""

    engine: Engine
    node: Node
    picked: frozenset[str]
    subject: Subject


@dataclass(frozen=True)
class _Bucket:
    """Messages of one hour, minute or second; never none."""

    window: Window
    messages: int


def _buckets(counting: _Counting, window: Window, units: Sequence[tuple[str, timedelta]] = UNITS) -> Iterator[_Bucket]:
    """Hours with messages, in the order of time; one that has too many for a slice is cut into minutes or seconds."""
    (unit, span), *finer = units
    for start, messages in _counts(counting, window, unit).itertuples(index=False):
        begin = start.to_pydatetime().replace(tzinfo=UTC)
        bucket = Window(max(begin, window.start), min(begin + span, window.end))
        if messages > SLICE_ROWS and finer:
            yield from _buckets(counting, bucket, finer)
        else:
            yield _Bucket(bucket, messages)


def _counts(counting: _Counting, window: Window, unit: str) -> pd.DataFrame:
    engine, node, subject = counting.engine, counting.node, counting.subject
    if counting.picked:
        columns = MESSAGE_KEY | columns_of(node) | {"RecipientEmailAddress"}
        rows = where(engine, rows_of(engine, subject, window, columns=columns), node, subject)
        rows = _only(rows, counting.picked, subject)
        counts = rows.group_by(start=rows["Timestamp"].truncate(unit)).agg(messages=rows.count())
        return engine.frame(counts.order_by("start"), _COUNTS)
    found = counted(engine, node, window, hourly=unit == "h", subject=subject)
    counts = found.rows.group_by(start=found.rows["time"].truncate(unit)).agg(messages=found.total)
    return engine.frame(counts.order_by("start"), _COUNTS, lane=found.lane)


def _slices(buckets: Sequence[_Bucket]) -> list[Window]:
    """Stretches of time with at most ``SLICE_ROWS`` messages each, unless one bucket has more."""
    found: list[Window] = []
    held = 0
    for bucket in buckets:
        if found and held + bucket.messages <= SLICE_ROWS:
            found[-1], held = Window(found[-1].start, bucket.window.end), held + bucket.messages
        else:
            found.append(bucket.window)
            held = bucket.messages
    return found


def _only(rows: ibis.Table, picked: Collection[str], subject: Subject) -> ibis.Table:
    if not picked:
        return rows
    wanted = name_of(rows, subject).isin(sorted(picked))
    if subject is not MESSAGES:
        return rows.filter(wanted)
    ids = sorted({one.partition(" ")[0] for one in picked})
    return rows.filter(rows["NetworkMessageId"].isin(ids), wanted)


def _shown(rows: ibis.Table, field: Field) -> ibis.Value:
    values = rows[f"_{field.column}" if field.place is Place.LATEST else field.display]
    return values.join(SEPARATOR) if values.type().is_array() else values


def _compared(rows: ibis.Table, field: Field) -> ibis.Value:
    return rows[f"_{field.column}" if field.place is Place.LATEST else field.key or field.column]


def _texts(engine: Engine, rows: ibis.Table, field: Field, place: int, subject: Subject) -> ibis.Table:
    """Every different value of a field of another table, as one text per row, as in the grid."""
    valued = with_value(engine, rows, field, keep=subject.key, shown=True, subject=subject)
    rank = ibis.row_number().over(group_by=list(subject.key), order_by="value")
    few = valued.mutate(_rank=rank)
    few = few.filter(few["_rank"] < MOST_VALUES)
    return few.group_by(**{f"_{place}_{name}": few[name] for name in subject.key}).agg(
        **{field.name: few["value"].group_concat(SEPARATOR, order_by=few["value"])}
    )


def _portions(fields: Sequence[Field], subject: Subject) -> list[list[Field]]:
    """All fields of the row itself with some joined ones, and the other joined ones few by few."""
    joined = [field for field in fields if not subject.owns(field)]
    parts = [joined[place : place + MOST_JOINED] for place in range(0, len(joined), MOST_JOINED)] or [[]]
    parts[0] = [field for field in fields if subject.owns(field)] + parts[0]
    return parts
