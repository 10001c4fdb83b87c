"""How far an ingest is, in bytes of the files it reads."""

import io
from collections.abc import Callable
from typing import BinaryIO

Progress = Callable[[int, int], None]
_STEP = 1 << 20


class Counted(io.RawIOBase):
    """A stream that tells how much of it was read, about every megabyte."""

    def __init__(self, stream: BinaryIO, progress: Progress | None, before: int, total: int) -> None:
        self._stream = stream
        self._progress = progress
        self._done = self._told = before
        self._total = total

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a Buffer, we get this
        """Fill the buffer and count."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._done += len(data)
        if self._progress and self._done - self._told >= _STEP:
            self._told = self._done
            self._progress(min(self._done, self._total), self._total)
        return len(data)
