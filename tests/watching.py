"""Looking at something all the while a test does something to it."""

import threading
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
