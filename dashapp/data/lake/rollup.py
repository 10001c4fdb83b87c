"""``EmailHourly``: how many messages of each kind there were in each hour, so that charts need not count rows.

Each UTC day carries the fingerprint of the data files it was built from, and is used only while the snapshot's files
give the same one. There is one file per month.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.lake import delta, scan
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.delta import PARTITION, DataFile
from dashapp.data.lake.errors import LakeDamaged
from dashapp.data.lake.layout import COARSE_COLUMNS, ROLLUP, ROLLUP_SCHEMA
from dashapp.data.lake.parquet import write_file
from dashapp.data.lake.writer import Change, RollupState, Writer

SOURCE = "EmailEvents"
OTHER = "Other"
# Beyond so many values in what is rebuilt, the rarest become OTHER and the day says so.
MOST_VALUES = {"threat_family": 100, "sender_country": 300}

_LOG = logging.getLogger(__name__)
_DAY_MICROS = 86_400_000_000
_EPOCH = date(1970, 1, 1)
# Days counted by other columns must not look fresh.
_SHAPE = int.from_bytes(
    hashlib.blake2b(" ".join([*ROLLUP_SCHEMA.names, *sorted(COARSE_COLUMNS)]).encode(), digest_size=16).digest()
)
_DIMENSIONS = [name for name in ROLLUP_SCHEMA.names if name not in {"hour", "coarse", "messages"}]
_SQL_TYPES = {
    "hour": "TIMESTAMP",
    "is_simulation": "BOOLEAN",
    "threat_types": "VARCHAR[]",
    "det_techs": "VARCHAR[]",
    "messages": "BIGINT",
}
_COLUMNS = [f'"{name}" {_SQL_TYPES.get(name, "VARCHAR")}' for name in ["hour", *_DIMENSIONS, "messages"]]


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
    """For each ISO day, what stands for the columns of the rollup and the files that may have rows of the day."""
    sums: dict[int, int] = defaultdict(lambda: _SHAPE)
    for file in files:
        digest = int.from_bytes(hashlib.blake2b(file.path.encode(), digest_size=16).digest())
        for day in days_of(file):
            sums[day] += digest
    return {day_name(day): f"{total % 2**128:032x}" for day, total in sums.items()}


@dataclass(frozen=True)
class _Plan:
    """Which days get other numbers, and from where.

    Attributes:
        rebuilt: ISO days counted from all their files.
        grown: ISO days whose numbers were right and to which the rows of the added files are added.
        after: The files of ``EmailEvents`` after the change.
        added: Those that are new.
        lost: Files of ``EmailHourly`` that cannot be read.
    """

    rebuilt: frozenset[str]
    grown: frozenset[str]
    after: Sequence[DataFile]
    added: Sequence[DataFile]
    lost: frozenset[DataFile]

    def of_month(self, month: str) -> "_Plan":
        """The part about one month."""
        rebuilt = frozenset(day for day in self.rebuilt if day.startswith(month))
        return replace(self, rebuilt=rebuilt, grown=frozenset(day for day in self.grown if day.startswith(month)))


def renew(
    writer: Writer,
    change: Change,
    *,
    name: str,
    touched: frozenset[str] | None = None,
    scope: str = "true",
    lost: Collection[DataFile] = (),
) -> tuple[Change, RollupState]:
    """Bring the rollup in line with a change of the messages; writes files, commits nothing.

    Args:
        writer: Holds the lake as it is before.
        change: Of ``EmailEvents``, about to be published.
        name: Prefix of new files, never used before.
        touched: ISO days that get or lose rows, None: every day whose files change. A day that keeps its rows in
            other files is only given its new fingerprint.
        scope: SQL condition on rows of ``EmailEvents``; others are not counted.
        lost: Files of ``EmailHourly`` that cannot be read; all days of their months are counted from the messages.

    Returns:
        The change of ``EmailHourly`` and its new state.

    Raises:
        LakeWriteError: A file cannot be written.
    """
    plan, days = _plan(writer, change, touched, lost)
    if plan.rebuilt and ROLLUP in writer.state.tables and _has_other_columns(writer):
        delta.add_columns(writer.root / ROLLUP, ROLLUP)
    folded = {day: names for day, names in writer.state.folded.items() if day not in plan.rebuilt}
    result = Change()
    for month in sorted({day[:7] for day in plan.rebuilt | plan.grown}):
        part = plan.of_month(month)
        renewed = _renew_month(writer, month, part, name=name, scope=scope)
        if renewed is None:  # its days are answered from the messages and counted by the next writer
            days = {day: stamp for day, stamp in days.items() if day not in part.rebuilt | part.grown}
            continue
        result = Change([*result.add, *renewed[0].add], [*result.remove, *renewed[0].remove])
        folded |= {day: sorted({*renewed[1], *folded.get(day, [])}) for day in part.rebuilt | part.grown if renewed[1]}
    reached("rollup-written")
    return result, RollupState(days, folded)


def _has_other_columns(writer: Writer) -> bool:
    """Whether the days were counted by other columns than today's: then none of them looks fresh."""
    return writer.state.days.items().isdisjoint(fingerprints(writer.files(SOURCE)).items())


