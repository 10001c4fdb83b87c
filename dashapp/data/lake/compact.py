"""Fewer, larger files: the rows of a month in time order, in files of two to four million rows.

Ours and not deltalake's, whose rewrite loses order and codec. Memory stays bounded: a month is read in slices of time.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise

import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.lake import scan
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged
from dashapp.data.lake.layout import ROLLUP, from_micros, new_id, stored_schema
from dashapp.data.lake.parquet import ROW_GROUP
from dashapp.data.lake.rewrite import fitted, write_parts
from dashapp.data.lake.rollup import SOURCE, renew
from dashapp.data.lake.writer import Change, Writer
from dashapp.data.schema import TABLES

MOST_ROWS = 4_000_000
FEWEST_ROWS = 2_000_000

# After a batch: only when a month has this many small files, and only so many rows.
MANY_SMALL = 16
SMALL_ROWS = 1_000_000
BOUND_ROWS = 2_000_000

_SLICE_ROWS = 2 * ROW_GROUP

Opener = Callable[[], AbstractContextManager[Writer]]


@dataclass(frozen=True)
class Compacted:
    """One month of a table that was put into fewer files."""

    table: str
    month: str
    rows: int
    before: int
    after: int


def compact_all(opener: Opener, progress: Callable[[Compacted], None] | None = None) -> list[Compacted]:
    """Compact every month that needs it; each is published by itself, so that an ingest need not wait long.

    Args:
        opener: Opens a writer.
        progress: Told of each month done.

    Raises:
        LakeError: As ``open_writer``; or a file cannot be read or written.
    """
    done = []
    for table in TABLES:
        with opener() as writer:
            months = [month for month, files in _months(writer.files(table)) if _needed(files)]
            writer.settled = True
        for month in months:
            with opener() as writer:
                files = dict(_months(writer.files(table))).get(month, [])
                done.append(_compact(writer, table, month, files))
            if progress:
                progress(done[-1])
    return done


def is_crowded(files: Sequence[DataFile]) -> bool:
    """Whether ``compact_small`` would find something to do."""
    return any(_smallest(month) for _, month in _months(files))


def compact_small(opener: Opener, tables: Sequence[str]) -> list[Compacted]:
    """Merge the smallest files of months that have many, in bounded work.

    Raises:
        LakeError: As ``open_writer``; or a file cannot be read or written.
    """
    done = []
    for table in tables:
        with opener() as writer:
            writer.settled = True
            for month, files in _months(writer.files(table)):
                if chosen := _smallest(files):
                    done.append(_compact(writer, table, month, chosen))
    return done


def _months(files: Sequence[DataFile]) -> list[tuple[str, list[DataFile]]]:
    ordered = sorted(files, key=lambda file: (file.month, file.first))
    return [(month, list(group)) for month, group in groupby(ordered, key=lambda file: file.month)]


def _needed(files: Sequence[DataFile]) -> bool:
    overlap = any(after.first <= before.last for before, after in pairwise(sorted(files, key=lambda f: f.first)))
    fewest = max(1, sum(file.rows for file in files) // FEWEST_ROWS)
    return len(files) > 1 and (overlap or len(files) > fewest)


def _smallest(files: Sequence[DataFile]) -> list[DataFile]:
    """What to merge after a batch: never a file that is large beside the rest, so that rows move rarely."""
    small = sorted((file for file in files if file.rows < SMALL_ROWS), key=lambda file: file.rows)
    if len(small) < MANY_SMALL:
        return []
    chosen: list[DataFile] = []
    rows = 0
    for file in small:
        if rows + file.rows > BOUND_ROWS or (len(chosen) > 1 and file.rows > max(ROW_GROUP, 2 * rows)):
            break
        chosen.append(file)
        rows += file.rows
    return chosen if len(chosen) > 1 else []


def _compact(writer: Writer, table: str, month: str, files: Sequence[DataFile]) -> Compacted:
    writer.settled = False
    rows, name = sum(file.rows for file in files), new_id(datetime.now(UTC))
    new = _merge(writer, table, files, prefix=f"{files[0].path.split('/')[0]}/{name}")
    if sum(file.rows for file in new) != rows:
        raise LakeDamaged(f"{table} {month}: files hold other rows than the log says; left as they are")
    changes = {table: Change(new, files)}
    entry = {"kind": "compact", "id": name, "table": table, "month": month, "rows": rows}
    rollup_change, rollup = renew(writer, changes.get(SOURCE, Change()), name=name, touched=frozenset())
    writer.publish(changes | {ROLLUP: rollup_change}, entry, rollup=rollup, moved=True)
    return Compacted(table, month, rows, len(files), len(new))


def _merge(writer: Writer, table: str, files: Sequence[DataFile], *, prefix: str) -> list[DataFile]:
    """Write the rows of files of one month, in time order, into as few files as may be."""
    count = -(-sum(file.rows for file in files) // MOST_ROWS)
    slices = _slices(writer, table, files)
    share = -(-len(slices) // count)
    new = []
    with scan.reading():
        for number, begin in enumerate(range(0, len(slices), share)):
            parts = (_rows(writer, table, files, span) for span in slices[begin : begin + share])
            name = f"{prefix}-{number:03}.parquet"
            new.append(write_parts(writer.root / table, name, parts, codec=writer.codec))
    return [file for file in new if file]


def _slices(writer: Writer, table: str, files: Sequence[DataFile]) -> list[tuple[int, int]]:
    """Half-open spans of time, each of about as many rows, that cover the files."""
    groups: list[tuple[int, int]] = []
    for file in files:
        groups += _groups(writer, table, file)
    cuts, rows = [], 0
    for first, count in sorted(groups):
        if rows + count > _SLICE_ROWS and rows:
            cuts.append(first)
            rows = 0
        rows += count
    start, end = min(file.first for file in files), max(file.last for file in files) + 1
    edges = sorted({start, *(cut for cut in cuts if cut > start), end})
    return list(pairwise(edges))


def _groups(writer: Writer, table: str, file: DataFile) -> list[tuple[int, int]]:
    """Earliest time and number of rows of each row group of a file."""
    try:
        footer = pq.read_metadata(writer.root / table / file.path)
        column = footer.schema.names.index("Timestamp")
        groups = [footer.row_group(group) for group in range(footer.num_row_groups)]
        return [(group.column(column).statistics.min_raw, group.num_rows) for group in groups]
    except (OSError, pa.ArrowException) as error:
        raise LakeDamaged(f"cannot read {table}/{file.path}: {error}") from error


def _rows(writer: Writer, table: str, files: Sequence[DataFile], span: tuple[int, int]) -> pa.Table:
    wanted = [file for file in files if file.first < span[1] and file.last >= span[0]]
    if not wanted:
        return stored_schema(table).empty_table()
    start, end = (from_micros(edge).replace(tzinfo=None).isoformat(" ", "microseconds") for edge in span)
    source = scan.parquet(writer.root / table / file.path for file in wanted)
    query = f"""SELECT * FROM {source}
        WHERE "Timestamp" >= TIMESTAMP '{start}' AND "Timestamp" < TIMESTAMP '{end}' ORDER BY "Timestamp"
    """  # noqa: S608  # our own names and times
    return fitted(scan.arrow(writer.database, query), stored_schema(table))
