"""The one writer of a lake: its lock, showing a change at once, clearing up after a killed writer."""

import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from dashapp.data import schema
from dashapp.data.lake import delta, published, scan
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.delta import DataFile, FileLists
from dashapp.data.lake.errors import LakeBusy, LakeError, LakeTooOld, LakeWriteError
from dashapp.data.lake.layout import LOCK, MARKER, PUBLISHED, ROLLUP, sync
from dashapp.data.lake.published import Published, Removed, TableState
from dashapp.data.schema import TABLES

_LOG = logging.getLogger(__name__)

WAIT_SECONDS = 3600.0
GRACE_SECONDS = 3600.0
CHECKPOINT_EVERY = 100  # versions of a table

# Children first, EmailEvents last, then what is derived from it.
COMMIT_ORDER = (*TABLES, ROLLUP)

_LOG_FILE = re.compile(r"\d{20}\.(json|checkpoint(\.\d+\.\d+)?\.parquet|crc)|_last_checkpoint")


@dataclass(frozen=True)
class Change:
    """What happens to one table in one publication."""

    add: Sequence[DataFile] = ()
    remove: Sequence[DataFile] = ()


@dataclass(frozen=True)
class RollupState:
    """The fingerprints of the rollup's days and what was folded in them; see ``Published``."""

    days: Mapping[str, str]
    folded: Mapping[str, list[str]]


@contextmanager
def locked(root: Path, *, wait_seconds: float, on_wait: Callable[[str], None] | None) -> Iterator[None]:
    """Be the only writer. The system gives the lock back when its holder is killed.

    Raises:
        LakeBusy: Another writer did not finish within ``wait_seconds``.
        LakeWriteError: The lock file cannot be written.
    """
    lock = FileLock(root / LOCK, thread_local=False)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if on_wait:
                on_wait("another ingest is writing to this lake; waiting for it to finish")
            lock.acquire(timeout=wait_seconds, poll_interval=0.05)
    except Timeout as error:
        raise LakeBusy(f"another writer has held the lake for {wait_seconds:g} seconds; try again later") from error
    except OSError as error:
        raise LakeWriteError(f"cannot lock the lake: {error}") from error
    try:
        yield
    finally:
        lock.release()