def _plan(
    writer: Writer, change: Change, touched: frozenset[str] | None, lost_counts: Collection[DataFile]
) -> tuple[_Plan, dict[str, str]]:
    """What to count, and the fingerprints of all days after the change."""
    before, gone = writer.files(SOURCE), set(change.remove)
    after = [*(file for file in before if file not in gone), *change.add]
    old, new, stamped = fingerprints(before), fingerprints(after), writer.state.days
    days = {day for day in new.keys() | stamped.keys() if new.get(day) != stamped.get(day)}
    lost = [file for file in before if not (writer.root / SOURCE / file.path).exists()]
    right = {day for day in days if stamped.get(day) == old.get(day)} - fingerprints(lost).keys()
    if touched is not None:
        days = {day for day in days if day in touched or day not in right}
    uncounted = _days_of_months(lost_counts, new)
    grown = frozenset() if change.remove else frozenset(days & right) - uncounted
    return _Plan(frozenset(days | uncounted) - grown, grown, after, change.add, frozenset(lost_counts)), new


def _days_of_months(files: Collection[DataFile], known: Iterable[str]) -> frozenset[str]:
    """The days of some files, and all known days of their months."""
    months = {file.month for file in files}
    own = {day_name(day) for file in files for day in days_of(file)}
    return frozenset(own | {day for day in known if day[:7] in months})


def _renew_month(writer: Writer, month: str, plan: _Plan, *, name: str, scope: str) -> tuple[Change, list[str]] | None:
    """Count one month's days. Returns the change and the folded columns; None if a file is broken."""
    old = [file for file in writer.files(ROLLUP) if file.month == month]
    kept = old if any(day.startswith(month) for day in writer.state.days.keys() - plan.rebuilt) else []
    try:
        database = writer.database
        with scan.reading():
            database.execute(f"CREATE OR REPLACE TEMP TABLE counted ({', '.join(_COLUMNS)})")
            _count(database, writer, plan.added, plan.grown, scope)
            _count(database, writer, plan.after, plan.rebuilt, scope)
            folded = [column for column, most in MOST_VALUES.items() if _fold(database, column, most)]
            rows = _merged(database, writer, [file for file in kept if file not in plan.lost], plan.rebuilt)
    except LakeDamaged as error:
        _LOG.warning("the hourly counts of %s stay as they were: %s", month, error)
        return None
    if not rows.num_rows:
        return Change((), old), folded
    path = f"{PARTITION}={month}/{name}-{month}.parquet"
    coarse = int(pc.sum(rows["coarse"]).as_py())
    return Change([write_file(writer.root / ROLLUP, path, rows, codec=writer.codec, apart=coarse)], old), folded


def _count(
    database: duckdb.DuckDBPyConnection,
    writer: Writer,
    files: Sequence[DataFile],
    days: frozenset[str],
    scope: str,
) -> None:
    """Add to ``counted`` the rows of some days in some files."""
    wanted = [file for file in files if not days.isdisjoint(map(day_name, days_of(file)))]
    if not wanted:
        return
    last = date.fromisoformat(max(days)) + timedelta(days=1)
    source = scan.parquet(writer.root / SOURCE / file.path for file in wanted)
    columns = ", ".join(f'"{name}"' for name in _DIMENSIONS)
    database.execute(f"""
        INSERT INTO counted
        SELECT date_trunc('hour', "Timestamp") AS hour, {columns}, count(*) AS messages FROM {source}
        WHERE "Timestamp" >= TIMESTAMP '{min(days)}' AND "Timestamp" < TIMESTAMP '{last}'
        AND {_among(days, "Timestamp")} AND ({scope}) GROUP BY ALL
    """)  # noqa: S608  # our own names and dates


def _among(days: frozenset[str], column: str) -> str:
    listed = ", ".join(f"DATE '{day}'" for day in sorted(days))
    return f'CAST("{column}" AS DATE) IN ({listed})' if days else "false"


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


def _merged(
    database: duckdb.DuckDBPyConnection, writer: Writer, old: Sequence[DataFile], rebuilt: frozenset[str]
) -> pa.Table:
    """What was counted and the month's other rows, added up.

    The coarse counts first; then by threat, so that attacks lie together, then by hour.
    """
    columns = ", ".join(f'"{name}"' for name in ["hour", *_DIMENSIONS])
    parts = "SELECT * FROM counted"
    if old:
        source = scan.parquet(writer.root / ROLLUP / file.path for file in old)
        parts += (
            f" UNION ALL SELECT {columns}, messages FROM {source} WHERE NOT coarse AND NOT {_among(rebuilt, 'hour')}"  # noqa: S608
        )
    database.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {_summed(parts, _DIMENSIONS)}")
    counts = f"{_summed('SELECT * FROM merged', COARSE_COLUMNS)} UNION ALL SELECT * FROM merged"  # noqa: S608  # our own names
    return scan.arrow(database, f"{counts} ORDER BY coarse DESC, primary_threat, hour").cast(ROLLUP_SCHEMA)


def _summed(rows: str, kept: Collection[str]) -> str:
    """The counts of ``rows`` by the hour and some columns; the others are null."""
    columns = [
        f'"{name}"' if name in kept else f'CAST(NULL AS {_SQL_TYPES.get(name, "VARCHAR")}) AS "{name}"'
        for name in _DIMENSIONS
    ]
    coarse = "true" if len(kept) < len(_DIMENSIONS) else "false"
    return (
        f"SELECT hour, {coarse} AS coarse, {', '.join(columns)}, CAST(sum(messages) AS BIGINT) AS messages "  # noqa: S608
        f"FROM ({rows}) GROUP BY ALL"
    )


def stale_days(stamped: Mapping[str, str], files: Iterable[DataFile]) -> tuple[date, ...]:
    """The UTC days whose stored fingerprint is not that of these files, ascending."""
    now = fingerprints(files)
    days = (day for day in now.keys() | stamped.keys() if now.get(day) != stamped.get(day))
    return tuple(sorted(map(date.fromisoformat, days)))
