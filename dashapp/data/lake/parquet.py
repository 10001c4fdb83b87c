"""Writing rows as Parquet files of the lake: sorted by time, one file per UTC month, readable quickly."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.coded import CODED, coded, compacted, repeats, stacked
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.delta import PARTITION, DataFile
from dashapp.data.lake.errors import LakeWriteError
from dashapp.data.lake.layout import sync, time_column

ROW_GROUP = 120_000
THREADS = 2
SPLIT_SHARE = 0.6  # of the rows: a month with more is written by two threads, as two files one after the other
SPLIT_ROWS = ROW_GROUP

# A dictionary of values that hardly repeat costs time and space and is thrown away in the end.
_SELDOM_REPEATED = (
    "Timestamp ingested_at hour messages NetworkMessageId InternetMessageId Subject subject_lower ReportId "
    "EmailClusterId EmailSize Url url_lower SHA256 SHA1 UrlChain SubmissionId AlertId AuthenticationDetails "
    "AdditionalFields"
)

# Their values are all over the alphabet in any row group, so least and greatest rule out nothing, and cost a fifth of
# the time to write.
_ALL_OVER = (
    "NetworkMessageId InternetMessageId Subject subject_lower ReportId Url url_lower UrlDomain url_domain "
    "url_registered_domain SHA256 SHA1 UrlChain SubmissionId AlertId AdditionalFields FileName file_name "
    "SenderMailFromAddress SenderFromAddress SenderDisplayName SenderObjectId SenderMailFromDomain SenderFromDomain "
    "SenderIPv4 SenderIPv6 sender_ip sender_ip_key RecipientEmailAddress RecipientObjectId RecipientDomain "
    "AuthenticationDetails sender_address sender_domain sender_name mail_from_address mail_from_domain "
    "sender_registered_domain sender_as_org recipient recipient_domain To Cc AccountUpn account IPAddress "
    "client_ip_key entity DetectionMethods threat_types det_techs"
)


def write_months(
    folder: Path, rows: list[pa.Table], *, prefix: str, codec: str, keep: npt.NDArray[np.bool_] | None = None
) -> tuple[DataFile, ...]:
    """Write rows into the month folders of a table; on the disk when this returns.

    Args:
        folder: Of the table; its name is the table's.
        rows: With the stored columns, text coded or not, in any order of time. The list is emptied, and the memory of
            the rows given back as they are sorted.
        prefix: Of the file names; never used before for this table.
        codec: As Parquet calls it.
        keep: Which rows to write; None: all.

    Raises:
        LakeWriteError: A file cannot be written.
    """
    ordered = in_time_order(rows, time_column(folder.name), keep=keep)
    spans = list(enumerate(_spans(ordered[time_column(folder.name)].to_numpy())))

    def write(span: tuple[int, tuple[str, int, int]]) -> DataFile:
        number, (month, start, stop) = span
        name = f"{PARTITION}={month}/{prefix}-{number:03}.parquet"
        return write_file(folder, name, ordered.slice(start, stop - start), codec=codec)

    with ThreadPoolExecutor(THREADS) as pool:
        return tuple(pool.map(write, spans))


def _spans(times: npt.NDArray[np.datetime64]) -> list[tuple[str, int, int]]:
    """Month, start and stop of each file: one to a month, but one to a processor of the month with most of the rows."""
    spans = []
    for start, stop in pairwise(_month_cuts(times)):
        count = THREADS if stop - start >= max(SPLIT_SHARE * len(times), SPLIT_ROWS) else 1
        wanted = times[[start + (stop - start) * part // count for part in range(1, count)]]
        cuts = np.unique([start, *np.searchsorted(times, wanted), stop])  # rows of one time stay together
        month = str(np.datetime_as_string(times[start], unit="M"))
        spans += [(month, int(first), int(end)) for first, end in pairwise(cuts)]
    return spans


def write_file(folder: Path, name: str, rows: pa.Table, *, codec: str, apart: int = 0) -> DataFile:
    """Write rows of one month as one file, in their order; on the disk when this returns.

    Args:
        folder: Of the table.
        name: Of the file, in the folder.
        rows: With the stored columns.
        codec: As Parquet calls it.
        apart: So many of the first rows get row groups of their own.

    Raises:
        LakeWriteError: It cannot be written.
    """
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_writer(path, rows.schema, codec=codec) as writer:
            for part in (rows.slice(0, apart), rows.slice(apart)):
                for group in _row_groups(part):
                    writer.write_table(group)
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
        write_statistics=[name for name in schema.names if name not in _ALL_OVER.split()],
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


def in_time_order(rows: list[pa.Table], column: str, *, keep: npt.NDArray[np.bool_] | None = None) -> pa.Table:
    """The rows to keep sorted by time, those of equal time in the order they had; text that repeats is coded.

    The list is emptied, and each column's memory given back when it is sorted.
    """
    whole = stacked(rows)
    rows.clear()
    columns = dict(zip(whole.column_names, whole.columns, strict=True))
    names, order = list(columns), _order(whole[column].to_numpy(), keep)
    del whole

    def ordered(name: str) -> pa.Array | pa.ChunkedArray:
        values = _code(name, columns.pop(name))
        return values if order is None else values.take(order)

    with ThreadPoolExecutor(THREADS) as pool:
        return pa.table(list(pool.map(ordered, names)), names=names)


def _order(times: npt.NDArray[np.datetime64], keep: npt.NDArray[np.bool_] | None) -> pa.Array | None:
    """Positions of the rows to keep, by time; None: all, as they are."""
    positions = np.arange(len(times)) if keep is None else np.flatnonzero(keep)
    times = times[positions]
    if not bool(np.all(times[1:] >= times[:-1])):
        return pa.array(positions[np.argsort(times, kind="stable")])
    return None if len(positions) == len(keep if keep is not None else positions) else pa.array(positions)


def _code(name: str, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """A column coded, with one dictionary, if it is text that repeats."""
    if values.type == CODED:
        return _whole(values)
    if values.type != pa.string() or name in _SELDOM_REPEATED.split() or not repeats(values):
        return values
    return coded(_whole(values))


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def _row_groups(rows: pa.Table) -> Iterator[pa.Table]:
    """The rows of each row group, about ``ROW_GROUP``, with dictionaries of their own."""
    if not rows.num_rows:
        return
    count = max(1, round(rows.num_rows / ROW_GROUP))
    for start, stop in pairwise(rows.num_rows * part // count for part in range(count + 1)):
        group = rows.slice(start, stop - start)
        columns = [
            compacted(_whole(column)) if column.type == CODED and column.num_chunks else column
            for column in group.columns
        ]
        yield pa.table(columns, names=group.column_names)


def _month_cuts(times: npt.NDArray[np.datetime64]) -> list[int]:
    months = times.astype("datetime64[M]").astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(months)) + 1).tolist(), len(times)] if len(times) else [0]
