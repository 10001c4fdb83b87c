"""What readers see: one small file, replaced by one rename, and the journal of batches it vouches for."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from dashapp.data import schema
from dashapp.data.lake.crash_points import reached
from dashapp.data.lake.errors import LakeDamaged, LakeTooNew
from dashapp.data.lake.layout import JOURNAL, PUBLISHED, sync, write_durably

FORMAT = 1


@dataclass(frozen=True)
class TableState:
    """Which version of a table is visible, and the version of the columns its files have."""

    version: int
    schema: int


@dataclass(frozen=True)
class Removed:
    """A file that left the visible state but may still be read by someone.

    Attributes:
        table: Its table.
        path: Relative to the table's folder.
        at: When, seconds since 1970.
    """

    table: str
    path: str
    at: float


@dataclass(frozen=True)
class Published:
    """The visible state of a lake.

    Attributes:
        id: Never used twice.
        sequence: How many states there have been.
        journal: How many bytes of the journal are true.
        ingested_at: When the last batch became visible, seconds since 1970; None before the first.
        tables: By name; a table that never had rows is missing.
        days: UTC day to the fingerprint of the files its rollup was built from.
        folded: UTC day to the columns of its rollup whose rare values were put under ``Other``.
        removed: Files to delete once nobody can be reading them.
    """

    id: str = ""
    sequence: int = 0
    journal: int = 0
    ingested_at: float | None = None
    tables: dict[str, TableState] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    folded: dict[str, list[str]] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()


def load(root: Path) -> Published:
    """Read the visible state; an empty one if nothing was ever published.

    Raises:
        LakeTooNew: A newer program wrote it.
        LakeDamaged: It cannot be read.
    """
    try:
        content = json.loads((root / PUBLISHED).read_text("utf-8"))
    except FileNotFoundError:
        return Published()
    except (OSError, ValueError) as error:
        raise LakeDamaged(f"cannot read {PUBLISHED}: {error}") from error
    return _from_json(content)


def _from_json(content: dict[str, Any]) -> Published:
    try:
        _ensure_known(content)
        del content["format"]
        tables = {name: TableState(**state) for name, state in content.pop("tables").items()}
        removed = tuple(Removed(*entry) for entry in content.pop("removed"))
        return Published(**content, tables=tables, removed=removed)
    except (KeyError, TypeError, AttributeError) as error:
        raise LakeDamaged(f"{PUBLISHED} does not look like one: {error!r}") from error


def _ensure_known(content: dict[str, Any]) -> None:
    newest = max((state["schema"] for state in content.get("tables", {}).values()), default=0)
    if content.get("format", 0) > FORMAT or newest > schema.SCHEMA_VERSION:
        raise LakeTooNew(
            f"this lake was written by a newer version (format {content.get('format')}, schema {newest}; "
            f"known are {FORMAT} and {schema.SCHEMA_VERSION}); update the program"
        )


def save(root: Path, state: Published) -> None:
    """Make ``state`` the visible one: the moment everything in it appears at once."""
    content = asdict(replace(state, removed=()))
    content["removed"] = [[entry.table, entry.path, entry.at] for entry in state.removed]
    waiting = write_durably(root / PUBLISHED, json.dumps({"format": FORMAT} | content, separators=(",", ":")))
    reached("before-rename")
    waiting.replace(root / PUBLISHED)
    sync(root)
    reached("published")


def append_journal(root: Path, length: int, entry: dict[str, Any]) -> int:
    """Write one entry after the first ``length`` bytes of the journal, which are the true ones.

    Returns:
        The new length, to be published.
    """
    line = json.dumps(entry, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
    handle = os.open(root / JOURNAL, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(handle, length)
        os.pwrite(handle, line, length)
        os.fsync(handle)
    finally:
        os.close(handle)
    reached("journal-written")
    return length + len(line)


def read_journal(root: Path, length: int) -> list[dict[str, Any]]:
    """The entries in the first ``length`` bytes of the journal, oldest first.

    Raises:
        LakeDamaged: They are not there.
    """
    if length == 0:
        return []
    try:
        with (root / JOURNAL).open("rb") as file:
            content = file.read(length)
        if len(content) != length:
            raise LakeDamaged(f"{JOURNAL} is cut off")
        return [json.loads(line) for line in content.splitlines()]
    except (OSError, ValueError) as error:
        raise LakeDamaged(f"cannot read {JOURNAL}: {error}") from error