class Writer:
    """What the holder of the lock may do. Use ``open_writer``.

    Attributes:
        root: Folder of the lake.
        codec: Of new Parquet files.
        state: What readers see.
        settled: All that was written has become visible.
    """

    def __init__(self, root: Path, *, codec: str, grace_seconds: float) -> None:
        self.root = root
        self.codec = codec
        self.state = published.load(root)
        self.settled = False
        self._grace_seconds = grace_seconds
        self._lists = FileLists(root)

    def files(self, table: str) -> tuple[DataFile, ...]:
        """The visible files of a table, earliest first."""
        state = self.state.tables.get(table)
        return self._lists.at(table, state.version) if state else ()

    @cached_property
    def database(self) -> duckdb.DuckDBPyConnection:
        """The writer's own DuckDB, opened when first used."""
        return scan.open_database(self.root)

    def close(self) -> None:
        """Free what the writer holds."""
        if "database" in self.__dict__:
            self.database.close()

    def mark(self) -> None:
        """Leave a note that files are being written, so that the next writer looks for what a kill left behind."""
        try:
            (self.root / MARKER).touch()
            sync(self.root)
        except OSError as error:
            raise LakeWriteError(f"cannot write to the lake: {error}") from error
        reached("marked")

    def unmark(self) -> None:
        """Everything written is either visible or gone."""
        (self.root / MARKER).unlink(missing_ok=True)
        reached("unmarked")

    def publish(
        self,
        changes: Mapping[str, Change],
        entry: dict[str, Any],
        *,
        rollup: RollupState,
        moved: bool = False,
        ingested_at: float | None = None,
    ) -> None:
        """Commit the changes to each table, then show them all at once.

        Args:
            changes: By table; the added files are on the disk.
            entry: For the journal.
            rollup: Of the lake after the changes.
            moved: Rows were only arranged anew.
            ingested_at: When rows came in, seconds since 1970; None: none did.

        Raises:
            LakeWriteError: Something cannot be written; nothing has become visible.
        """
        now = time.time()
        tables = dict(self.state.tables)
        removed = list(self.state.removed)
        for table in COMMIT_ORDER:
            if (change := changes.get(table)) and (change.add or change.remove):
                tables[table] = self._commit(table, change, {"threatboard.batch": str(entry["id"])}, moved=moved)
                removed += [Removed(table, file.path, now) for file in change.remove]
        reached("tables-committed")
        self._show(entry, tables=tables, removed=removed, rollup=rollup, ingested_at=ingested_at, now=now)

    def _show(
        self,
        entry: dict[str, Any],
        *,
        tables: dict[str, TableState],
        removed: list[Removed],
        rollup: RollupState,
        ingested_at: float | None,
        now: float,
    ) -> None:
        expired = {file for file in removed if file.at <= now - self._grace_seconds}
        try:
            state = Published(
                id=str(entry["id"]),
                sequence=self.state.sequence + 1,
                journal=published.append_journal(self.root, self.state.journal, entry),
                ingested_at=ingested_at or self.state.ingested_at,
                tables=tables,
                days=dict(rollup.days),
                folded=dict(rollup.folded),
                removed=tuple(file for file in removed if file not in expired),
            )
            published.save(self.root, state)
        except OSError as error:
            raise LakeWriteError(f"cannot publish: {error}") from error
        long = [name for name, table in tables.items() if self._passed_checkpoint(name, table.version)]
        self.state = state
        self.settled = True
        self._clean_up(expired, long)
        reached("expired-removed")

    def _clean_up(self, expired: set[Removed], long: Sequence[str]) -> None:
        """What is due after publishing. The change is visible, so no failure here may make it look failed."""
        try:
            for file in expired:
                (self.root / file.table / file.path).unlink(missing_ok=True)
            for table in long:
                delta.shorten(self.root / table, self.state.tables[table].version)
        except (OSError, LakeWriteError) as error:
            self.settled = False  # what is left over is removed by the sweep
            _LOG.warning("the lake could not be cleaned up: %s", error)

    def _commit(self, table: str, change: Change, metadata: Mapping[str, str], *, moved: bool) -> TableState:
        folder = self.root / table
        if table not in self.state.tables:
            delta.create(folder, table)
            reached("table-created")
        version = delta.commit(folder, add=change.add, remove=change.remove, metadata=metadata, moved=moved)
        reached("table-committed")
        return TableState(version, schema.SCHEMA_VERSION)

    def _passed_checkpoint(self, table: str, version: int) -> bool:
        before = self.state.tables.get(table)
        return before is not None and version // CHECKPOINT_EVERY > before.version // CHECKPOINT_EVERY

    def sweep(self) -> None:
        """Take back whatever was begun and never became visible. Nothing visible is touched."""
        self.state = published.load(self.root)  # a rename may have worked although what followed failed
        tables = dict(self.state.tables)
        for name in COMMIT_ORDER:
            folder = self.root / name
            if name in tables:
                tables[name] = replace(tables[name], version=self._restore(folder, tables[name].version))
            elif folder.exists():
                shutil.rmtree(folder)
        reached("sweep-restored")
        if tables != self.state.tables:
            self.state = replace(self.state, tables=tables)
            published.save(self.root, self.state)
        self._delete_strays()
        reached("sweep-deleted")
        self.unmark()

    def _restore(self, folder: Path, version: int) -> int:
        """Bring the head of a log back to the files of a visible version, by one more version."""
        for file in (folder / "_delta_log").iterdir():
            if not _LOG_FILE.fullmatch(file.name):
                file.unlink(missing_ok=True)  # the log's own unfinished temporary file
        there, wanted = set(delta.files_at(folder, delta.head(folder))), set(delta.files_at(folder, version))
        if there == wanted:
            return version
        return delta.commit(
            folder, add=wanted - there, remove=there - wanted, metadata={"threatboard.swept": "yes"}, moved=False
        )

    def _delete_strays(self) -> None:
        kept = {self.root / file.table / file.path for file in self.state.removed}
        for table in self.state.tables:
            visible = {self.root / table / file.path for file in self.files(table)}
            for path in (self.root / table).glob(f"{delta.PARTITION}=*/*"):
                if path not in visible and path not in kept:
                    path.unlink(missing_ok=True)
        (self.root / f"{PUBLISHED}.new").unlink(missing_ok=True)


@contextmanager
def open_writer(
    root: Path,
    *,
    codec: str,
    grace_seconds: float = GRACE_SECONDS,
    wait_seconds: float = WAIT_SECONDS,
    on_wait: Callable[[str], None] | None = None,
    any_schema: bool = False,
) -> Iterator[Writer]:
    """Hold the lock and a swept lake; what the block wrote and did not publish is taken back.

    Raises:
        LakeBusy: Another writer did not finish in time.
        LakeTooOld: The lake needs ``lake migrate`` first (unless ``any_schema``).
        LakeWriteError: Something cannot be written.
    """
    with locked(root, wait_seconds=wait_seconds, on_wait=on_wait):
        writer = Writer(root, codec=codec, grace_seconds=grace_seconds)
        oldest = min((state.schema for state in writer.state.tables.values()), default=schema.SCHEMA_VERSION)
        if oldest < schema.SCHEMA_VERSION and not any_schema:
            raise LakeTooOld(
                f"this lake has schema {oldest}, the program {schema.SCHEMA_VERSION}: run `lake migrate` first"
            )
        if (root / MARKER).exists():
            writer.sweep()
        writer.mark()
        try:
            yield writer
        finally:
            writer.close()
            if writer.settled:
                writer.unmark()
            else:
                _take_back(writer)


def _take_back(writer: Writer) -> None:
    """Sweep now if the disk allows it; else the marker stays and the next writer does."""
    try:
        writer.sweep()
    except (OSError, LakeError) as error:
        _LOG.warning("what an abandoned batch wrote is left for the next writer to remove: %s", error)
