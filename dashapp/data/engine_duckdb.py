"""DuckDB inside the process, able to read the files of one lake and nothing else."""

import contextlib
import shutil
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot.expressions as sge

from dashapp.data.scratch import scratch_folder

Parameters = Mapping[str, object]
LISTED = 1_000  # values of a join's smaller side up to which the larger one is searched for them while it is read
AGAIN_SECONDS = 0.02  # between one try to end a query and the next


class DuckDB:
    """One hardened in-memory database; every query has a cursor of its own, so any thread may ask."""

    def __init__(self, lake: Path, *, threads: int, memory_mb: int, timeout_seconds: float) -> None:
        """Open it.

        Args:
            lake: The only folder it may read.
            threads: Of all queries together; 0 means one per core.
            memory_mb: Of all queries together; what needs more goes to a temporary folder or fails.
            timeout_seconds: After which a query ends by itself, whoever may have forgotten it.
        """
        spill = str(scratch_folder("query"))
        self._remove_spill = weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        limits: dict[str, Any] = {
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": spill,
            "max_temp_directory_size": "2GB",
            "max_execution_time": int(timeout_seconds * 1000),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        }
        self._connection = duckdb.connect(config=limits | ({"threads": threads} if threads else {}))
        self._lock_down(lake)

    def _lock_down(self, lake: Path) -> None:
        """The rest can only be set on a running database, and the order matters: the last one bars the door."""
        allowed = sge.Array(expressions=[sge.Literal.string(str(lake))]).sql("duckdb")
        for setting in (
            "SET GLOBAL TimeZone = 'UTC'",
            "SET GLOBAL parquet_metadata_cache = true",
            f"SET GLOBAL dynamic_or_filter_threshold = {LISTED}",
            f"SET GLOBAL allowed_directories = {allowed}",
            "SET GLOBAL enable_external_access = false",
            "SET GLOBAL lock_configuration = true",
        ):
            self._connection.execute(setting)

    def run(self, sql: str, parameters: Parameters, started: Callable[[Callable[[], None]], None]) -> pa.Table:
        """Answer one query.

        Args:
            sql: Made by the compiler.
            parameters: By name: lists of files or texts, naive UTC instants.
            started: Told how to interrupt the query, before it begins; once it is over that does nothing.

        Raises:
            duckdb.Error: As DuckDB found it; ``InterruptException`` when it was ended from outside.
        """
        with self._connection.cursor() as cursor:
            stop = _Stop(cursor)
            try:
                started(stop)
                return cursor.sql(sql, params=dict(parameters)).to_arrow_table()
            finally:
                stop.over.set()

    def pattern_complaint(self, pattern: str) -> str:
        """Why ``pattern`` is no RE2 pattern; empty if it is one."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
        except duckdb.InvalidInputException as error:
            return f"the pattern cannot be read: {str(error).removeprefix('Invalid Input Error: ')[:120]}"
        return ""

    def close(self) -> None:
        """End every query and give the memory back."""
        self._connection.interrupt()
        self._connection.close()
        self._remove_spill()


class _Stop:
    """Ends the query of ``cursor``, however early it is called: DuckDB forgets an interruption when a query begins.

    Attributes:
        over: Set when the query has ended, whoever ended it.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.over = threading.Event()
        self._cursor = cursor
        self._begun = False

    def __call__(self) -> None:
        """End it; returns at once."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._insist, name="interrupting", daemon=True).start()

    def _insist(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(duckdb.ConnectionException):  # the query ended, and closed it, a moment ago
                self._cursor.interrupt()
            self.over.wait(AGAIN_SECONDS)
