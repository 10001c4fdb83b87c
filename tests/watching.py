"""Looking at something all the while a test does something to it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

BETWEEN = 0.2
WAIT = 120

Seen = TypeVar("Seen")


@contextmanager
def watching(look: Callable[[], Seen]) -> Iterator[list[Seen]]:
    """Collect what ``look`` sees, over and over, in a thread; its first error fails the test, and so does no look."""
    stop, errors, looks = threading.Event(), [], []

    def watch() -> None:
        while not stop.wait(BETWEEN):
            try:
                looks.append(look())
            except Exception as error:
                errors.append(error)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield looks
    finally:
        stop.set()
        watcher.join(WAIT)
    assert errors == []
    assert looks


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether ``condition`` comes true while there is patience."""
    pause, end = threading.Event(), time.monotonic() + WAIT
    while not condition() and time.monotonic() < end:
        pause.wait(0.01)
    return condition()
