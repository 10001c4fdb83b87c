"""Queues, single runs, replaced requests and patience, without a database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from dashapp.data.errors import EngineBusy, QueryCancelled, QueryTimeout
from dashapp.data.lanes import Lane, Lanes, Slots

WAIT = 60


class Work:
    """A run that ends when it is told to, or when it is interrupted."""

    def __init__(self) -> None:
        self.started, self.finish = threading.Event(), threading.Event()
        self.interrupted = False
        self.runs = 0

    def __call__(self, started: Callable[[Callable[[], None]], None]) -> str:
        self.runs += 1
        started(self.interrupt)
        self.started.set()
        assert self.finish.wait(WAIT)
        if self.interrupted:
            raise RuntimeError("interrupted")
        return "answer"

    def interrupt(self) -> None:
        self.interrupted = True
        self.finish.set()


def quick(_started: object) -> str:
    return "quick"


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


@pytest.fixture
def lanes() -> Iterator[Lanes[str]]:
    made: Lanes[str] = Lanes(workers={Lane.LIGHT: 1, Lane.HEAVY: 1}, queue=1, timeout_seconds=WAIT)
    yield made
    made.close()


def ask_while_running(people: ThreadPoolExecutor, lanes: Lanes[str], work: Work, key: str = "key") -> "Future[str]":
    asked = people.submit(lanes.ask, key, Lane.HEAVY, work)
    assert work.started.wait(WAIT)
    return asked


def test_same_question_in_flight_runs_once(people: ThreadPoolExecutor, lanes: Lanes[str]) -> None:
    work = Work()
    first = ask_while_running(people, lanes, work)
    others = [people.submit(lanes.ask, "key", Lane.HEAVY, work) for _ in range(8)]
    while len(lanes._flights["key"].waiters) < 9:
        threading.Event().wait(0.001)
    work.finish.set()

    assert {asked.result(WAIT) for asked in (first, *others)} == {"answer"}
    assert work.runs == 1


def test_full_queue_answers_busy_and_light_lane_goes_on(people: ThreadPoolExecutor, lanes: Lanes[str]) -> None:
    running, waiting = Work(), Work()
    first = ask_while_running(people, lanes, running)
    second = people.submit(lanes.ask, "second", Lane.HEAVY, waiting)
    while lanes._load[Lane.HEAVY] < 2:
        threading.Event().wait(0.001)

    with pytest.raises(EngineBusy):
        lanes.ask("third", Lane.HEAVY, quick)
    assert lanes.ask("light", Lane.LIGHT, quick) == "quick"

    running.finish.set()
    waiting.finish.set()
    assert first.result(WAIT) == second.result(WAIT) == "answer"
    assert lanes.ask("third", Lane.HEAVY, quick) == "quick"


def test_impatience_interrupts_what_nobody_else_waits_for() -> None:
    lanes: Lanes[str] = Lanes(workers={Lane.HEAVY: 1}, queue=1, timeout_seconds=0.05)
    work = Work()
    with pytest.raises(QueryTimeout):
        lanes.ask("key", Lane.HEAVY, work)
    assert work.finish.wait(WAIT)
    assert work.interrupted
    lanes.close()


def test_newer_request_of_a_slot_cancels_the_older(people: ThreadPoolExecutor, lanes: Lanes[str]) -> None:
    slots, work = Slots(), Work()

    def request(sequence: int, key: str, run: Callable[..., str]) -> str:
        with slots.ask("grid", sequence):
            return lanes.ask(key, Lane.HEAVY, run)

    older = people.submit(request, 1, "old", work)
    assert work.started.wait(WAIT)
    assert request(2, "new", quick) == "quick"

    with pytest.raises(QueryCancelled):
        older.result(WAIT)
    assert work.interrupted
    with pytest.raises(QueryCancelled):
        request(1, "late", quick)


def test_a_run_someone_else_waits_for_is_not_interrupted(people: ThreadPoolExecutor, lanes: Lanes[str]) -> None:
    slots, work = Slots(), Work()

    def request(slot: str, sequence: int) -> str:
        with slots.ask(slot, sequence):
            return lanes.ask("key", Lane.HEAVY, work)

    mine = people.submit(request, "mine", 1)
    assert work.started.wait(WAIT)
    theirs = people.submit(request, "theirs", 1)
    while len(lanes._flights["key"].waiters) < 2:
        threading.Event().wait(0.001)
    with slots.ask("mine", 2), pytest.raises(QueryCancelled):
        mine.result(WAIT)
    work.finish.set()

    assert theirs.result(WAIT) == "answer"


def test_all_questions_of_a_cancelled_request_end(lanes: Lanes[str]) -> None:
    slots = Slots()
    with slots.ask("grid", 1):
        assert lanes.ask("first", Lane.LIGHT, quick) == "quick"
        with slots.ask("grid", 2):
            pass
        with pytest.raises(QueryCancelled):
            lanes.ask("second", Lane.LIGHT, quick)


def test_errors_reach_everybody_who_asked(lanes: Lanes[str]) -> None:
    def broken(_started: object) -> str:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            lanes.ask("key", Lane.LIGHT, broken)


def test_closing_interrupts(people: ThreadPoolExecutor) -> None:
    lanes: Lanes[str] = Lanes(workers={Lane.HEAVY: 1}, queue=1, timeout_seconds=WAIT)
    work = Work()
    asked = ask_while_running(people, lanes, work)
    lanes.close()
    assert work.interrupted
    with pytest.raises(RuntimeError):
        asked.result(WAIT)
