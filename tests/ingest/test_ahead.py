"""Reading ahead keeps order and errors, holds back, and stops."""

import threading
from collections.abc import Iterator

import pytest

from dashapp.ingest import ahead
from dashapp.ingest.ahead import read_ahead


def test_items_come_in_order_from_another_thread() -> None:
    def numbers() -> Iterator[tuple[int, int]]:
        yield from ((number, threading.get_ident()) for number in range(1000))

    with read_ahead(numbers(), weight=lambda _: 100, on_leave=lambda: None) as given:
        found = list(given)

    assert [number for number, _ in found] == list(range(1000))
    assert {thread for _, thread in found} != {threading.get_ident()}


def test_what_the_reader_raises_comes_after_what_it_gave() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    found: list[int] = []
    with read_ahead(broken(), weight=lambda _: 1, on_leave=lambda: None) as given, pytest.raises(OSError, match="gone"):
        found.extend(given)
    assert found == [1]


def test_little_waits_and_a_worker_that_fails_stops_the_reader() -> None:
    made = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    def fail(given: Iterator[int]) -> None:
        next(given)
        raise ValueError("the disk is full")

    left = threading.Event()
    with (
        pytest.raises(ValueError, match="disk"),
        read_ahead(endless(), weight=lambda _: ahead.ENOUGH // 2, on_leave=left.set) as given,
    ):
        fail(given)
    assert left.is_set()
    assert len(made) <= 5
    assert not any(thread.name == "reading ahead" for thread in threading.enumerate())
