"""How a lake is doing: what is in it, and what is wrong with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dashapp.data.lake import published
from dashapp.data.lake.batch import BatchInfo, batches_of
from dashapp.data.lake.compact import SMALL_ROWS
from dashapp.data.lake.layout import ROLLUP
from dashapp.data.lake.lost import fault
from dashapp.data.lake.published import Published
from dashapp.data.lake.snapshot import Snapshot
from dashapp.data.schema import TABLES


@dataclass(frozen=True)
class TableStatus:
    """One table.

    Attributes:
        name: Of the table.
        rows: By its log.
        files: How many.
        size: Bytes, by its log.
        time_range: Of the earliest and the latest row, aware UTC; None if there is none.
        small_files: How many have less than a million rows and are not alone in their month.
        damaged: Paths of files that are missing, or are not what the log says, each with the reason.
        schema: Version of its columns; None before its first row.
    """

    name: str
    rows: int
    files: int
    size: int
    time_range: tuple[datetime, datetime] | None
    small_files: int
    damaged: tuple[str, ...]
    schema: int | None


@dataclass(frozen=True)
class LakeStatus:
    """A whole lake.

    Attributes:
        tables: Every table of the schema, then the rollup.
        batches: How many there are, undone ones too.
        last_batch: The latest; None before the first.
        quarantined: Entries waiting beside the lake.
        stale_days: UTC days whose hourly counts are not in use.
        waiting_files: Replaced files that are kept for readers of older snapshots.
    """

    tables: tuple[TableStatus, ...]
    batches: int
    last_batch: BatchInfo | None
    quarantined: int
    stale_days: tuple[date, ...]
    waiting_files: int


def lake_status(root: Path, snapshot: Snapshot, state: Published) -> LakeStatus:
    """Look at every file's footer and compare it with the log.

    Raises:
        LakeDamaged: A log or the journal cannot be read.
    """
    batches = batches_of(published.read_journal(root, state.journal))
    return LakeStatus(
        tables=tuple(_table(root, snapshot, state, name) for name in (*TABLES, ROLLUP)),
        batches=len(batches),
        last_batch=batches[0] if batches else None,
        quarantined=_lines(root.parent / "quarantine"),
        stale_days=snapshot.rollup().stale,
        waiting_files=len(state.removed),
    )


def _table(root: Path, snapshot: Snapshot, state: Published, name: str) -> TableStatus:
    files = snapshot.data_files(name)
    months = Counter(file.month for file in files)
    faults = ((file, fault(root / name / file.path, file)) for file in files)
    return TableStatus(
        name,
        rows=sum(file.rows for file in files),
        files=len(files),
        size=sum(file.size for file in files),
        time_range=snapshot.time_range(name),
        small_files=sum(file.rows < SMALL_ROWS and months[file.month] > 1 for file in files),
        damaged=tuple(f"{file.path}: {found}" for file, found in faults if found),
        schema=state.tables[name].schema if name in state.tables else None,
    )


def _lines(folder: Path) -> int:
    count = 0
    for path in folder.glob("*.jsonl"):
        with path.open("rb") as file:
            count += sum(1 for _ in file)
    return count
