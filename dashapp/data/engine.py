"""The engine: the one way from a question to an answer, inside time, scope, rights, memory and patience.

``engine.table`` starts an Ibis expression on an unbound table; ``engine.frame`` ends it in a pandas frame.
"""

import functools
import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import duckdb
import ibis
import pandas as pd
import pyarrow as pa

from dashapp.data import scope
from dashapp.data.cache import AnswerCache
from dashapp.data.engine_duckdb import DuckDB
from dashapp.data.engine_frame import Contract, to_frame
from dashapp.data.engine_sql import FAR_FUTURE, LOG_PRECISION, Compiler, Source, shape_of, sources_of, stored
from dashapp.data.errors import (
    EngineBusy,
    EngineError,
    FilterError,
    QueryCancelled,
    QueryTimeout,
    QueryTooLarge,
)
from dashapp.data.lake import ROLLUP, Lake, Snapshot
from dashapp.data.lanes import Interrupt, Lane, Lanes, Slots, Ticket
from dashapp.domain.viewer import LicencePlan, Viewer
from dashapp.identity.permissions import Actor, Permission, PermissionDenied
from dashapp.query.fields import Field
from dashapp.query.window import Window

__all__ = [
    "Engine",
    "EngineBusy",
    "EngineError",
    "FilterError",
    "Lane",
    "QueryCancelled",
    "QueryTimeout",
    "QueryTooLarge",
    "open_engine",
]

CACHE_BYTES = 32 * 2**20
LIGHT_ROWS = 200_000  # whole tables up to this size are answered in the light lane
WORKERS = {Lane.LIGHT: 4, Lane.DASHBOARD: 2, Lane.HEAVY: 2}


class EngineSettings(Protocol):
    """The part of the settings the engine looks at."""

    @property
    def query_threads(self) -> int: ...
    @property
    def query_memory_mb(self) -> int: ...
    @property
    def query_timeout_seconds(self) -> float: ...
    @property
    def query_queue(self) -> int: ...


def _no_plan() -> LicencePlan | None:
    return None


def _no_lists(_list_id: str) -> Sequence[str] | None:
    return None


def _now() -> datetime:
    return datetime.now(UTC)


class _Core:
    """What all engines of one process share."""

    def __init__(self, lake: Lake, settings: EngineSettings, cache_bytes: int) -> None:
        self.lake = lake
        self.database = DuckDB(
            lake.path,
            threads=settings.query_threads,
            memory_mb=settings.query_memory_mb,
            timeout_seconds=settings.query_timeout_seconds,
        )
        self.lanes: Lanes[Any] = Lanes(
            workers=WORKERS, queue=settings.query_queue, timeout_seconds=settings.query_timeout_seconds
        )
        self.compiler = Compiler()
        self.slots = Slots()
        self.cache = AnswerCache(cache_bytes)
        self.complaint = functools.lru_cache(1024)(self.database.pattern_complaint)
        self.closed = threading.Event()


