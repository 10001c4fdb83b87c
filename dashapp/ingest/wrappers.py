"""Opening gz, zst and zip, one inside the other too, without trusting what they say of themselves.

A wrapper that is cut off or damaged gives what it held up to there, and then a refusal that says so. Nothing is ever
unpacked under a name from inside.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from dashapp.ingest.chunk import Refused
from dashapp.ingest.readers import Context, Given, Reader, Source, on_disk, source_of

MOST_DEPTH = 4  # wrappers in wrappers
MOST_MEMBERS = 100_000
MOST_RATIO = 300  # unpacked to packed; text hardly passes 50, a bomb starts at 1,000
RATIO_FROM = 100_000_000  # bytes unpacked before the ratio counts
MOST_UNPACKED = 500_000_000_000
ZSTD_WINDOW = 1 << 27
_PIECE = 4096  # of zstd at a time, so that a bomb unpacks to some 100 MB before it is noticed

_DAMAGE = (EOFError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile, gzip.BadGzipFile, ValueError)


class Bomb(ValueError):
    """What is inside is out of all proportion to what is outside."""


class _Unpacked(io.RawIOBase):
    """A stream of unpacked bytes that ends, instead of raising, where it is damaged or exceeds the limits.

    Attributes:
        failure: Why it ended early; empty if it did not.
    """

    def __init__(self, pieces: Iterator[bytes], packed: Callable[[], int]) -> None:
        self._pieces = pieces
        self._packed = packed
        self._ready = memoryview(b"")
        self._count = 0
        self.failure = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a Buffer, we get this
        while not self._ready and not self.failure:
            piece = self._next()
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> bytes | None:
        try:
            piece = next(self._pieces, None)
            self._count += len(piece or b"")
            if self._count > MOST_UNPACKED or (
                self._count > RATIO_FROM and self._count > MOST_RATIO * max(self._packed(), 1)
            ):
                raise Bomb("it unpacks to far more than any real file of its size")
        except _DAMAGE as error:
            self.failure = str(error) or type(error).__name__
            return None
        return piece


class _Tally(io.RawIOBase):
    """Counts what is read from a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a Buffer, we get this
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


def _inside(pieces: Iterator[bytes], packed: Callable[[], int], name: str, context: Context) -> Given:
    """Read what comes out of a wrapper with whatever reader recognises it."""
    stream = _Unpacked(pieces, packed)
    yield from context.read(source_of(cast(BinaryIO, io.BufferedReader(stream, 1 << 20)), name))
    if stream.failure:
        yield Refused(name, None, f"cut off or damaged, read up to there: {stream.failure}"[:300])


def _too_deep(source: Source) -> Refused | None:
    if source.name.count("!") >= MOST_DEPTH:
        return Refused(source.name, None, f"more than {MOST_DEPTH} wrappers inside each other")
    return None


def read_gzip(source: Source, context: Context) -> Given:
    """Read what is inside a gzip stream of one member or several."""
    if refused := _too_deep(source):
        yield refused
        return
    tally = _Tally(source.stream)
    with gzip.GzipFile(fileobj=io.BufferedReader(tally)) as file:
        pieces = iter(lambda: file.read1(1 << 18), b"")
        yield from _inside(pieces, lambda: tally.count, f"{source.name}!gz", context)


def read_zstd(source: Source, context: Context) -> Given:
    """Read what is inside a zstd stream of one frame or several."""
    if refused := _too_deep(source):
        yield refused
        return
    tally = _Tally(source.stream)
    yield from _inside(_zstd_pieces(tally), lambda: tally.count, f"{source.name}!zst", context)


def _zstd_pieces(stream: io.RawIOBase) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    frame = decompressor.decompressobj()
    started = False
    while data := stream.read(_PIECE):
        while data:
            unpacked = frame.decompress(data)
            started = True
            if unpacked:
                yield unpacked
            data = frame.unused_data if frame.eof else b""
            if frame.eof:
                frame, started = decompressor.decompressobj(), False
    if started:
        raise EOFError("the last frame is not complete")


def read_zip(source: Source, context: Context) -> Given:
    """Read every file inside a zip, in its order, encrypted ones refused."""
    if refused := _too_deep(source):
        yield refused
        return
    try:
        with on_disk(source, context) as path, zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_MEMBERS:
                yield Refused(source.name, None, f"more than {MOST_MEMBERS:,} files inside")
                return
            for member in members:
                yield from _member(archive, member, source, context)
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        yield Refused(source.name, None, f"not readable as zip: {error}"[:300])


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Source, context: Context) -> Given:
    name = f"{source.name}!{_printable(member.filename)}"
    if member.flag_bits & 0x1:
        yield Refused(name, None, "encrypted; unpack it with its password first")
        return
    try:
        with archive.open(member) as file:
            pieces = iter(lambda: file.read(1 << 18), b"")
            yield from _inside(pieces, lambda: max(member.compress_size, 1), name, context)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        yield Refused(name, None, f"cannot be unpacked: {error}"[:300])


def _printable(name: str) -> str:
    """A member's name for people: one line, nothing that steers a terminal, no ``!``, which marks a wrapper."""
    return "".join(mark if mark.isprintable() and mark != "!" else "�" for mark in name[:300])


def _starts(*marks: bytes) -> Callable[[bytes, Path | None], bool]:
    return lambda head, _path: head.startswith(marks)


GZIP = Reader("gzip", _starts(b"\x1f\x8b"), read_gzip)
ZSTD = Reader("zstd", _starts(b"\x28\xb5\x2f\xfd"), read_zstd)
ZIP = Reader("zip", _starts(b"PK\x03\x04", b"PK\x05\x06"), read_zip)
