"""Which reader reads a source: the first in this list that recognises what the source begins with."""

import codecs
import io
from pathlib import Path
from typing import BinaryIO, cast

from dashapp.ingest.chunk import Refused
from dashapp.ingest.csvs import CSV
from dashapp.ingest.events import JSON
from dashapp.ingest.mail import MBOX, MESSAGE
from dashapp.ingest.readers import Context, Given, Reader, Source, source_of
from dashapp.ingest.tabular import PARQUET
from dashapp.ingest.wrappers import GZIP, ZIP, ZSTD


class _Recoded(io.RawIOBase):
    """UTF-16 as UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-16")("replace").decode
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a Buffer, we get this
        while not self._ready:
            data = self._stream.read(len(buffer))
            self._ready = self._decode(data, not data).encode("utf-8", "replace")
            if not data:
                break
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _is_utf_16(head: bytes, _path: Path | None) -> bool:
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _read_utf_16(source: Source, context: Context) -> Given:
    """PowerShell writes exports in UTF-16."""
    return context.read(source_of(cast(BinaryIO, io.BufferedReader(_Recoded(source.stream))), source.name))


UTF_16 = Reader("UTF-16 text", _is_utf_16, _read_utf_16)

# Wrappers and binary formats have magic numbers and come first; CSV accepts almost any text and comes last.
READERS: tuple[Reader, ...] = (PARQUET, GZIP, ZSTD, ZIP, UTF_16, JSON, MBOX, MESSAGE, CSV)


def read(source: Source, context: Context) -> Given:
    """Read a source with the reader that recognises it; refuse it whole where none does."""
    if not source.head:
        yield Refused(source.name, None, "the file is empty")
        return
    reader = reader_of(source)
    if reader is None:
        yield Refused(source.name, None, "not recognised: neither Parquet, JSON, CSV nor mail")
    else:
        yield from reader.read(source, context)


def reader_of(source: Source) -> Reader | None:
    """The first reader that recognises a source."""
    return next((reader for reader in READERS if reader.recognise(source.head, source.path)), None)
