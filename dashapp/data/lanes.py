"""Who is answered when: lanes with bounded queues, one run per question, and requests that replace each other."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from dashapp.data.errors import EngineBusy, QueryCancelled, QueryTimeout

Answer = TypeVar("Answer")
Interrupt = Callable[[], None]
REMEMBERED_SLOTS = 10_000


class Lane(StrEnum):
    """Light questions never wait behind heavy ones, nor do those of the dashboard, the same few for everybody."""

    LIGHT = "light"
    DASHBOARD = "dashboard"
    HEAVY = "heavy"


@dataclass(eq=False)
class _Waiter:
    """One request waiting for one answer."""

    woken: threading.Event = field(default_factory=threading.Event)
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True
        self.woken.set()


@dataclass(eq=False)
class Ticket:
    """One request of a slot, such as the grid of one browser tab; all its questions end together."""

    slot: str
    sequence: int
    cancelled: bool = False
    waiters: set[_Waiter] = field(default_factory=set)


_CURRENT: ContextVar[Ticket | None] = ContextVar("ticket", default=None)


class Slots:
    """The latest request of each slot; a newer one cancels the older."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._running: dict[str, set[Ticket]] = {}

    @contextmanager
    def ask(self, slot: str, sequence: int) -> Iterator[Ticket]:
        """Questions asked inside belong to this request.

        Raises:
            QueryCancelled: The slot has a newer request already.
        """
        ticket = Ticket(slot, sequence)
        self._enter(ticket)
        token = _CURRENT.set(ticket)
        try:
            yield ticket
        finally:
            _CURRENT.reset(token)
            with self._lock:
                running = self._running[slot]
                running.discard(ticket)
                if not running:
                    del self._running[slot]

    def _enter(self, ticket: Ticket) -> None:
        with self._lock:
            if self._latest.get(ticket.slot, ticket.sequence) > ticket.sequence:
                raise QueryCancelled("a newer request has taken the place of this one")
            self._latest[ticket.slot] = ticket.sequence
            self._latest.move_to_end(ticket.slot)
            while len(self._latest) > REMEMBERED_SLOTS:
                self._latest.popitem(last=False)
            running = self._running.setdefault(ticket.slot, set())
            for older in [other for other in running if other.sequence < ticket.sequence]:
                older.cancelled = True
                for waiter in tuple(older.waiters):
                    waiter.cancel()
            running.add(ticket)


class _Flight(Generic[Answer]):
    """One run of one question, for everybody who asked it meanwhile."""

    def __init__(self) -> None:
        self.waiters: set[_Waiter] = set()
        self.interrupt: Interrupt | None = None
        self.abandoned = False
        self.done = False
        self.answer: Answer | None = None
        self.error: BaseException | None = None

    def result(self) -> Answer:
        if self.error is not None:
            raise self.error
        return self.answer  # type: ignore[return-value]  # set whenever there is no error


class Lanes(Generic[Answer]):
    """Runs questions on a few threads of its own, so that a request can stop waiting at any moment."""

    def __init__(self, *, workers: dict[Lane, int], queue: int, timeout_seconds: float) -> None:
        """Start nothing yet; threads come with the first questions.

        Args:
            workers: Questions answered at the same time, per lane.
            queue: Questions that may wait, per lane.
            timeout_seconds: How long one request waits for one answer, queueing included.
        """
        self._timeout = timeout_seconds
        self._limits = {lane: count + queue for lane, count in workers.items()}
        self._pools = {lane: ThreadPoolExecutor(count, f"engine-{lane}") for lane, count in workers.items()}
        self._load = dict.fromkeys(workers, 0)
        self._flights: dict[object, _Flight[Answer]] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        key: object,
        lane: Lane,
        run: Callable[[Callable[[Interrupt], None]], Answer],
        *,
        patience: float | None = None,
    ) -> Answer:
        """The answer to the question ``key``, joining a run of it that is under way.

        Args:
            key: Equal keys mean equal answers.
            lane: Where to queue.
            run: Computes it; told how to pass on the way to interrupt it.
            patience: Seconds to wait, instead of the usual limit.

        Raises:
            EngineBusy: The lane's queue is full.
            QueryTimeout: It took too long.
            QueryCancelled: A newer request of the same slot came in.
        """
        ticket, waiter = _CURRENT.get(), _Waiter()
        if ticket is not None:
            ticket.waiters.add(waiter)
        try:
            flight = self._board(key, lane, run, waiter)
            try:
                return self._wait(flight, waiter, ticket, patience or self._timeout)
            finally:
                self._leave(key, flight, waiter)
        finally:
            if ticket is not None:
                ticket.waiters.discard(waiter)

    @property
    def load(self) -> int:
        """Questions running or waiting now, in all lanes."""
        with self._lock:
            return sum(self._load.values())

    def _board(
        self, key: object, lane: Lane, run: Callable[[Callable[[Interrupt], None]], Answer], waiter: _Waiter
    ) -> _Flight[Answer]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                if self._load[lane] >= self._limits[lane]:
                    raise EngineBusy("too many questions are being answered just now; please try again")
                flight = _Flight()
                self._pools[lane].submit(self._fly, key, lane, flight, run)
                self._flights[key] = flight
                self._load[lane] += 1
            flight.waiters.add(waiter)
            return flight

    def _fly(
        self,
        key: object,
        lane: Lane,
        flight: _Flight[Answer],
        run: Callable[[Callable[[Interrupt], None]], Answer],
    ) -> None:
        def started(interrupt: Interrupt) -> None:
            with self._lock:
                flight.interrupt = interrupt
                if flight.abandoned:
                    raise QueryCancelled("nobody waits for this answer any more")

        try:
            if flight.abandoned:
                raise QueryCancelled("nobody waits for this answer any more")  # noqa: TRY301  # one way out for all
            flight.answer = run(started)
        except BaseException as error:  # raised again in whoever asked
            flight.error = error
        finally:
            with self._lock:
                flight.done, flight.interrupt = True, None
                self._load[lane] -= 1
                if self._flights.get(key) is flight:
                    del self._flights[key]
                waiters = tuple(flight.waiters)
            for waiter in waiters:
                waiter.woken.set()

    def _wait(self, flight: _Flight[Answer], waiter: _Waiter, ticket: Ticket | None, patience: float) -> Answer:
        deadline = time.monotonic() + patience
        if ticket is None or not ticket.cancelled:
            waiter.woken.wait(deadline - time.monotonic())
        if waiter.cancelled or (ticket is not None and ticket.cancelled):
            raise QueryCancelled("a newer request has taken the place of this one")
        if not flight.done:
            raise QueryTimeout(f"no answer within {patience:g} seconds; try a shorter time range")
        return flight.result()

    def _leave(self, key: object, flight: _Flight[Answer], waiter: _Waiter) -> None:
        """Stop the run when the last one who waited for it has gone."""
        with self._lock:
            flight.waiters.discard(waiter)
            if flight.waiters or flight.done:
                return
            flight.abandoned = True
            if self._flights.get(key) is flight:
                del self._flights[key]
            if flight.interrupt is not None:
                flight.interrupt()

    def close(self) -> None:
        """Interrupt everything and let the threads go."""
        with self._lock:
            for flight in self._flights.values():
                flight.abandoned = True
                if flight.interrupt is not None:
                    flight.interrupt()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=False)
