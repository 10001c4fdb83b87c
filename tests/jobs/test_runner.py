"""The queue and its threads: started, fed, stopped; what is lost comes back, what is doubled runs once."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from huey import Huey

from dashapp.jobs.runner import QUEUE_FILE, JobRunner, open_queue
from dashapp.jobs.tracking import Tracking

SECRET = "test-only-6f1d0c5a9b3e4d7282f0c1b5"
LONG = 60


class Store:
    """Tracked queries that are due until they are claimed."""

    def __init__(self, *due: str) -> None:
        self.waiting = list(due)
        self.claimed: list[str] = []
        self.ticks = 0
        self.wanted = len(due)
        self.done = threading.Event()
        self._lock = threading.Lock()

    def due(self, _now: datetime) -> list[str]:
        return list(self.waiting)

    def claim(self, query_id: str, _now: datetime) -> None:
        with self._lock:
            if query_id in self.waiting:
                self.waiting.remove(query_id)
                self.claimed.append(query_id)
            if len(self.claimed) == self.wanted:
                self.done.set()

    def finish(self, *_arguments: object) -> bool:
        raise AssertionError("nothing was claimed")

    def tick(self, _now: datetime) -> None:
        self.ticks += 1


def queue(folder: Path, secret: str = SECRET) -> Huey:
    return open_queue(folder, redis_url="", secret=secret)


def runner(huey: Huey, store: Store, threads: int = 2) -> JobRunner:
    jobs = Tracking(store, None, 60, lambda: datetime.now(UTC))  # type: ignore[arg-type]  # nothing is counted here
    return JobRunner(huey, jobs, threads=threads)


def test_what_is_due_is_run_by_the_first_tick(tmp_path: Path) -> None:
    store = Store("a", "b", "c")
    jobs = runner(queue(tmp_path), store)
    jobs.start()
    assert store.done.wait(LONG)
    assert jobs.running
    jobs.stop()
    assert not jobs.running
    assert sorted(store.claimed) == ["a", "b", "c"]
    assert store.ticks >= 1
    assert (tmp_path / QUEUE_FILE).exists()


def test_what_waits_in_the_queue_survives_the_process(tmp_path: Path) -> None:
    store = Store("a")
    runner(queue(tmp_path), store).wake("a")
    later = runner(queue(tmp_path), store)
    assert later.waiting == 1
    later.start()
    assert store.done.wait(LONG)
    later.stop()


def test_two_runners_share_one_queue(tmp_path: Path) -> None:
    store = Store(*(f"query {number}" for number in range(20)))
    both = [runner(queue(tmp_path), store) for _ in range(2)]
    for one in both:
        one.start()
    assert store.done.wait(LONG)
    for one in both:
        one.stop()
    assert len(store.claimed) == len(set(store.claimed)) == 20


def test_a_tick_queues_nothing_while_something_waits(tmp_path: Path) -> None:
    store = Store("a", "b")
    jobs = runner(queue(tmp_path), store)
    jobs.tick()
    assert jobs.waiting == 2
    jobs.tick()
    assert jobs.waiting == 2


def test_a_job_signed_with_another_key_is_not_even_read(tmp_path: Path) -> None:
    store = Store("a")
    runner(queue(tmp_path, "another secret that somebody else has"), store).wake("a")
    huey = queue(tmp_path)
    with pytest.raises(ValueError, match="mismatch"):
        huey.dequeue()
    assert store.claimed == []


def test_stopping_what_never_started_is_nothing(tmp_path: Path) -> None:
    runner(queue(tmp_path), Store()).stop()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", ""], ids=["redis", "file"])
def test_a_queue_that_does_not_answer_is_no_failure_of_who_asks(tmp_path: Path, url: str) -> None:
    store = Store("a")
    jobs = runner(open_queue(tmp_path, redis_url=url, secret=SECRET), store)
    if not url:
        with sqlite3.connect(tmp_path / QUEUE_FILE) as broken:
            broken.execute("DROP TABLE task")
    jobs.wake("a")
    assert store.due(datetime.now(UTC)) == ["a"]  # the next tick finds it
