"""Reading Parquet of strangers through a limited child process; what comes back is re-written by us.

The formats' readers are not made for hostile files: one may crash or take all memory. A child that dies takes its file
with it, and the next file gets a new child.
"""

import fcntl
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa

from dashapp.data.coded import CODED
from dashapp.ingest.foreign_child import HEADER

SILENCE_SECONDS = 300
MOST_FRAME = 4 << 30
PIPE_BYTES = 1 << 20  # what Linux allows anyone


class ForeignError(ValueError):
    """A file is not read; the text says why."""


class ForeignParquet:
    """A child process that reads Parquet files, started when first needed. Not for use by two threads."""

    def __init__(self, *, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._silence = silence_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._killed = False

    def __enter__(self) -> "ForeignParquet":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def kill(self) -> None:
        """Make a ``read`` that another thread is in end soon, and refuse others. The only method for another thread."""
        self._killed = True
        child = self._child
        if child is not None:
            child.kill()

    def read(self, path: Path) -> Iterator[pa.RecordBatch]:
        """Rows of a Parquet file, batch by batch, all with the same columns.

        Raises:
            ForeignError: The file is refused, or reading it ended the child.
        """
        finished = False
        try:
            for kind, content in self._frames(path):
                if kind == b"X":
                    finished = True
                    self._expect_end()
                    raise ForeignError(content.to_pybytes().decode("utf-8", "replace"))
                if kind == b"E":
                    finished = True
                    return
                with pa.ipc.open_stream(content) as reader:
                    yield from map(sound, reader)
        finally:
            if not finished:  # left early, or the child died: what it still says is of no use to the next file
                self.close()

    def _frames(self, path: Path) -> Iterator[tuple[bytes, pa.Buffer]]:
        child = self._running()
        if child.stdin is None or child.stdout is None or b"\n" in os.fsencode(path):
            raise ForeignError("its path has a line break")
        try:
            child.stdin.write(os.fsencode(path.absolute()) + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            raise ForeignError(self._epitaph(child)) from None
        while True:
            kind, length = HEADER.unpack(memoryview(self._exactly(child, child.stdout, HEADER.size)))
            if length > MOST_FRAME:
                raise ForeignError("a batch of its rows is too large")
            yield kind, self._exactly(child, child.stdout, length)

    def _expect_end(self) -> None:
        child = self._running()
        if child.stdout is not None:
            self._exactly(child, child.stdout, HEADER.size)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._killed:
            raise ForeignError("reading was given up")
        if self._child is None:
            self._child = subprocess.Popen(  # our own module, no shell
                [sys.executable, "-m", "dashapp.ingest.foreign_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # numpy's threads wait busily, and nothing needs them
                bufsize=0,
            )
            _widen(self._child.stdout)
        return self._child

    def _exactly(self, child: subprocess.Popen[bytes], pipe: IO[bytes], count: int) -> pa.Buffer:
        data = pa.allocate_buffer(count)
        wanted = memoryview(data)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while wanted:
                if not selector.select(self._silence):
                    raise ForeignError(f"reading it takes longer than {self._silence:.0f} seconds")
                read = os.readv(pipe.fileno(), [wanted])
                if not read:
                    raise ForeignError(self._epitaph(child))
                wanted = wanted[read:]
        return data

    @staticmethod
    def _epitaph(child: subprocess.Popen[bytes]) -> str:
        code = child.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"reading it ended the process that reads strangers' files ({how})"


def sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows, once it is sure that no code is beyond its dictionary.

    Raises:
        ForeignError: One is.
    """
    try:
        for column in batch.columns:
            if column.type == CODED:
                pa.DictionaryArray.from_arrays(column.indices, column.dictionary)
    except (pa.ArrowException, IndexError) as error:
        raise ForeignError(f"what was read of it is damaged: {error}") from None
    return batch


def _widen(pipe: IO[bytes] | None) -> None:
    """Let more wait in a pipe, so that the two ends wait less for each other; where the system allows it."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
