"""``EmailHourly``: how many messages of each kind there were in each hour, so that charts need not count rows.

Each UTC day carries the fingerprint of the data files it was built from, and is used only while the snapshot's files
give the same one. There is one file per month.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from dashapp.data.lake import scan
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged
from dashapp.data.lake.layout import ROLLUP, ROLLUP_SCHEMA
from dashapp.data.lake.parquet import write_months
from dashapp.data.lake.writer import Change, RollupState, Writer

SOURCE = "EmailEvents"
OTHER = "Other"
# Beyond so many values in what is rebuilt, the rarest become OTHER and the day says so.
MOST_VALUES = {"threat_family": 100, "sender_country": 300}

_LOG = logging.getLogger(__name__)
_DAY_MICROS = 86_400_000_000
_EPOCH = date(1970, 1, 1)
_DIMENSIONS = [name for name in ROLLUP_SCHEMA.names if name not in {"hour", "messages"}]


@dataclass(frozen=True)
class Rollup:
    """What a snapshot offers of ``EmailHourly`` for a window.

    Attributes:
        files: Absolute paths; they may hold rows of stale days and rows outside the window.
        stale: UTC days of the window to be answered from ``EmailEvents``, ascending; leave their rows in ``files`` out.
        folded: Columns in which a day of the window has rare values put under ``Other``.
    """

    files: list[str]
    stale: tuple[date, ...]
    folded: frozenset[str]


def days_of(file: DataFile) -> range:
    """The UTC days a file may have rows of, as days since 1970."""
    return range(file.first // _DAY_MICROS, file.last // _DAY_MICROS + 1)


def day_name(day: int) -> str:
    """The ISO date of a day since 1970."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def fingerprints(files: Iterable[DataFile]) -> dict[str, str]:
    """For each ISO day, what stands for the set of files that may have rows of it, whatever their order."""
    sums: dict[int, int] = defaultdict(int)
    for file in files:
        digest = int.from_bytes(hashlib.blake2b(file.path.encode(), digest_size=16).digest())
        for day in days_of(file):
            sums[day] += digest
    return {day_name(day): f"{total % 2**128:032x}" for day, total in sums.items()}


def renew(
    writer: Writer, change: Change, *, name: str, touched: frozenset[str] | None = None, scope: str = "true"
) -> tuple[Change, RollupState]:
    """Bring the rollup in line with a change of the messages; writes files, commits nothing.

    Args:
        writer: Holds the lake as it is before.
        change: Of ``EmailEvents``, about to be published.
        name: Prefix of new files, never used before.
        touched: ISO days whose rows change; None: every day whose files change. A day that keeps its rows in other
            files is only given its new fingerprint.
        scope: SQL condition on rows of ``EmailEvents``; others are not counted.

    Returns:
        The change of ``EmailHourly`` and its new state.

    Raises:
        LakeWriteError: A file cannot be written.
    """
    before = writer.files(SOURCE)
    gone = set(change.remove)
    after = [*(file for file in before if file not in gone), *change.add]
    old, new, stamped = fingerprints(before), fingerprints(after), writer.state.days
    days = {day for day in new.keys() | stamped.keys() if new.get(day) != stamped.get(day)}
    if touched is not None:
        days = {day for day in days if day in touched or stamped.get(day) != old.get(day)}
    folded = {day: names for day, names in writer.state.folded.items() if day not in days}
    result = Change()
    for month, affected in _by_month(days).items():
        part = _renew_month(writer, month, affected, after, name=name, scope=scope)
        if part is None:  # stays stale: answered from the messages, built again by the next writer
            new = {day: stamp for day, stamp in new.items() if day not in affected}
            continue
        result = Change([*result.add, *part[0].add], [*result.remove, *part[0].remove])
        folded |= {day: part[1] for day in affected if part[1]}
    reached("rollup-written")
    return result, RollupState(new, folded)


def _by_month(days: Iterable[str]) -> dict[str, set[str]]:
    months: dict[str, set[str]] = defaultdict(set)
    for day in days:
        months[day[:7]].add(day)
    return months


