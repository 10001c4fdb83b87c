"""Writing rows of the lake into other files of the lake, a row group at a time."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.errors import LakeDamaged, LakeWriteError
from dashapp.data.lake.layout import stored_schema
from dashapp.data.lake.parquet import ROW_GROUP, finished, open_writer


def rewrite(
    folder: Path, file: DataFile, *, prefix: str, codec: str, keep: Callable[[pa.Table], pa.Array] | None = None
) -> DataFile | None:
    """Write a file's rows anew, in the present schema; the file itself stays.

    Args:
        folder: Of the table; its name is the table's.
        file: What to read.
        prefix: Of the new file's name, never used before for this file.
        codec: Of the new file.
        keep: For some rows, which of them to keep; None: all.

    Returns:
        The new file; None if no row is left.

    Raises:
        LakeDamaged: The file cannot be read.
        LakeWriteError: The new one cannot be written.
    """
    schema = stored_schema(folder.name)
    parts = (fitted(part, schema) for part in _row_groups(folder / file.path))
    kept = (part if keep is None else part.filter(keep(part)) for part in parts)
    stem = Path(file.path).stem[-40:]
    return write_parts(folder, f"{Path(file.path).parent}/{prefix}-{stem}.parquet", kept, codec=codec)


def write_parts(folder: Path, name: str, parts: Iterable[pa.Table], *, codec: str) -> DataFile | None:
    """Write rows that come in parts, all of one month and in time order, as one file; None if there are none.

    Raises:
        LakeWriteError: It cannot be written.
    """
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = 0
        with open_writer(path, stored_schema(folder.name), codec=codec) as writer:
            for part in parts:
                if part.num_rows:
                    writer.write_table(part, row_group_size=ROW_GROUP)
                    rows += part.num_rows
        if rows:
            return finished(folder, name)
        path.unlink()
    except (OSError, pa.ArrowException) as error:
        raise LakeWriteError(f"cannot write {folder.name}/{name}: {error}") from error
    return None


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows with exactly the columns of ``schema``; those they lack are null."""
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _row_groups(path: Path) -> Iterable[pa.Table]:
    try:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)
    except (OSError, pa.ArrowException) as error:
        raise LakeDamaged(f"cannot read {path.parent.parent.name}/{path.parent.name}/{path.name}: {error}") from error
