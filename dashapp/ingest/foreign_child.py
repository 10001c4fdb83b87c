"""The process that reads Parquet files of strangers: limited in memory and time, and nothing lost when it dies.

It is told paths, one a line, on standard input, and answers on standard output in frames: a letter, eight bytes of
length, and that many bytes. ``B`` is a batch of rows (Arrow IPC), ``X`` the reason for a refusal, ``E`` the end of a
file.
"""

import mmap
import os
import resource
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.coded import as_text, coded

BATCH_ROWS = 64 * 1024
MEMORY_BYTES = 4 << 30
CPU_SECONDS = 600  # for one file
MOST_COLUMNS = 500
MOST_FOOTER = 64_000_000
MOST_ROWS = 2_000_000_000
MOST_UNPACKED = 200_000_000_000
MOST_ROW_GROUPS = 100_000
MOST_MARKS = 16
MAGIC, ENCRYPTED_MAGIC = b"PAR1", b"PARE"

HEADER = struct.Struct("<cQ")


class Refusal(ValueError):
    """A file that is not read; the text says why."""


def ensure_sound(path: Path) -> None:
    """Return quietly if both ends of a file are those of a Parquet file.

    Raises:
        Refusal: They are not.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(size - 8, 0))
        end = file.read(8)
    if ENCRYPTED_MAGIC in (start, end[4:]):
        raise Refusal("the file is encrypted")
    if size < 12 or start != MAGIC or end[4:] != MAGIC:
        raise Refusal("not a whole Parquet file: it is cut off or damaged")
    footer = int.from_bytes(end[:4], "little")
    if footer > min(MOST_FOOTER, size - 12):
        raise Refusal("its footer claims to be larger than it can be")


def ensure_sane(metadata: pq.FileMetaData, names: list[str]) -> None:
    """Return quietly if what the footer says is within what real files are.

    Raises:
        Refusal: It is not.
    """
    if metadata.num_columns > MOST_COLUMNS:
        raise Refusal(f"more than {MOST_COLUMNS} columns")
    if len(set(names)) < len(names):
        raise Refusal("two columns have the same name")
    if metadata.num_rows > MOST_ROWS or metadata.num_row_groups > MOST_ROW_GROUPS:
        raise Refusal("it claims more rows or row groups than any real file has")
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    if sum(max(group.total_byte_size, 0) for group in groups) > MOST_UNPACKED:
        raise Refusal("it claims to unpack to more than any real file does")


def ensure_single(path: Path) -> None:
    """Return quietly unless the file is two Parquet files joined, of which readers would mix the halves.

    The mark alone proves nothing (a subject may hold it): what comes before it must be a whole Parquet file.

    Raises:
        Refusal: It is.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = -1
        for _ in range(MOST_MARKS):
            at = content.find(MAGIC + MAGIC, at + 1)
            if at < 0:
                return
            if _is_parquet_file(path, at + len(MAGIC)):
                raise Refusal("two Parquet files were joined into one; load them one by one")


def _is_parquet_file(path: Path, length: int) -> bool:
    with pa.memory_map(str(path)) as whole:
        start = pa.BufferReader(whole.read_buffer(length))
        try:
            return bool(pq.read_metadata(start).num_columns)
        except (pa.ArrowException, OSError):
            return False


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a file, at most 64 k at a time.

    Raises:
        Refusal: It is not within the limits.
        pa.ArrowException, OSError, MemoryError: It cannot be read.
    """
    ensure_sound(path)
    with pq.ParquetFile(path, coerce_int96_timestamp_unit="us") as file:
        ensure_sane(file.metadata, file.schema_arrow.names)
        ensure_single(path)
        # One thread: the other processor is busy with the batch before, and more of them triple the cost of memory.
        yield from map(_coded, file.iter_batches(BATCH_ROWS, use_threads=False))


def _coded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with text that repeats coded, for less to hand over.

    Not left to the reader of the file, which believes that no value is twice in a file's dictionary.
    """
    return pa.record_batch([coded(as_text(column)) for column in batch.columns], names=batch.schema.names)


class _Packer:
    """Batches as Arrow IPC, one after the other in the same memory."""

    def __init__(self) -> None:
        self._memory = pa.allocate_buffer(0)

    def packed(self, batch: pa.RecordBatch) -> memoryview:
        """The bytes of a batch, until the next call."""
        size = pa.MockOutputStream()
        self._write(batch, size)
        if size.size() > self._memory.size:
            self._memory = pa.allocate_buffer(size.size())
        self._write(batch, pa.FixedSizeBufferWriter(self._memory))
        return memoryview(self._memory)[: size.size()]

    @staticmethod
    def _write(batch: pa.RecordBatch, sink: pa.NativeFile) -> None:
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)


def frames(path: Path) -> Iterator[tuple[bytes, bytes | memoryview]]:
    """The answer to one path; each part is good until the next is asked for."""
    packer = _Packer()
    try:
        for batch in batches(path):
            yield b"B", packer.packed(batch)
    except Refusal as refusal:
        yield b"X", str(refusal).encode()
    except MemoryError:
        yield b"X", b"reading it takes more memory than is allowed"
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        yield b"X", f"not readable as Parquet: {text[:200]}".encode()
    yield b"E", b""


def main() -> None:
    """Answer paths until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pa.set_memory_pool(pa.system_memory_pool())  # the others reserve address space in large pieces
    output = sys.stdout.buffer
    for line in sys.stdin.buffer:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
        for kind, content in frames(Path(os.fsdecode(line.rstrip(b"\n")))):
            output.write(HEADER.pack(kind, len(content)))
            output.write(content)
        output.flush()


if __name__ == "__main__":
    main()
