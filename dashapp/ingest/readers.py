"""The readers there are, and how a source finds its reader: by what is in it, never by its name."""

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.foreign import ForeignParquet
from dashapp.ingest.workers import Workers

HEAD = 64 * 1024

Given = Iterator[Chunk | Refused]


@dataclass(frozen=True)
class Source:
    """One stream of bytes to read.

    Attributes:
        name: As people know it: the path as given, and ``!member`` for each wrapper around it.
        head: The first bytes, at most ``HEAD``; still to be read from ``stream`` too.
        stream: Everything, from the first byte; need not seek.
        path: The file that holds exactly these bytes; None inside a wrapper.
    """

    name: str
    head: bytes
    stream: BinaryIO
    path: Path | None = None


@dataclass(frozen=True)
class Context:
    """What readers may need to know.

    Attributes:
        now: The instant of this ingest, aware.
        read: Reads what a wrapper has inside, by content; wrappers call it with ``source_of``'s result.
        table: Every row is of this table, whatever its columns say (from a mapping); None: decide by columns.
        columns: Foreign name to ours (from a mapping).
        work_dir: A folder for temporary files, removed afterwards.
        foreign: Reads Parquet in a process of its own; whoever makes the context closes it.
        workers: Processes that may help; None: there are none.
    """

    now: datetime
    read: Callable[[Source], Given]
    table: str | None
    columns: dict[str, str]
    work_dir: Path
    foreign: ForeignParquet = field(default_factory=ForeignParquet)
    workers: Workers | None = None


@dataclass(frozen=True)
class Reader:
    """One kind of source.

    Attributes:
        name: What people call the kind.
        recognise: Whether ``head`` begins such a source; the path is None inside a wrapper.
        read: Yields chunks and refusals; raises only ``OSError`` (the source went away).
    """

    name: str
    recognise: Callable[[bytes, Path | None], bool]
    read: Callable[[Source, Context], Given]


class _Rejoined(io.RawIOBase):
    """A stream whose head was read already, whole again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a Buffer, we get this
        if self._head:
            count = min(len(buffer), len(self._head))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def source_of(stream: BinaryIO, name: str, path: Path | None = None) -> Source:
    """Look at the head of a stream and give the whole stream back.

    Raises:
        OSError: The stream cannot be read (a broken gzip raises ``gzip.BadGzipFile``, which is one).
        EOFError: The stream is a compressed one that ends too early.
    """
    head = b""
    while len(head) < HEAD:
        more = stream.read(HEAD - len(head))
        if not more:
            break
        head += more
    return Source(name, head, io.BufferedReader(_Rejoined(head, stream), 1 << 20), path)


@contextmanager
def on_disk(source: Source, context: Context) -> Iterator[Path]:
    """The source as a file of its own, for readers that must seek; copied if it is inside a wrapper."""
    if source.path is not None:
        yield source.path
        return
    with NamedTemporaryFile(dir=context.work_dir, suffix=".part") as copy:
        shutil.copyfileobj(source.stream, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)
