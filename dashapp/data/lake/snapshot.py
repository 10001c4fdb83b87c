"""What one reader sees: the files of every table at one published state, however long it takes."""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from dashapp.data import schema
from dashapp.data.lake import delta
from dashapp.data.lake.delta import DataFile, FileLists
from dashapp.data.lake.layout import ROLLUP, from_micros, stored_schema, to_micros
from dashapp.data.lake.lost import has_size
from dashapp.data.lake.published import Published
from dashapp.data.lake.rollup import SOURCE, Rollup, stale_days
from dashapp.query.window import Window

# Some writers of Delta logs cut times to milliseconds.
_SLACK = 1000


class Snapshot:
    """One published state of a lake. Cheap to hold; its files stay on the disk for an hour after they are replaced."""

    def __init__(self, root: Path, state: Published, lists: FileLists) -> None:
        self._root = root
        self._state = state
        self._lists = lists
        self._files: dict[str, tuple[DataFile, ...]] = {}

    @property
    def id(self) -> str:
        """Changes whenever anything visible changes; the same for the same state."""
        return f"{self._state.sequence}-{self._state.id}"

    @property
    def ingested_at(self) -> datetime | None:
        """When rows last came in; None before the first batch."""
        at = self._state.ingested_at
        return None if at is None else datetime.fromtimestamp(at, UTC)

    def data_files(self, table: str) -> tuple[DataFile, ...]:
        """What the log says of every file of a table, earliest first.

        Raises:
            ValueError: There is no such table.
            LakeDamaged: The log cannot be read.
        """
        stored_schema(table)
        if table not in self._files:
            state = self._state.tables.get(table)
            self._files[table] = self._lists.at(table, state.version) if state else ()
        return self._files[table]

    def files(self, table: str, window: Window | None = None) -> list[str]:
        """Absolute paths of the files that may hold rows of the window, earliest first; empty if there are none.

        Of ``EmailHourly`` only those of months with a fresh day: another may have been counted by other columns.

        Raises:
            ValueError: There is no such table.
            LakeDamaged: The log cannot be read.
        """
        files = self.data_files(table)
        if window is not None:
            start, end = to_micros(window.start) - _SLACK, to_micros(window.end) + _SLACK
            files = tuple(file for file in files if file.first < end and file.last >= start)
        if table == ROLLUP:
            files = tuple(file for file in files if file.month in self._fresh_months)
        return [f"{self._root}/{table}/{file.path}" for file in files]

    def schema(self, table: str) -> pa.Schema:
        """The columns of a table's files, without the partition column.

        Raises:
            ValueError: There is no such table.
            LakeDamaged: The log cannot be read.
        """
        columns, state = stored_schema(table), self._state.tables.get(table)
        if state is None or state.schema == schema.SCHEMA_VERSION or table == ROLLUP:
            return columns
        known = set(delta.columns_at(self._root / table, state.version))
        return pa.schema([field for field in columns if field.name in known])

    def rollup(self, window: Window | None = None) -> Rollup:
        """The part of ``EmailHourly`` that may be used for a window, and the days that may not.

        Raises:
            LakeDamaged: The log cannot be read.
        """
        stale, folded = self._stale, self._state.folded
        if window is not None:
            first, last = window.start.date(), (window.end - timedelta(microseconds=1)).date()
            stale = tuple(day for day in stale if first <= day <= last)
            folded = {day: names for day, names in folded.items() if f"{first}" <= day <= f"{last}"}
        names = frozenset(name for names in folded.values() for name in names)
        start = None if window is None else Window(window.start - timedelta(hours=1), window.end)
        return Rollup(self.files(ROLLUP, start), stale, names)

    @cached_property
    def _stale(self) -> tuple[date, ...]:
        return stale_days(self._state.days, self.data_files(SOURCE))

    def lost_files(self) -> int:
        """How many files are missing or cut off, by a quick look at each.

        Raises:
            LakeDamaged: The log cannot be read.
        """
        every = ((self._root / table, file) for table in (*schema.TABLES, ROLLUP) for file in self.data_files(table))
        return sum(not has_size(folder / file.path, file) for folder, file in every)

    @cached_property
    def _fresh_months(self) -> frozenset[str]:
        stale = {day.isoformat() for day in self._stale}
        return frozenset(day[:7] for day in self._state.days if day not in stale)

    def rows(self, table: str) -> int:
        """How many rows a table has, by its log."""
        return sum(file.rows for file in self.data_files(table))

    def time_range(self, table: str) -> tuple[datetime, datetime] | None:
        """The times of the earliest and the latest row, aware UTC; None if there is no row."""
        files = self.data_files(table)
        if not files:
            return None
        return from_micros(min(file.first for file in files)), from_micros(max(file.last for file in files))
