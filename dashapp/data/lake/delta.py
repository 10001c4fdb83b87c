"""The Delta log of one table: which files it holds at a version, and adding a version."""

import json
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, CommitProperties, PostCommitHookProperties, RemoveAction

from dashapp.data.lake.errors import LakeDamaged, LakeWriteError
from dashapp.data.lake.layout import from_micros, stored_schema, sync, time_column

PARTITION = "month"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table.

    Attributes:
        path: Relative to the table's folder.
        rows: How many.
        size: Bytes.
        first: Time of the earliest row, microseconds since 1970.
        last: Time of the latest row.
    """

    path: str
    rows: int
    size: int
    first: int
    last: int

    @property
    def month(self) -> str:
        """The UTC month of all its rows, ``YYYY-MM``."""
        return f"{from_micros(self.first):%Y-%m}"


def delta_schema(table: str) -> pa.Schema:
    """The stored columns and the partition column, which is in the paths only."""
    return stored_schema(table).append(pa.field(PARTITION, pa.string()))


def create(folder: Path, table: str) -> None:
    """Make an empty Delta table.

    Raises:
        LakeWriteError: It cannot be written.
    """
    try:
        DeltaTable.create(
            str(folder),
            delta_schema(table),
            partition_by=[PARTITION],
            name=table,
            configuration={"delta.dataSkippingStatsColumns": time_column(table)},
        )
    except (DeltaError, OSError) as error:
        raise LakeWriteError(f"cannot create table {table}: {error}") from error


def head(folder: Path) -> int:
    """The newest version in the log.

    Raises:
        LakeDamaged: The log cannot be read.
    """
    return int(_open(folder, None).version())


def files_at(folder: Path, version: int) -> tuple[DataFile, ...]:
    """The files of a table at a version, earliest first.

    Raises:
        LakeDamaged: The log cannot be read.
    """
    actions = pa.table(_open(folder, version).get_add_actions(flatten=True))
    column = time_column(folder.name)
    parts = ("path", "num_records", "size_bytes", f"min.{column}", f"max.{column}")
    if actions.num_rows == 0:
        return ()
    lists = [
        (actions[name].cast(pa.int64()) if name.startswith(("min.", "max.")) else actions[name]).to_pylist()
        for name in parts
    ]
    files = (DataFile(*values) for values in zip(*lists, strict=True))
    return tuple(sorted(files, key=lambda file: (file.first, file.path)))


class FileLists:
    """The file lists of table versions, read once; shared by the snapshots of a lake. Safe for threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lists: dict[str, tuple[int, tuple[DataFile, ...]]] = {}
        self._lock = threading.Lock()

    def at(self, table: str, version: int) -> tuple[DataFile, ...]:
        """The files of a table at a version, earliest first.

        Raises:
            LakeDamaged: The log cannot be read.
        """
        with self._lock:
            known = self._lists.get(table)
            if known is None or known[0] != version:
                known = (version, files_at(self._root / table, version))
                self._lists[table] = known
            return known[1]


def columns_at(folder: Path, version: int) -> list[str]:
    """Names of the columns of a table at a version, without the partition column."""
    schema = _open(folder, version).schema()
    return [field.name for field in schema.fields if field.name != PARTITION]


def commit(
    folder: Path, *, add: Iterable[DataFile], remove: Iterable[DataFile], metadata: Mapping[str, str], moved: bool
) -> int:
    """Add one version to the log, on the disk when this returns.

    Args:
        folder: Of the table; its name is the table's.
        add: Files that are in the folder already.
        remove: Files that stop being part of the table; they stay on the disk.
        metadata: Kept with the version, such as the batch id.
        moved: The rows were only arranged anew, so a reader of changes need not look.

    Raises:
        LakeWriteError: It cannot be written.
    """
    now = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = [_add(folder, file, now, data_change=not moved) for file in add]
    actions += [RemoveAction(file.path, not moved, now, file.size, {PARTITION: file.month}) for file in remove]
    try:
        log = DeltaTable(str(folder))
        version = int(log.version()) + 1  # nobody else commits: we hold the lock
        log.create_write_transaction(
            actions,
            mode="append",
            schema=log.schema(),
            partition_by=[PARTITION],
            commit_properties=CommitProperties(custom_metadata=dict(metadata)),
            # Were old versions forgotten here, a kill before publishing could leave the visible one unreadable.
            post_commithook_properties=PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
        )
        sync(folder / "_delta_log" / f"{version:020}.json")
        sync(folder / "_delta_log")
    except (DeltaError, OSError) as error:
        raise LakeWriteError(f"cannot write the log of {folder.name}: {error}") from error
    return version


def shorten(folder: Path, version: int) -> None:
    """Sum up a log in a checkpoint and delete what lies before it and is older than Delta's thirty days.

    Raises:
        LakeWriteError: The log cannot be written.
    """
    try:
        log = DeltaTable(str(folder), version=version)
        log.create_checkpoint()
        for file in (folder / "_delta_log").glob(f"{version:020}.checkpoint*"):
            sync(file)
        sync(folder / "_delta_log")
        log.cleanup_metadata()
    except (DeltaError, OSError) as error:
        raise LakeWriteError(f"cannot shorten the log of {folder.name}: {error}") from error


def add_columns(folder: Path, table: str) -> None:
    """Name in the log the stored columns it does not know yet.

    Raises:
        LakeWriteError: It cannot be written.
    """
    try:
        log = DeltaTable(str(folder))
        known = {field.name for field in log.schema().fields}
        missing = [field for field in log.schema().from_arrow(delta_schema(table)).fields if field.name not in known]
        if missing:
            log.alter.add_columns(missing)
    except (DeltaError, OSError) as error:
        raise LakeWriteError(f"cannot add columns to {table}: {error}") from error


def _open(folder: Path, version: int | None) -> DeltaTable:
    try:
        return DeltaTable(str(folder), version=version)
    except (DeltaError, OSError) as error:
        raise LakeDamaged(f"cannot read the log of {folder.name}: {error}") from error


def _add(folder: Path, file: DataFile, now: int, *, data_change: bool) -> AddAction:
    column = time_column(folder.name)
    stats = {
        "numRecords": file.rows,
        "minValues": {column: _instant(file.first)},
        "maxValues": {column: _instant(file.last)},
        "nullCount": {column: 0},
    }
    return AddAction(file.path, file.size, {PARTITION: file.month}, now, data_change, json.dumps(stats))


def _instant(micros: int) -> str:
    return from_micros(micros).replace(tzinfo=None).isoformat(timespec="microseconds")
