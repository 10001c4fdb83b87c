"""The lake on disk: what a reader opens and what a writer may do to it."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

from dashapp.data.lake import published
from dashapp.data.lake.batch import Batch, BatchInfo, batches_of
from dashapp.data.lake.compact import Compacted, compact_all, compact_small, is_crowded
from dashapp.data.lake.delta import FileLists
from dashapp.data.lake.errors import LakeError, LakeWriteError
from dashapp.data.lake.layout import PUBLISHED, ROLLUP
from dashapp.data.lake.lost import LostFile, lost_files
from dashapp.data.lake.migrate import migrate_tables
from dashapp.data.lake.repair import repair_tables
from dashapp.data.lake.retain import retain_days
from dashapp.data.lake.snapshot import Snapshot
from dashapp.data.lake.status import LakeStatus, lake_status
from dashapp.data.lake.undo import undo_batch
from dashapp.data.lake.writer import GRACE_SECONDS, WAIT_SECONDS, Writer, open_writer
from dashapp.data.schema import TABLES

_LOG = logging.getLogger(__name__)


class Lake:
    """One lake. Safe for many reading threads; writers, in whatever process, take turns. Use ``open``."""

    def __init__(self, path: Path, *, codec: str, grace_seconds: float) -> None:
        self.path = path
        self._codec = codec
        self._grace_seconds = grace_seconds
        self._lists = FileLists(path)
        self._lock = threading.Lock()
        self._current: tuple[tuple[int, int, int], Snapshot] | None = None

    @classmethod
    def open(cls, path: Path, *, codec: str = "LZ4_RAW", grace_seconds: float = GRACE_SECONDS) -> Self:
        """Open a lake, an empty one if nothing is there. A writer that was killed is no hindrance.

        Args:
            path: Folder of the lake.
            codec: Of files written from now on.
            grace_seconds: How long replaced files stay for readers of an older snapshot.

        Raises:
            LakeTooNew: A newer program wrote it.
            LakeDamaged: Its state cannot be read.
            LakeWriteError: The folder cannot be made.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LakeWriteError(f"cannot make the folder of the lake: {error}") from error
        lake = cls(path.absolute(), codec=codec, grace_seconds=grace_seconds)
        lake.snapshot()
        return lake

    def snapshot(self) -> Snapshot:
        """What is visible now; the same object while nothing changes (one ``stat`` then, 0.01 ms).

        Raises:
            LakeTooNew: A newer program wrote it meanwhile.
            LakeDamaged: Its state cannot be read.
        """
        mark = self._mark()
        with self._lock:
            if self._current is None or self._current[0] != mark:
                self._current = (mark, Snapshot(self.path, published.load(self.path), self._lists))
            return self._current[1]

    def _mark(self) -> tuple[int, int, int]:
        try:
            stat = (self.path / PUBLISHED).stat()
        except FileNotFoundError:
            return (0, 0, 0)
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def begin(
        self, source: str, *, wait_seconds: float = WAIT_SECONDS, on_wait: Callable[[str], None] | None = None
    ) -> Batch:
        """Start a batch: a context manager that holds the lake's only write lock until it is committed or left.

        Args:
            source: What is being read, for the list of batches.
            wait_seconds: How long to wait for another writer.
            on_wait: Told, in words for people, that waiting has begun.

        Raises:
            LakeBusy: Another writer did not finish in time.
            LakeTooOld: The lake needs ``migrate`` first.
            LakeWriteError: Nothing can be written here.
        """
        with ExitStack() as stack:
            writer = stack.enter_context(self._writer(wait_seconds=wait_seconds, on_wait=on_wait))
            return Batch(writer, source, stack, self._tidy)

    def undo(self, batch_id: str) -> dict[str, int]:
        """Take a batch out again; table to rows removed. Rows it kept out as duplicates come back by ingest only.

        Raises:
            UnknownBatch: There is no such batch, or it is undone already.
            LakeError: As ``begin``; or a file cannot be read or written. Nothing has changed then.
        """
        with self._writer() as writer:
            return undo_batch(writer, batch_id)

    def compact(self, progress: Callable[[Compacted], None] | None = None) -> list[Compacted]:
        """Put months with many or overlapping files into few sorted ones. Each month is published by itself.

        Raises:
            LakeError: As ``begin``; or a file cannot be read or written. Months done before stay done.
        """
        return compact_all(self._writer, progress)

    def retain(self, days: int, now: datetime) -> dict[str, int]:
        """Remove what is older than ``days`` before ``now``, but each account's latest row; table to rows removed.

        Raises:
            ValueError: ``days`` is not positive, or ``now`` has no zone.
            LakeError: As ``begin``; or a file cannot be read or written. Nothing has changed then.
        """
        with self._writer() as writer:
            return retain_days(writer, days, now)

    def migrate(self) -> dict[str, int]:
        """Bring tables of an older schema to the present one; table to files rewritten.

        Raises:
            LakeError: As ``begin``; or a file cannot be read or written. Nothing has changed then.
        """
        with self._writer(any_schema=True) as writer:
            return migrate_tables(writer)

    def lost(self) -> list[LostFile]:
        """The files that are missing or broken, by table and time; reads every footer.

        Raises:
            LakeDamaged: A log or the journal cannot be read.
        """
        state = published.load(self.path)
        snapshot, journal = Snapshot(self.path, state, self._lists), published.read_journal(self.path, state.journal)
        tables = (*TABLES, ROLLUP)
        return [file for table in tables for file in lost_files(self.path, table, snapshot.data_files(table), journal)]

    def repair(self, agreed: Collection[LostFile]) -> dict[str, int]:
        """Go on without lost files: those that are still lost leave their tables, all at once; table to rows lost.

        Reading their sources again brings the rows back.

        Args:
            agreed: From ``lost``; no others are removed.

        Raises:
            LakeError: As ``begin``; or a file is there and may only not be read. Nothing has changed then.
        """
        with self._writer() as writer:
            return repair_tables(writer, agreed)

    def status(self) -> LakeStatus:
        """What is in the lake and which of its files are damaged; reads every footer.

        Raises:
            LakeDamaged: A log or the journal cannot be read.
        """
        state = published.load(self.path)
        return lake_status(self.path, Snapshot(self.path, state, self._lists), state)

    def _writer(
        self,
        *,
        wait_seconds: float = WAIT_SECONDS,
        on_wait: Callable[[str], None] | None = None,
        any_schema: bool = False,
    ) -> AbstractContextManager[Writer]:
        return open_writer(
            self.path,
            codec=self._codec,
            grace_seconds=self._grace_seconds,
            wait_seconds=wait_seconds,
            on_wait=on_wait,
            any_schema=any_schema,
        )

    def _tidy(self, tables: Sequence[str]) -> None:
        """Merge small files after a batch; the batch is in the lake already, so nothing here may fail it."""
        try:
            snapshot = self.snapshot()
            crowded = [table for table in tables if is_crowded(snapshot.data_files(table))]
            compact_small(lambda: self._writer(wait_seconds=0), crowded)
        except LakeError as error:
            _LOG.info("small files were not merged: %s", error)

    def batches(self) -> list[BatchInfo]:
        """Every batch that became visible, latest first."""
        state = published.load(self.path)
        return batches_of(published.read_journal(self.path, state.journal))