def _renew_month(
    writer: Writer, month: str, days: set[str], messages: Sequence[DataFile], *, name: str, scope: str
) -> tuple[Change, list[str]] | None:
    """Count the days of one month again. Returns the change and the folded columns; None if a file is broken."""
    old = [file for file in writer.files(ROLLUP) if file.month == month]
    wanted = [file for file in messages if not days.isdisjoint(map(day_name, days_of(file)))]
    try:
        database = writer.database
        with scan.reading():
            database.execute(f"CREATE OR REPLACE TEMP TABLE counted ({', '.join(_COLUMNS)})")
            _count(database, writer, plan.added, plan.grown, scope)
            _count(database, writer, plan.after, plan.rebuilt, scope)
            folded = [column for column, most in MOST_VALUES.items() if _fold(database, column, most)]
            rows = _merged(database, writer, old, days)
    except LakeDamaged as error:
        _LOG.warning("the hourly counts of %s stay as they were: %s", month, error)
        return None
    add = write_months(writer.root / ROLLUP, rows, prefix=name, codec=writer.codec) if rows.num_rows else ()
    return Change(add, old), folded


def _count(
    database: duckdb.DuckDBPyConnection, writer: Writer, files: Sequence[DataFile], days: set[str], scope: str
) -> None:
    if not files:
        columns = ", ".join(
            f'NULL::{"BOOLEAN" if name == "is_simulation" else "VARCHAR"} AS "{name}"' for name in _DIMENSIONS
        )
        database.execute(
            f"CREATE TEMP TABLE counted AS SELECT NULL::TIMESTAMP AS hour, {columns}, 0 AS messages LIMIT 0"
        )
        return
    start, end = min(days), day_name((date.fromisoformat(max(days)) - _EPOCH).days + 1)
    source = scan.parquet(writer.root / SOURCE / file.path for file in files)
    columns = ", ".join(f'"{name}"' for name in _DIMENSIONS)
    query = f"""
        SELECT date_trunc('hour', "Timestamp") AS hour, {columns}, count(*) AS messages FROM {source}
        WHERE "Timestamp" >= TIMESTAMP '{start}' AND "Timestamp" < TIMESTAMP '{end}' AND {_among(days, "Timestamp")}
        AND ({scope}) GROUP BY ALL
    """  # noqa: S608  # our own names and dates
    database.execute(f"CREATE TEMP TABLE counted AS {query}")


def _among(days: set[str], column: str) -> str:
    listed = ", ".join(f"DATE '{day}'" for day in sorted(days))
    return f'CAST("{column}" AS DATE) IN ({listed})'


def _fold(database: duckdb.DuckDBPyConnection, column: str, most: int) -> bool:
    """Put all but the most frequent values of a column under ``Other``; whether there were so many."""
    count = database.execute(f'SELECT count(DISTINCT "{column}") FROM counted').fetchall()  # noqa: S608  # our own names
    if count[0][0] <= most:
        return False
    database.execute(f"""
        UPDATE counted SET "{column}" = '{OTHER}' WHERE "{column}" NOT IN (
            SELECT "{column}" FROM counted WHERE "{column}" IS NOT NULL
            GROUP BY ALL ORDER BY sum(messages) DESC, "{column}" LIMIT {most})
    """)  # noqa: S608  # our own names
    return True


def _merged(database: duckdb.DuckDBPyConnection, writer: Writer, old: Sequence[DataFile], days: set[str]) -> pa.Table:
    """The counted days and the other days of the month, sorted."""
    columns = ", ".join(f'"{name}"' for name in ["hour", *_DIMENSIONS])
    query = f"SELECT {columns}, CAST(sum(messages) AS BIGINT) AS messages FROM counted GROUP BY ALL"  # noqa: S608
    if old:
        source = scan.parquet(writer.root / ROLLUP / file.path for file in old)
        query += f" UNION ALL SELECT {columns}, messages FROM {source} WHERE NOT {_among(days, 'hour')}"  # noqa: S608
    return scan.arrow(database, f"{query} ORDER BY ALL").cast(ROLLUP_SCHEMA)


def stale_days(stamped: Mapping[str, str], files: Iterable[DataFile]) -> tuple[date, ...]:
    """The UTC days whose stored fingerprint is not that of these files, ascending."""
    now = fingerprints(files)
    days = (day for day in now.keys() | stamped.keys() if now.get(day) != stamped.get(day))
    return tuple(sorted(map(date.fromisoformat, days)))
