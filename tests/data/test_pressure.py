"""R7: far more heavy questions than the engine can answer. Light ones pass by, the queue has an end, memory too."""

import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import ibis
import pytest

from dashapp.data.engine import Engine, EngineBusy, Lane, QueryCancelled, QueryTooLarge
from tests.data.sample import fill
from tests.data.test_engine import COUNTS, counts

CROWD = 50
WORKERS, QUEUE = 2, 6  # of the heavy lane
MEMORY_MB = 100


@pytest.fixture
def busy_engine(lake_path: Path, engine_over: Callable[..., Engine]) -> Engine:
    fill(lake_path)
    return engine_over(query_queue=QUEUE, query_timeout_seconds=600, query_memory_mb=MEMORY_MB)


def outcome(engine: Engine, question: ibis.Table) -> str:
    try:
        engine.frame(question, {"n": "float64"}, lane=Lane.HEAVY)
    except (EngineBusy, QueryCancelled, QueryTooLarge) as error:
        return type(error).__name__
    return "answered"


def test_fifty_heavy_questions_do_not_keep_a_light_one_waiting(busy_engine: Engine) -> None:
    refused = threading.Semaphore(0)

    def ask(number: int) -> str:
        with busy_engine.ask(f"person {number}", 1):
            found = outcome(busy_engine, endless(busy_engine, number))
        if found == "EngineBusy":
            refused.release()
        return found

    with ThreadPoolExecutor(CROWD) as people:
        asked = [people.submit(ask, number) for number in range(CROWD)]
        for _ in range(CROWD - WORKERS - QUEUE):  # told at once, not when the others are done
            assert refused.acquire(timeout=50)
        assert busy_engine.load == WORKERS + QUEUE
        for number in range(20):
            rows = counts(busy_engine).mutate(messages=ibis._.messages + number)  # none comes from memory
            assert busy_engine.frame(rows, COUNTS)["messages"].sum() == 10 + 4 * number
        assert busy_engine.load == WORKERS + QUEUE  # the light ones passed them
        leave(busy_engine)
        found = Counter(each.result(50) for each in asked)
    assert found == {"EngineBusy": CROWD - WORKERS - QUEUE, "QueryCancelled": WORKERS + QUEUE}
    until_idle(busy_engine)
    assert busy_engine.frame(counts(busy_engine), COUNTS)["messages"].sum() == 10


def test_fifty_hungry_questions_stay_inside_the_memory_they_may_use(busy_engine: Engine) -> None:
    def ask(number: int) -> str:
        with busy_engine.ask(f"person {number}", 1):
            return outcome(busy_engine, hungry(busy_engine, number))

    before = peak_mb()
    with ThreadPoolExecutor(CROWD) as people:
        asked = [people.submit(ask, number) for number in range(CROWD)]
        assert wait(asked, timeout=6, return_when="ALL_COMPLETED").done  # those that are refused, at least
        leave(busy_engine)
        found = Counter(each.result(50) for each in asked)
    assert found["EngineBusy"] >= 1
    assert found["QueryTooLarge"] + found["QueryCancelled"] == CROWD - found["EngineBusy"]
    assert peak_mb() - before < 4 * MEMORY_MB
    assert busy_engine.frame(counts(busy_engine), COUNTS)["messages"].sum() == 10


def endless(engine: Engine, number: int) -> ibis.Table:
    """A question that takes an hour and next to no memory: a million numbers, each with each."""
    rows = engine.table("EmailEvents", columns={"UrlCount"}).limit(1).select(a=ibis.range(0, 1_000_000).unnest())
    pairs = rows.cross_join(rows.select(b="a"))
    return pairs.agg(n=((pairs["a"] * 7 + pairs["b"] + number) % 11).sum().cast("float64"))


def hungry(engine: Engine, number: int) -> ibis.Table:
    """A question that counts nine million groups of long texts."""
    rows = engine.table("EmailEvents", columns={"UrlCount"}).select(a=ibis.range(0, 3000).unnest())
    pairs = rows.cross_join(rows.select(b="a"))
    text = pairs["a"].cast("string").lpad(40, "x") + pairs["b"].cast("string").lpad(40, "y")
    groups = pairs.group_by(text=text).agg(n=pairs.count() + number)
    return groups.agg(n=groups["n"].sum().cast("float64"))


def leave(engine: Engine) -> None:
    """Everybody asks for something else, which ends what they asked before."""
    for number in range(CROWD):
        with engine.ask(f"person {number}", 2):
            pass


def until_idle(engine: Engine) -> None:
    """An interrupted question ends in a moment."""
    deadline = time.monotonic() + 50
    while engine.load:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
