"""Temporary folders that do not pile up: each is named after its process, and those of dead ones are removed."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "threatboard-{kind}-{process}-"


def scratch_folder(kind: str) -> Path:
    """A new folder for this process; what killed processes of this user left behind of the same kind is removed.

    Args:
        kind: What it is for, a word.

    Raises:
        OSError: The folder cannot be made.
    """
    for left in Path(tempfile.gettempdir()).glob(f"threatboard-{kind}-*-*"):
        process = left.name.split("-")[2]
        if process.isdecimal() and not _is_alive(int(process)) and _is_own_folder(left):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=_PREFIX.format(kind=kind, process=os.getpid())))


def _is_alive(process: int) -> bool:
    """Whether there is such a process, be it another that has got the number since."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_own_folder(path: Path) -> bool:
    with suppress(OSError):
        return path.lstat().st_uid == os.geteuid() and path.is_dir() and not path.is_symlink()
    return False
