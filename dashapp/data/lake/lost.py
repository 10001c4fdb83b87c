"""Files that the lake counts on and that are missing or broken: what was in them, and whose it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.layout import from_micros


@dataclass(frozen=True)
class LostFile:
    """A data file that cannot be used any more.

    Attributes:
        table: Its table.
        path: Relative to the table's folder.
        fault: What is wrong with it, such as ``missing``.
        rows: How many it had, by the log.
        time_range: Of its earliest and latest row, aware UTC.
        batches: Ids of the batches that brought its rows; after a compaction those that may have. Empty for the
            hourly counts, which are built from the messages.
    """

    table: str
    path: str
    fault: str
    rows: int
    time_range: tuple[datetime, datetime]
    batches: tuple[str, ...]


def fault(path: Path, file: DataFile) -> str:
    """What is wrong with a file by its size and its footer; empty if it is what the log says."""
    try:
        if path.stat().st_size != file.size:
            return f"has {path.stat().st_size} bytes, not {file.size}"
        rows = pq.read_metadata(path).num_rows
    except FileNotFoundError:
        return "missing"
    except (OSError, pa.ArrowException) as error:
        return f"cannot be read ({str(error).splitlines()[0]})"
    return "" if rows == file.rows else f"has {rows} rows, not {file.rows}"


def has_size(path: Path, file: DataFile) -> bool:
    """Whether a file is there in its full length: the quick look, without opening it."""
    try:
        return path.stat().st_size == file.size
    except OSError:
        return False


def lost_files(root: Path, table: str, files: Iterable[DataFile], journal: Sequence[dict[str, Any]]) -> list[LostFile]:
    """Those of a table's files that are missing or broken, earliest first."""
    return [
        LostFile(
            table,
            file.path,
            found,
            file.rows,
            (from_micros(file.first), from_micros(file.last)),
            _batches(table, file, journal),
        )
        for file in files
        if (found := fault(root / table / file.path, file))
    ]


def _batches(table: str, file: DataFile, journal: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """A file is named after the batch that wrote it; one that was written anew since, perhaps after that batch too."""
    undone = {entry["batch"] for entry in journal if entry["kind"] == "undo"}
    ranges = {
        entry["id"]: entry["ranges"][table]
        for entry in journal
        if entry["kind"] == "batch" and entry["id"] not in undone and table in entry["ranges"]
    }
    own = tuple(batch for batch in ranges if batch in file.path)
    near = tuple(batch for batch, (first, last) in ranges.items() if first <= file.last and last >= file.first)
    return own or near
