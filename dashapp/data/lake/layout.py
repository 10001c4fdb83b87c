"""Where the files of a lake are, what they are called, and writing that survives a power cut."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from dashapp.data.schema import FLAG, TABLES, TEXT, TEXTS, TIME, WHOLE

PUBLISHED = "_published.json"
JOURNAL = "_journal.jsonl"
LOCK = "_lock"
MARKER = "_writing"

ROLLUP = "EmailHourly"
ROLLUP_SCHEMA = pa.schema(
    [
        ("hour", TIME),
        ("coarse", FLAG),
        ("EmailDirection", TEXT),
        ("primary_threat", TEXT),
        ("confidence", TEXT),
        ("primary_technology", TEXT),
        ("explorer_delivery", TEXT),
        ("sender_country", TEXT),
        ("threat_family", TEXT),
        ("primary_override", TEXT),
        ("is_simulation", FLAG),
        ("threat_types", TEXTS),
        ("det_techs", TEXTS),
        ("messages", WHOLE),
    ]
)

# What most questions are about. Each file begins with the same counts by these alone, a fiftieth of the rows, in row
# groups of their own; there the other columns are null. A question is about the rows of one kind, never of both.
COARSE_COLUMNS = frozenset({"EmailDirection", "primary_threat", "confidence", "explorer_delivery", "is_simulation"})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored_schema(table: str) -> pa.Schema:
    """The columns of a table as this version of the program stores them.

    Raises:
        ValueError: There is no such table.
    """
    if table == ROLLUP:
        return ROLLUP_SCHEMA
    if table not in TABLES:
        raise ValueError(f"unknown table {table!r}; known: {', '.join(TABLES)}")
    return TABLES[table].schema


def time_column(table: str) -> str:
    """The column by which a table is partitioned, sorted and pruned."""
    return "hour" if table == ROLLUP else "Timestamp"


def new_id(now: datetime) -> str:
    """A name that sorts by time and is never used twice."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of ``micros`` since 1970."""
    return _EPOCH + micros * _MICROSECOND


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, text: str) -> Path:
    """Write a file beside ``path`` that waits to be renamed over it; on the disk when this returns."""
    waiting = path.with_name(path.name + ".new")
    with waiting.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return waiting
