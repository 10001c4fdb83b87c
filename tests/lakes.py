"""Small lakes for tests.

One call makes a table of a lake; calls add up, each is one batch::

    lake = publish(tmp_path / "lake", "EmailEvents", Timestamp=[at("2026-03-01T10:00")], primary_threat=["Phish"])
    publish(lake.path, "EmailUrlInfo", Timestamp=[at("2026-03-01T10:00")], Url=["https://a.example/"])

Columns not given are null, but key columns: those get values of their own (``NetworkMessageId-0``, ``-1`` …), so that
no row is a duplicate by accident. ``rows`` gives the same rows without writing them.
"""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from dashapp.data.lake import Lake
from dashapp.data.schema import TABLES

_numbers = itertools.count()


def at(text: str) -> datetime:
    """An instant as the lake stores it: naive UTC. Takes ``2026-03-01`` or ``2026-03-01T10:00``."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)


def rows(table: str, **columns: list) -> pa.Table:
    """Rows of a table in its stored schema, without ``batch_id`` and ``ingested_at``."""
    count = max((len(values) for values in columns.values()), default=0)
    schema = TABLES[table].schema
    unknown = set(columns) - set(schema.names)
    assert not unknown, f"{table} has no columns {unknown}"
    arrays = {}
    for field in schema:
        if field.name in {"batch_id", "ingested_at"}:
            continue
        values = columns.get(field.name)
        if values is None and field.name in TABLES[table].key and pa.types.is_string(field.type):
            values = [f"{field.name}-{next(_numbers)}" for _ in range(count)]
        arrays[field.name] = pa.nulls(count, field.type) if values is None else pa.array(values, field.type)
    return pa.table(arrays)


def publish(path: Path, table: str, **columns: list) -> Lake:
    """Add rows to one table of the lake at ``path`` (made if missing) as one batch; the lake, ready to be read."""
    lake = Lake.open(path)
    with lake.begin("test") as batch:
        batch.write(table, rows(table, **columns))
        batch.commit()
    return lake
