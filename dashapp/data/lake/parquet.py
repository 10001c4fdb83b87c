"""Writing rows as Parquet files of the lake: sorted by time, one file per UTC month, readable quickly."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.delta import PARTITION, DataFile
from dashapp.data.lake.errors import LakeWriteError
from dashapp.data.lake.layout import sync, time_column

ROW_GROUP = 120_000
THREADS = 2
SAMPLE = 8_192  # rows that tell whether the values of a column repeat
MOST_CODES = 4_096  # each row group carries them all

# A dictionary of values that hardly repeat costs time and space and is thrown away in the end.
_SELDOM_REPEATED = (
    "Timestamp ingested_at hour messages NetworkMessageId InternetMessageId Subject subject_lower ReportId "
    "EmailClusterId EmailSize Url url_lower SHA256 SHA1 UrlChain SubmissionId AlertId AuthenticationDetails "
    "AdditionalFields"
)


def write_months(folder: Path, rows: pa.Table, *, prefix: str, codec: str) -> tuple[DataFile, ...]:
    """Write rows into the month folders of a table; on the disk when this returns.

    Args:
        folder: Of the table; its name is the table's.
        rows: With the stored columns, in any order of time.
        prefix: Of the file names; never used before for this table.
        codec: As Parquet calls it.

    Raises:
        LakeWriteError: A file cannot be written.
    """
    ordered = in_time_order(_coded(rows), time_column(folder.name))
    times = ordered[time_column(folder.name)].to_numpy()
    months = list(enumerate(pairwise(_month_cuts(times))))

    def write(month: tuple[int, tuple[int, int]]) -> DataFile:
        number, (start, stop) = month
        name = f"{PARTITION}={np.datetime_as_string(times[start], unit='M')}/{prefix}-{number:03}.parquet"
        return write_file(folder, name, ordered.slice(start, stop - start), codec=codec)

    with ThreadPoolExecutor(THREADS) as pool:
        return tuple(pool.map(write, months))


def write_file(folder: Path, name: str, rows: pa.Table, *, codec: str) -> DataFile:
    """Write rows of one month, in time order, as one file; on the disk when this returns.

    Raises:
        LakeWriteError: It cannot be written.
    """
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_writer(path, rows.schema, codec=codec) as writer:
            writer.write_table(rows, row_group_size=ROW_GROUP)
        return finished(folder, name)
    except (OSError, pa.ArrowException) as error:
        raise LakeWriteError(f"cannot write {folder.name}/{name}: {error}") from error


def open_writer(path: Path, schema: pa.Schema, *, codec: str) -> pq.ParquetWriter:
    """A writer with the lake's codec and encodings."""
    return pq.ParquetWriter(
        path,
        schema,
        compression=codec,
        use_dictionary=[name for name in schema.names if name not in _SELDOM_REPEATED.split()],
        store_schema=False,  # DuckDB and Delta need Parquet's own types only
    )


def finished(folder: Path, name: str) -> DataFile:
    """Bring a closed file to the disk, read back what it says of itself.

    Raises:
        LakeWriteError: It has no rows, or no times.
    """
    path = folder / name
    sync(path)
    sync(path.parent)
    footer = pq.read_metadata(path)
    column = footer.schema.names.index(time_column(folder.name))
    ranges = [footer.row_group(group).column(column).statistics for group in range(footer.num_row_groups)]
    if not ranges or not all(stats and stats.has_min_max for stats in ranges):
        raise LakeWriteError(f"{name} was written without rows or times")
    reached("file-written")
    first, last = min(stats.min_raw for stats in ranges), max(stats.max_raw for stats in ranges)
    return DataFile(name, footer.num_rows, path.stat().st_size, first, last)


def in_time_order(rows: pa.Table, column: str) -> pa.Table:
    """The rows sorted by time, those of equal time in the order they had."""
    times = rows[column].to_numpy()
    if bool(np.all(times[1:] >= times[:-1])):
        return rows
    start, stop = _unsorted(times)
    order = pa.array(np.argsort(times[start:stop], kind="stable"))
    middle = rows.slice(start, stop - start)
    with ThreadPoolExecutor(THREADS) as pool:  # column by column: half the memory and, on two cores, half the time
        columns = list(pool.map(lambda values: values.combine_chunks().take(order), middle.columns))
    return pa.concat_tables([rows.slice(0, start), pa.table(columns, schema=rows.schema), rows.slice(stop)])


def _coded(rows: pa.Table) -> pa.Table:
    """The rows with text that repeats as numbers of a dictionary: sorted and written in a fraction of the time."""
    with ThreadPoolExecutor(THREADS) as pool:
        columns = list(pool.map(_code, rows.column_names, rows.columns))
    return pa.table(columns, names=rows.column_names)


def _code(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in numbers if it has few different values, judged by its beginning and then by all of it."""
    if values.type != pa.string() or name in _SELDOM_REPEATED.split():
        return values
    if pc.count_distinct(values.slice(0, SAMPLE)).as_py() > SAMPLE // 8:
        return values
    coded = values.dictionary_encode()
    return coded if coded.num_chunks and len(coded.chunk(0).dictionary) <= MOST_CODES else values


def _unsorted(times: npt.NDArray[np.datetime64]) -> tuple[int, int]:
    """The smallest stretch to sort so that everything is sorted: exports are nearly in order."""
    micros = times.astype(np.int64)
    latest_before, earliest_after = np.maximum.accumulate(micros), np.minimum.accumulate(micros[::-1])[::-1]
    misplaced = np.flatnonzero((micros > earliest_after) | (micros < latest_before))
    return int(misplaced[0]), int(misplaced[-1]) + 1


def _month_cuts(times: npt.NDArray[np.datetime64]) -> list[int]:
    months = times.astype("datetime64[M]").astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(months)) + 1).tolist(), len(times)] if len(times) else [0]
