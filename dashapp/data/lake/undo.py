"""Taking a complete batch out of the lake again, wherever compaction has put its rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashapp.data.lake import published
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged, UnknownBatch
from dashapp.data.lake.layout import ROLLUP, new_id
from dashapp.data.lake.rewrite import rewrite
from dashapp.data.lake.rollup import SOURCE, renew
from dashapp.data.lake.writer import Change, Writer


def undo_batch(writer: Writer, batch_id: str) -> dict[str, int]:
    """Remove the rows of a batch from every table. Rows it kept out as duplicates come back by a new ingest only.

    Returns:
        Table to rows removed.

    Raises:
        UnknownBatch: There is no such batch, or it is undone already.
        LakeDamaged: A file of it cannot be read.
        LakeWriteError: The lake cannot be written; nothing has changed.
    """
    entry = _entry(writer, batch_id)
    name = new_id(datetime.now(UTC))
    changes = {}
    for table, (first, last) in entry["ranges"].items():
        near = [file for file in writer.files(table) if file.last >= first and file.first <= last]
        changes[table] = _without(
            writer, table, [file for file in near if _holds(writer, table, file, batch_id)], entry
        )
    removed = {table: _rows(change.remove) - _rows(change.add) for table, change in changes.items()}
    changes[ROLLUP], rollup = renew(writer, changes.get(SOURCE, Change()), name=name)
    record = {"kind": "undo", "id": name, "batch": batch_id, "removed": removed}
    writer.publish(changes, record, rollup=rollup)
    return removed


def _entry(writer: Writer, batch_id: str) -> dict[str, Any]:
    journal = published.read_journal(writer.root, writer.state.journal)
    if any(entry["kind"] == "undo" and entry["batch"] == batch_id for entry in journal):
        raise UnknownBatch(f"batch {batch_id} has been undone already")
    for entry in journal:
        if entry["kind"] == "batch" and entry["id"] == batch_id:
            return entry
    raise UnknownBatch(f"there is no batch {batch_id!r}; `ingest --list` shows them")


def _holds(writer: Writer, table: str, file: DataFile, batch_id: str) -> bool:
    try:
        ids = pq.read_table(writer.root / table / file.path, columns=["batch_id"], partitioning=None)["batch_id"]
    except (OSError, pa.ArrowException) as error:
        raise LakeDamaged(f"cannot read {table}/{file.path}: {error}") from error
    return bool(pc.any(pc.equal(ids, batch_id)).as_py())


def _without(writer: Writer, table: str, files: Sequence[DataFile], entry: dict[str, Any]) -> Change:
    def others(rows: pa.Table) -> pa.Array:
        return pc.not_equal(rows["batch_id"], entry["id"])

    folder, prefix = writer.root / table, new_id(datetime.now(UTC))
    new = [rewrite(folder, file, prefix=prefix, codec=writer.codec, keep=others) for file in files]
    return Change([file for file in new if file], files)


def _rows(files: Sequence[DataFile]) -> int:
    return sum(file.rows for file in files)
