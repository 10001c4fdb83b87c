"""Named moments of a write at which a test may end the process. In the product nothing listens."""

from collections.abc import Callable

NAMES = (
    "marked",
    "file-written",
    "files-written",
    "rollup-written",
    "table-created",
    "table-committed",
    "tables-committed",
    "journal-written",
    "before-rename",
    "published",
    "expired-removed",
    "unmarked",
    "sweep-restored",
    "sweep-deleted",
)

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    """Call ``listener`` with the name of each moment from now on, in this process."""
    _listeners.append(listener)


def reached(name: str) -> None:
    """Tell that a named moment has come."""
    for listener in _listeners:
        listener(name)
