"""What could not be read, kept with file, row and reason: one JSON line each, one file per batch."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

from dashapp.ingest.chunk import Refused


class Quarantine:
    """A file of refusals; made at the first, so that a clean ingest leaves none. A context manager."""

    def __init__(self, folder: Path | None, batch_id: str) -> None:
        """Args: folder: where the file is made; None to write nothing."""
        self._wanted = None if folder is None else folder / f"{batch_id}.jsonl"
        self._file: BinaryIO | None = None
        self.path: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def add(self, refused: Refused) -> None:
        """Write one refusal.

        Raises:
            OSError: The disk is full or the like.
        """
        if self._wanted is None:
            return
        if self._file is None:
            self._wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._wanted.open("ab")
            self.path = self._wanted
        line = {"file": refused.source, "row": refused.row, "reason": refused.reason, "raw": refused.raw}
        self._file.write(orjson.dumps({key: _storable(value) for key, value in line.items()}) + b"\n")


def _storable(value: str | int | None) -> str | int | None:
    """File names may hold bytes that are no UTF-8; Python keeps those as lone surrogates, JSON must not."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
