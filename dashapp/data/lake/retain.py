"""Forgetting what is older than so many days, in every table; of each account the latest row stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.lake import scan
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.layout import ROLLUP, new_id, stored_schema, to_micros
from dashapp.data.lake.parquet import write_months
from dashapp.data.lake.rewrite import fitted, rewrite
from dashapp.data.lake.rollup import SOURCE, renew
from dashapp.data.lake.writer import Change, Writer
from dashapp.data.schema import TABLES

ACCOUNTS = "IdentityInfo"


def retain_days(writer: Writer, days: int, now: datetime) -> dict[str, int]:
    """Remove rows with a ``Timestamp`` before ``now`` minus ``days``; publishes nothing if there are none.

    Returns:
        Table to rows removed, only tables that lost some.

    Raises:
        ValueError: ``days`` is not positive, or ``now`` has no zone.
        LakeDamaged: A file cannot be read.
        LakeWriteError: The lake cannot be written; nothing has changed.
    """
    if days < 1 or now.tzinfo is None:
        raise ValueError(f"days must be 1 or more and now have a zone, not {days} and {now}")
    cutoff, name = to_micros(now - timedelta(days=days)), new_id(now)
    changes = {}
    for table in TABLES:
        old = [file for file in writer.files(table) if file.first < cutoff]
        if old:
            change = _latest_accounts if table == ACCOUNTS else _later
            changes[table] = change(writer, table, old, cutoff, name)
    removed = {table: _rows(change.remove) - _rows(change.add) for table, change in changes.items()}
    removed = {table: rows for table, rows in removed.items() if rows}
    if removed:
        changes = {table: changes[table] for table in removed}
        changes[ROLLUP], rollup = renew(writer, changes.get(SOURCE, Change()), name=name)
        writer.publish(changes, {"kind": "retain", "id": name, "days": days, "removed": removed}, rollup=rollup)
    return removed


def _later(writer: Writer, table: str, old: Sequence[DataFile], cutoff: int, name: str) -> Change:
    edge = pa.scalar(np.datetime64(cutoff, "us").item(), pa.timestamp("us"))

    def later(rows: pa.Table) -> pa.Array:
        return pc.greater_equal(rows["Timestamp"], edge)

    crossing = [file for file in old if file.last >= cutoff]
    new = [rewrite(writer.root / table, file, prefix=name, codec=writer.codec, keep=later) for file in crossing]
    return Change([file for file in new if file], old)


def _latest_accounts(writer: Writer, table: str, old: Sequence[DataFile], cutoff: int, name: str) -> Change:
    every = scan.parquet(writer.root / table / file.path for file in writer.files(table))
    aged = scan.parquet(writer.root / table / file.path for file in old)
    account = "coalesce(AccountObjectId, account, AccountUpn, '')"
    query = f"""
        SELECT aged.* FROM {aged} AS aged JOIN (
            SELECT {account} AS who, max("Timestamp") AS latest FROM {every} GROUP BY ALL
        ) AS last ON last.who = {account}
        WHERE "Timestamp" = latest OR epoch_us("Timestamp") >= {cutoff}
    """  # noqa: S608  # our own names and a number
    with scan.reading():
        rows = fitted(scan.arrow(writer.database, query), stored_schema(table))
    if rows.num_rows == _rows(old):
        return Change()
    add = write_months(writer.root / table, [rows], prefix=name, codec=writer.codec) if rows.num_rows else ()
    return Change(add, old)


def _rows(files: Sequence[DataFile]) -> int:
    return sum(file.rows for file in files)
