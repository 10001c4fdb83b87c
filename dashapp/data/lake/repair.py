"""Going on without files that are lost for good: they leave the tables in one step, and the rest answers again."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged
from dashapp.data.lake.layout import ROLLUP, new_id
from dashapp.data.lake.lost import LostFile, lost_files
from dashapp.data.lake.rollup import SOURCE, renew
from dashapp.data.lake.writer import COMMIT_ORDER, Change, Writer


def repair_tables(writer: Writer, agreed: Collection[LostFile]) -> dict[str, int]:
    """Remove from the tables the lost files that are among ``agreed``, and build the hourly counts of their days anew.

    Returns:
        Table to rows lost; empty if none of the files is lost any more.

    Raises:
        LakeDamaged: A file is there, but this user may not read it: that is no loss.
        LakeWriteError: The lake cannot be written; nothing has changed.
    """
    wanted = {(file.table, file.path) for file in agreed}
    changes = {table: Change(remove=_lost(writer, table, wanted)) for table in COMMIT_ORDER}
    lost = {table: change.remove for table, change in changes.items() if change.remove}
    if not lost:
        return {}
    name = new_id(datetime.now(UTC))
    changes[ROLLUP], rollup = renew(writer, changes[SOURCE], name=name, lost=lost.get(ROLLUP, ()))
    rows = {table: sum(file.rows for file in files) for table, files in lost.items()}
    files = [f"{table}/{file.path}" for table, some in lost.items() for file in some]
    writer.publish(changes, {"kind": "repair", "id": name, "removed": rows, "files": files}, rollup=rollup)
    return rows


def _lost(writer: Writer, table: str, wanted: Collection[tuple[str, str]]) -> Sequence[DataFile]:
    files = [file for file in writer.files(table) if (table, file.path) in wanted]
    for file in files:
        path = writer.root / table / file.path
        if path.exists() and not os.access(path, os.R_OK):
            raise LakeDamaged(f"{table}/{file.path} is there, but may not be read by this user; nothing was changed")
    still = {found.path for found in lost_files(writer.root, table, files, ())}
    return [file for file in files if file.path in still]
