"""One ingest into the lake: rows of any tables, in units, visible all at once when it is committed."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dashapp.data.coded import CODED, all_text, constant
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.dedupe import Searched, new_rows
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged, LakeError, LakeWriteError
from dashapp.data.lake.layout import ROLLUP, new_id, stored_schema
from dashapp.data.lake.parquet import write_months
from dashapp.data.lake.rollup import SOURCE, day_name, renew
from dashapp.data.lake.writer import Change, Writer
from dashapp.data.schema import TABLES, TEXT

UNIT_ROWS = 500_000
UNIT_BYTES = 500_000_000  # whichever comes first: memory holds two units, the one being written and the next

_EARLIEST = np.datetime64("1900-01-01", "us")
_LATEST = np.datetime64("9999-01-01", "us")


@dataclass(frozen=True)
class WriteResult:
    """How many of the rows given were new, and how many were there already."""

    new: int
    duplicate: int


@dataclass(frozen=True)
class BatchInfo:
    """One batch as the journal tells it.

    Attributes:
        id: Also in the ``batch_id`` column of its rows.
        source: As given to ``begin``, such as the path that was read.
        started: When it began.
        finished: When it became visible.
        new: Table to rows added.
        duplicate: Table to rows that were there already.
        state: ``complete`` or ``undone``.
    """

    id: str
    source: str
    started: datetime
    finished: datetime
    new: dict[str, int]
    duplicate: dict[str, int]
    state: str = "complete"


@dataclass
class _Unit:
    """What a batch has of one table: rows not yet written, rows being written, files written."""

    held: list[pa.Table] = field(default_factory=list)
    kept: list[npt.NDArray[np.bool_]] = field(default_factory=list)  # which rows of ``held`` are new
    rows: int = 0
    held_keys: list[pa.Table] = field(default_factory=list)
    keys: list[pa.Table] = field(default_factory=list)  # of the rows being written
    writing: Future[tuple[DataFile, ...]] | None = None
    files: list[DataFile] = field(default_factory=list)
    new: int = 0
    duplicate: int = 0
    days: set[int] = field(default_factory=set)


class Batch:
    """Rows on their way into the lake. A context manager: leaving it without ``commit`` takes everything back."""

    def __init__(
        self, writer: Writer, source: str, resources: ExitStack, tidy: Callable[[Sequence[str]], None]
    ) -> None:
        """Use ``Lake.begin``.

        Args:
            writer: Holds the lake.
            source: What is being read.
            resources: Gives back the lock when it is closed, and becomes the batch's own.
            tidy: Called with the tables that got rows when they are visible and the lock is free again.
        """
        self.started = datetime.now(UTC)
        self.id = new_id(self.started)
        self.source = source
        self._writer = writer
        self._pool = resources.enter_context(ThreadPoolExecutor(1))
        self._resources = resources.pop_all()
        self._units: dict[str, _Unit] = defaultdict(_Unit)
        self._tidy = tidy
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.abandon()

    def write(self, table: str, rows: pa.Table) -> WriteResult:
        """Add rows of one table, leaving out those whose key is there already.

        Args:
            table: Name of a table of the schema.
            rows: Columns and types of ``TABLES[table].schema``, text coded or not, ``batch_id`` and ``ingested_at``
                optional: they are filled here. Every row needs a ``Timestamp``.

        Raises:
            ValueError: The table is unknown, a column is missing or of another type, a time is missing or absurd.
            LakeWriteError: The disk is full or the like; leave the batch, nothing has been lost.
            LakeDamaged: A file that may hold duplicates cannot be read.
        """
        self._ensure_open()
        given = _given(table, rows)
        if given.num_rows == 0:
            return WriteResult(0, 0)
        with _as_lake_error(f"cannot add to {table}"):
            positions = self._new(table, given)
        result = WriteResult(len(positions), given.num_rows - len(positions))
        unit = self._units[table]
        unit.duplicate += result.duplicate
        if result.new:
            unit.new += result.new
            unit.rows += result.new
            self._hold(table, given, positions)
        if unit.rows >= UNIT_ROWS or sum(part.nbytes for part in unit.held) >= UNIT_BYTES:
            self._flush(table)
        return result

    def commit(self) -> BatchInfo:
        """Make the batch visible in all its tables at once.

        Raises:
            LakeWriteError: It could not be written; it has been taken back.
        """
        self._ensure_open()
        for table in list(self._units):
            self._flush(table)
        for unit in self._units.values():
            _finish(unit)
        reached("files-written")
        changes = {table: Change(add=unit.files) for table, unit in self._units.items() if unit.files}
        info = self._info()
        changes[ROLLUP], rollup = renew(
            self._writer,
            changes.get(SOURCE, Change()),
            name=self.id,
            touched=frozenset(day_name(day) for day in self._units[SOURCE].days),
        )
        self._writer.publish(
            changes,
            entry_of(info, {table: unit.files for table, unit in self._units.items()}),
            rollup=rollup,
            ingested_at=time.time(),
        )
        self.abandon()
        self._tidy([table for table, unit in self._units.items() if unit.files])
        return info

    def abandon(self) -> None:
        """Give the lake back; what is not committed is taken back."""
        self._open = False
        self._resources.close()

    def _ensure_open(self) -> None:
        if not self._open:
            raise LakeError(f"batch {self.id} is over")

    def _new(self, table: str, given: pa.Table) -> npt.NDArray[np.int64]:
        """Positions of the rows of ``given`` that are not there yet."""
        unit, times = self._units[table], given["Timestamp"].to_numpy()
        span = int(times.min().astype(np.int64)), int(times.max().astype(np.int64))
        searched = Searched(
            self._writer.root / table, [*self._writer.files(table), *unit.files], [*unit.keys, *unit.held_keys]
        )
        return new_rows(self._writer.database, given, searched, span)

    def _hold(self, table: str, given: pa.Table, positions: npt.NDArray[np.int64]) -> None:
        """Keep the new rows, with ``batch_id`` and ``ingested_at``, until there are enough to write."""
        unit, keep = self._units[table], np.zeros(given.num_rows, dtype=bool)
        keep[positions] = True
        keys = all_text(given.select(list(TABLES[table].key)))
        unit.held_keys.append(keys.filter(pa.array(keep)))
        if len(positions) < given.num_rows / 2:  # else the others are left out when the rows are sorted: one copy less
            given, keep = given.filter(pa.array(keep)), np.ones(len(positions), dtype=bool)
        now = pa.scalar(self.started.replace(tzinfo=None), pa.timestamp("us"))
        given = given.append_column("batch_id", constant(self.id, given.num_rows))
        given = given.append_column("ingested_at", pa.repeat(now, given.num_rows))
        unit.held.append(given)
        unit.kept.append(keep)
        days = given["Timestamp"].to_numpy()[keep].astype("datetime64[D]")
        unit.days.update(np.unique(days).astype(int).tolist())

    def _flush(self, table: str) -> None:
        """Start writing the held rows, after those being written before."""
        unit = self._units[table]
        _finish(unit)
        if unit.held:
            rows, keep, folder = unit.held, np.concatenate(unit.kept), self._writer.root / table
            prefix, codec = f"{self.id}-{len(unit.files):04}", self._writer.codec
            unit.writing = self._pool.submit(write_months, folder, rows, prefix=prefix, codec=codec, keep=keep)
            unit.keys, unit.held_keys = unit.held_keys, []
            unit.held, unit.kept, unit.rows = [], [], 0

    def _info(self) -> BatchInfo:
        return BatchInfo(
            self.id,
            self.source,
            self.started,
            datetime.now(UTC),
            new={table: unit.new for table, unit in self._units.items() if unit.new + unit.duplicate},
            duplicate={table: unit.duplicate for table, unit in self._units.items() if unit.new + unit.duplicate},
        )


def _finish(unit: _Unit) -> None:
    """Wait for the rows being written."""
    if unit.writing:
        unit.files += unit.writing.result()
        unit.writing, unit.keys = None, []


def entry_of(info: BatchInfo, files: dict[str, list[DataFile]]) -> dict[str, Any]:
    """What the journal keeps of a batch: with the time range of its rows per table, to find them again."""
    ranges = {table: [min(f.first for f in own), max(f.last for f in own)] for table, own in files.items() if own}
    times = {"started": info.started.timestamp(), "finished": info.finished.timestamp()}
    kept = {"id": info.id, "source": info.source, "new": info.new, "duplicate": info.duplicate}
    return {"kind": "batch"} | kept | times | {"ranges": ranges}


def batches_of(journal: list[dict[str, Any]]) -> list[BatchInfo]:
    """The batches a journal tells of, latest first."""
    undone = {entry["batch"] for entry in journal if entry["kind"] == "undo"}
    return [
        BatchInfo(
            entry["id"],
            entry["source"],
            datetime.fromtimestamp(entry["started"], UTC),
            datetime.fromtimestamp(entry["finished"], UTC),
            entry["new"],
            entry["duplicate"],
            state="undone" if entry["id"] in undone else "complete",
        )
        for entry in reversed(journal)
        if entry["kind"] == "batch"
    ]


def _given(table: str, rows: pa.Table) -> pa.Table:
    """The given rows without the columns we fill, checked against the schema."""
    wanted = TABLES[table].schema if table in TABLES else stored_schema(table)
    wanted = pa.schema([field for field in wanted if field.name not in {"batch_id", "ingested_at"}])
    missing = [name for name in wanted.names if name not in rows.column_names]
    unknown = [name for name in rows.column_names if name not in stored_schema(table).names]
    if missing or unknown:
        raise ValueError(f"{table}: missing columns {missing}, unknown columns {unknown}")
    chosen = rows.select(wanted.names)
    wrong = [
        f"{a.name} is {a.type}, not {b.type}"
        for a, b in zip(chosen.schema, wanted, strict=True)
        if a.type != b.type and (a.type, b.type) != (CODED, TEXT)
    ]
    if wrong:
        raise ValueError(f"{table}: {'; '.join(wrong)}")
    _ensure_times(table, chosen["Timestamp"])
    return chosen


def _ensure_times(table: str, times: pa.ChunkedArray) -> None:
    if times.null_count:
        raise ValueError(f"{table}: {times.null_count} rows have no Timestamp")
    values = times.to_numpy()
    if len(values) and not (values.min() >= _EARLIEST and values.max() < _LATEST):
        raise ValueError(f"{table}: times from {values.min()} to {values.max()} are absurd")


@contextmanager
def _as_lake_error(what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.IOException as error:
        raise LakeDamaged(f"{what}: {error}") from error
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise LakeWriteError(f"{what}: {error}") from error