@dataclass(frozen=True)
class Engine:
    """The lake as one viewer sees it. Cheap to make, safe for threads; ``open_engine`` makes the first.

    Attributes:
        viewer: Whose scope and rights hold; None: the program itself, which sees everything.
        zone: Where days begin in a filter, as an IANA name.
        clock: What ``now`` means in a filter.
        lists: Values of a stored list by its id; None if there is no such list.
        plan: The licence plan in force; None while there is none, and nobody is left out.
        patience: Seconds an answer is waited for, in the light lane; None: as long as the settings say.
        lane: Of questions that are not light; None: the heavy one.
    """

    _core: _Core
    viewer: Viewer | None = None
    zone: str = "UTC"
    clock: Callable[[], datetime] = _now
    plan: Callable[[], LicencePlan | None] = _no_plan
    lists: Callable[[str], Sequence[str] | None] = _no_lists
    _pinned: Snapshot | None = None
    patience: float | None = None
    lane: Lane | None = None

    def for_viewer(self, viewer: Viewer | Actor) -> "Engine":
        """The same lake inside the scope and rights of ``viewer``."""
        seen_by = Viewer(viewer) if isinstance(viewer, Actor) else viewer
        return replace(self, viewer=seen_by, zone=seen_by.actor.time_zone)

    def unscoped(self) -> "Engine":
        """The same lake as the program itself sees it; for counting what a viewer does not see."""
        return replace(self, viewer=None, plan=_no_plan)

    def pinned(self) -> "Engine":
        """An engine whose answers all come from the same state of the lake."""
        return self if self._pinned else replace(self, _pinned=self._core.lake.snapshot())

    def hurried(self, seconds: float) -> "Engine":
        """An engine for small questions whose answers are worth nothing after ``seconds``."""
        return replace(self, patience=seconds)

    def in_lane(self, lane: Lane) -> "Engine":
        """An engine whose questions, unless they are light, queue in ``lane``."""
        return replace(self, lane=lane)

    @property
    def snapshot(self) -> Snapshot:
        """The state of the lake a question asked now would see."""
        return self._pinned or self._core.lake.snapshot()

    @property
    def load(self) -> int:
        """Questions running or waiting now, of everyone."""
        return self._core.lanes.load

    @property
    def reads_messages(self) -> bool:
        """Whether names, addresses and subjects may be returned."""
        return self.viewer is None or self.viewer.reads_messages

    @property
    def scoped(self) -> bool:
        """Whether the viewer sees less than there is."""
        return (self.viewer is not None and self.viewer.restrict is not None) or self.plan() is not None

    def ensure_shown(self, field: Field) -> None:
        """Return quietly if the viewer may see and search values of ``field``.

        Raises:
            PermissionDenied: It names people, addresses or subjects, and the viewer only sees numbers.
        """
        if field.sensitive:
            self.ensure_reads_messages()

    def ensure_reads_messages(self) -> None:
        """Return quietly if the viewer may see single messages.

        Raises:
            PermissionDenied: They only see numbers.
        """
        if self.viewer is not None and not self.viewer.reads_messages:
            raise PermissionDenied(self.viewer.actor, Permission.MESSAGE_READ)

    def ensure_pattern(self, field: Field, pattern: str) -> None:
        """Return quietly if ``pattern`` is one the engine can run.

        Raises:
            FilterError: It is not; the message says where it goes wrong.
        """
        complaint = self._core.complaint(pattern)
        if complaint:
            raise FilterError(field.name, complaint)

    def table(self, name: str, window: Window | None = None, *, columns: Collection[str] | None = None) -> ibis.Table:
        """A table of the lake, inside ``window`` by its ``Timestamp`` and inside the viewer's scope; unbound.

        Args:
            name: Of the table.
            window: Half-open; None: all times.
            columns: Those needed; naming few saves much of the time it takes to compile. None: all.
        """
        if not self.scoped:
            return self.source(name, window, columns=columns)
        wanted = None if columns is None else {*columns, *scope.needs(self, name)}
        return scope.narrow(self, name, self.source(name, window, columns=wanted), window)

    def source(self, name: str, window: Window | None = None, *, columns: Collection[str] | None = None) -> ibis.Table:
        """``table`` without the scope, for joins to rows that are inside it already."""
        time_column = "hour" if name == ROLLUP else "Timestamp"
        wanted = None if columns is None else {*columns, time_column}
        rows = Source(name, window).unbound(self.snapshot.schema(name), wanted)
        if window is None:
            return rows
        start, end = self._needless_edges(name, window)
        time = rows[time_column]
        edges = [] if start else [time >= stored(window.start)]
        edges += [] if end else [time < stored(window.end)]
        return rows.filter(*edges) if edges else rows

    def _needless_edges(self, name: str, window: Window) -> tuple[bool, bool]:
        """Which edges of ``window`` cut nothing off. The database plans joins better without them.

        Only where the state of the lake is fixed; a row that comes in before the answer is not to slip through.
        """
        times = self._pinned.time_range(name) if self._pinned else None
        if times is None:
            return False, window.end >= FAR_FUTURE
        return window.start <= times[0] - LOG_PRECISION, window.end > times[1] + LOG_PRECISION

    def frame(self, expression: ibis.Table, contract: Contract, *, lane: Lane | None = None) -> pd.DataFrame:
        """The answer to ``expression``.

        Args:
            expression: Over tables of this engine.
            contract: Column to pandas dtype, in order; the frame has exactly these, with no rows too.
            lane: Where to queue; chosen by the size of the tables if not given.

        Raises:
            EngineBusy: The queue is full.
            QueryTimeout: The engine gave up at its time limit.
            QueryCancelled: A newer request of the same slot came in.
            QueryTooLarge: It needs more memory than questions may use.
            PermissionDenied: It would return names, addresses or subjects to someone who only sees numbers.
        """
        if not self.reads_messages and scope.returns_sensitive(expression):
            self.ensure_reads_messages()
        for last_try in (self._pinned is not None, True):
            snapshot = self.snapshot
            try:
                return self._answer(expression, contract, lane, snapshot)
            except duckdb.IOException as error:
                # A compaction may have replaced the files between choosing and reading them.
                if last_try or self.snapshot.id == snapshot.id:
                    raise EngineError("the data cannot be read just now") from error
        raise AssertionError("the second try returns or raises")

    def arrow(self, expression: ibis.Table, *, lane: Lane | None = None) -> pa.Table:
        """The answer to ``expression`` in Arrow, kept nowhere: for what is large and asked once.

        Only on a pinned engine, and only for viewers who may see single messages.

        Args:
            expression: Over tables of this engine.
            lane: Where to queue; chosen by the size of the tables if not given.

        Raises:
            EngineError: As ``frame``.
            PermissionDenied: The viewer only sees numbers.
        """
        self.ensure_reads_messages()
        snapshot, key = self.snapshot, object()
        fetch = functools.partial(self._fetch, expression, snapshot)
        try:
            table: pa.Table = self._core.lanes.ask(key, lane or self._lane(expression, snapshot), fetch)
        except duckdb.IOException as error:
            raise EngineError("the data was rewritten meanwhile; please start again") from error
        return table

    def again(self, question: Hashable, answer: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The answer to ``question`` as it was given before, else as ``answer`` gives it now.

        Kept for as long as the lake stays as it is, and for viewers of the same scope, rights and zone only.
        """
        key = (question, self.snapshot.id, self._scope_class(), self.zone)
        frame = self._core.cache.get(key)
        if frame is None:
            frame = answer()
            self._core.cache.put(key, frame)
        return frame

    def _answer(
        self, expression: ibis.Table, contract: Contract, lane: Lane | None, snapshot: Snapshot
    ) -> pd.DataFrame:
        key = (expression.op(), tuple(contract.items()), snapshot.id, self._scope_class())
        known = self._core.cache.get(key)
        if known is not None:
            return known
        chosen = Lane.LIGHT if self.patience else lane or self._lane(expression, snapshot)
        run = functools.partial(self._run, key, expression, contract, snapshot)
        frame: pd.DataFrame = self._core.lanes.ask(key, chosen, run, patience=self.patience)
        return frame.copy(deep=False)

    def _lane(self, expression: ibis.Table, snapshot: Snapshot) -> Lane:
        rows = sum(snapshot.rows(source.table) for source in sources_of(expression))
        return Lane.LIGHT if rows <= LIGHT_ROWS else self.lane or Lane.HEAVY

    def _run(
        self,
        key: object,
        expression: ibis.Table,
        contract: Contract,
        snapshot: Snapshot,
        started: Callable[[Interrupt], None],
    ) -> pd.DataFrame:
        frame = to_frame(self._fetch(expression, snapshot, started), contract)
        self._core.cache.put(key, frame)
        return frame

    def _fetch(self, expression: ibis.Table, snapshot: Snapshot, started: Callable[[Interrupt], None]) -> pa.Table:
        shape = shape_of(expression.op())
        files = {source: snapshot.files(source.table, source.window) for source in shape.sources}
        empty = frozenset(source for source, paths in files.items() if not paths)
        text = self._core.compiler.text(expression.op(), shape, empty)
        parameters = shape.values | {
            f"f{place}": files[source] for place, source in enumerate(shape.sources) if files[source]
        }
        return self._ask_database(text, parameters, started)

    def _ask_database(
        self, text: str, parameters: Mapping[str, object], started: Callable[[Interrupt], None]
    ) -> pa.Table:
        try:
            return self._core.database.run(text, parameters, started)
        except duckdb.InterruptException as error:
            raise QueryTimeout("this question took too long; try a shorter time range") from error
        except duckdb.OutOfMemoryException as error:
            raise QueryTooLarge("this question needs more memory than allowed; try a shorter time range") from error

    def _scope_class(self) -> tuple[Any, ...]:
        """Viewers of one class get the same answers, so they may share them."""
        restrict = self.viewer.restrict if self.viewer else None
        return (restrict, self.plan(), self.reads_messages)

    @contextmanager
    def ask(self, slot: str, sequence: int) -> Iterator[Ticket]:
        """Questions asked inside belong to one request of ``slot``; a request with a higher number ends them.

        Raises:
            QueryCancelled: The slot has a newer request already.
        """
        with self._core.slots.ask(slot, sequence) as ticket:
            yield ticket

    def close(self) -> None:
        """End every question and give the memory back; the engine answers no more."""
        if not self._core.closed.is_set():
            self._core.closed.set()
            self._core.lanes.close()
            self._core.database.close()


def open_engine(lake: Lake, settings: EngineSettings, *, cache_bytes: int = CACHE_BYTES) -> Engine:
    """The engine of this process; it sees the whole lake until ``for_viewer`` narrows it.

    Args:
        lake: What is read.
        settings: Memory, threads, patience and queue.
        cache_bytes: Room for answers to be given again.
    """
    return Engine(_Core(lake, settings, cache_bytes))
