"""Reader of CSV as exported from advanced hunting, Explorer and Log Analytics."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.csv as pa_csv

from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.columns import table_of
from dashapp.ingest.explorer import with_overrides
from dashapp.ingest.foreign_child import MOST_COLUMNS
from dashapp.ingest.readers import HEAD, Context, Given, Reader, Source
from dashapp.ingest.tabular import UNKNOWN_COLUMNS

BLOCK = 16 << 20
_BOM = b"\xef\xbb\xbf"


def _is_csv(head: bytes, _path: Path | None) -> bool:
    line = _first_line(head)
    return b"\0" not in line and not line.lstrip().startswith(b"<") and _delimiter(line) is not None


def _first_line(head: bytes) -> bytes:
    return head.removeprefix(_BOM).partition(b"\n")[0].rstrip(b"\r")


def _delimiter(line: bytes) -> str | None:
    """What separates the names in the header; None where nothing does."""
    counts = {mark: line.count(mark.encode()) for mark in (",", ";", "\t")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else None


def read_csv(source: Source, context: Context) -> Given:
    """Read rows in blocks, everything as bytes; what a column means is decided when it is normalised."""
    line = _first_line(source.head)
    if len(line) >= HEAD - len(_BOM):
        yield Refused(source.name, None, "the first line is longer than 64 kB")
        return
    text = line.decode("utf-8", "replace")
    mark = cast(str, _delimiter(line))
    names = next(csv.reader(io.StringIO(text), delimiter=mark), [])
    table = context.table or table_of(names, context.columns)
    if len(names) > MOST_COLUMNS:
        yield Refused(source.name, None, f"more than {MOST_COLUMNS} columns")
    elif table is None:
        yield Refused(source.name, None, f"{UNKNOWN_COLUMNS} (found: {', '.join(names[:12])})"[:400])
    else:
        yield from _rows(source, table, names, mark)


def _rows(source: Source, table: str, names: list[str], mark: str) -> Given:
    odd: list[Refused] = []

    def skip(row: pa_csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        odd.append(Refused(source.name, row.number - 1, reason, row.text or ""))
        return "skip"

    first = 1
    try:
        for batch in _batches(source, names, mark, skip):
            rows = pa.Table.from_batches([batch])
            yield Chunk(table, with_overrides(rows) if table == "EmailEvents" else rows, source.name, first)
            yield from odd
            first += batch.num_rows + len(odd)
            odd.clear()
    except pa.ArrowException as error:
        reason = (str(error).splitlines() or ["unknown"])[0][:200]
        yield Refused(source.name, None, f"not readable as CSV from about row {first} on: {reason}")
    yield from odd


def _batches(source: Source, names: list[str], mark: str, skip: object) -> Iterator[pa.RecordBatch]:
    reader = pa_csv.open_csv(
        source.stream,
        read_options=pa_csv.ReadOptions(block_size=BLOCK, use_threads=False, column_names=names, skip_rows=1),
        parse_options=pa_csv.ParseOptions(delimiter=mark, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False
        ),
    )
    with reader:
        yield from reader


CSV = Reader("CSV", _is_csv, read_csv)
