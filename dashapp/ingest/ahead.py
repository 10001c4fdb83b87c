"""Reading ahead: what comes next is read in a thread while what came before is worked on."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Generic, TypeVar

ENOUGH = 65_536

Item = TypeVar("Item")


class _Stopped(Exception):
    """Nobody wants more."""


class _Ahead(Generic[Item]):
    """Hands items from a thread to the caller's, in order, and holds back the thread when there are enough."""

    def __init__(self, items: Iterator[Item], weight: Callable[[Item], int]) -> None:
        self._items = items
        self._weight = weight
        self._ready: deque[Item] = deque()
        self._held = 0
        self._changed = Condition()
        self._over = self._stopped = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._read, name="reading ahead", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End reading and wait for that."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()

    def __iter__(self) -> Iterator[Item]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ready or self._over)
                if not self._ready:
                    if self._error is not None:
                        raise self._error
                    return
                item = self._ready.popleft()
                self._held -= self._weight(item)
                self._changed.notify_all()
            yield item

    def _read(self) -> None:
        try:
            for item in self._items:
                self._put(item)
        except _Stopped:
            pass
        except BaseException as error:  # raised again in the caller's thread
            self._error = error
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _put(self, item: Item) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._held < ENOUGH or self._stopped)
            if self._stopped:
                raise _Stopped
            self._ready.append(item)
            self._held += self._weight(item)
            self._changed.notify_all()


@contextmanager
def read_ahead(
    items: Iterator[Item], *, weight: Callable[[Item], int], on_leave: Callable[[], None]
) -> Iterator[Iterator[Item]]:
    """The same items in the same order, made in a thread of their own; what making them raises is raised here.

    Args:
        items: Not used by anyone else meanwhile.
        weight: Of an item; those that wait are held to about ``ENOUGH`` together.
        on_leave: Called before the thread is waited for: makes what it may be waiting for end soon.
    """
    ahead = _Ahead(items, weight)
    ahead.start()
    try:
        yield iter(ahead)
    finally:
        on_leave()
        ahead.stop()
