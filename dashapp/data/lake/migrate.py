"""Bringing a lake of an older schema to the present one: columns it lacks become null, counts it lacks are made."""

from datetime import UTC, datetime

from dashapp.data import schema
from dashapp.data.lake import delta
from dashapp.data.lake.layout import ROLLUP, new_id
from dashapp.data.lake.rewrite import rewrite
from dashapp.data.lake.rollup import SOURCE, renew
from dashapp.data.lake.writer import Change, Writer
from dashapp.data.schema import TABLES


def migrate_tables(writer: Writer) -> dict[str, int]:
    """Rewrite the files of tables with an older schema, count stale days anew, and show all tables at once.

    Returns:
        Table to files written; empty if the lake is up to date.

    Raises:
        LakeDamaged: A file cannot be read.
        LakeWriteError: The lake cannot be written; nothing has changed.
    """
    states = writer.state.tables
    old = [table for table in TABLES if table in states and states[table].schema < schema.SCHEMA_VERSION]
    name = new_id(datetime.now(UTC))
    changes = {}
    for table in old:
        folder, files = writer.root / table, writer.files(table)
        delta.add_columns(folder, table)
        new = [rewrite(folder, file, prefix=name, codec=writer.codec) for file in files]
        changes[table] = Change([file for file in new if file], files)
    change, rollup = renew(writer, changes.get(SOURCE, Change()), name=name, touched=frozenset())
    if not old and not change.add:
        return {}
    entry = {"kind": "migrate", "id": name, "schema": schema.SCHEMA_VERSION, "tables": old}
    writer.publish(changes | {ROLLUP: change}, entry, rollup=rollup, moved=True)
    return {table: len(change.add) for table, change in (changes | {ROLLUP: change}).items() if change.add}
