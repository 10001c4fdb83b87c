"""Answers kept for those who ask the same again, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

import pandas as pd


class AnswerCache:
    """Frames by question; the one not asked for longest goes first. Safe for threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._frames: OrderedDict[Hashable, tuple[pd.DataFrame, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> pd.DataFrame | None:
        """A frame of its own for the caller: with copy-on-write a change never reaches another."""
        with self._lock:
            entry = self._frames.get(key)
            if entry is None:
                return None
            self._frames.move_to_end(key)
            return entry[0].copy(deep=False)

    def put(self, key: Hashable, frame: pd.DataFrame) -> None:
        """Keep ``frame``, unless it alone would take more than a quarter of the room."""
        size = int(frame.memory_usage(deep=True).sum())
        if size > self._limit // 4:
            return
        with self._lock:
            _, replaced = self._frames.pop(key, (None, 0))
            self._frames[key] = (frame.copy(deep=False), size)
            self._bytes += size - replaced
            while self._bytes > self._limit:
                _, (_, freed) = self._frames.popitem(last=False)
                self._bytes -= freed
