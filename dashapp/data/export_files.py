"""Tables, one after the other, as one CSV or Parquet file that is sent while it is written."""

import io
from collections.abc import Iterator
from enum import StrEnum

import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.csv_text import header_line, lines

PART_ROWS = {"csv": 20_000, "parquet": 200_000}


class FileFormat(StrEnum):
    """Of an export."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def content_type(self) -> str:
        """For the browser."""
        return "text/csv; charset=utf-8" if self is FileFormat.CSV else "application/vnd.apache.parquet"


class _Sent(io.RawIOBase):
    """Takes what is written until it is fetched; knows how much that was in all, as Parquet wants to."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]  # any buffer
        size = memoryview(data).nbytes
        self._waiting += data
        self._position += size
        return size

    def take(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


class Encoder:
    """Writes one file.

    Args:
        format_: Of the file.
        schema: Of every table.
    """

    def __init__(self, format_: FileFormat, schema: pa.Schema) -> None:
        self._format, self._schema = format_, schema
        self._sink = _Sent()
        self._writer = (
            pq.ParquetWriter(self._sink, schema, compression="zstd") if format_ is FileFormat.PARQUET else None
        )

    def start(self) -> bytes:
        """What comes before the rows."""
        return self._sink.take() if self._writer else header_line(self._schema.names)

    def parts(self, rows: pa.Table) -> Iterator[pa.Table]:
        """``rows`` in portions for ``written``."""
        most = PART_ROWS[self._format]
        for place in range(0, rows.num_rows, most):
            yield rows.slice(place, most)

    def written(self, rows: pa.Table) -> bytes:
        """One portion."""
        if self._writer is None:
            return lines(rows)
        self._writer.write_table(rows)
        return self._sink.take()

    def end(self) -> bytes:
        """What comes after the rows."""
        if self._writer is None:
            return b""
        self._writer.close()
        return self._sink.take()
