"""Files from before this program kept them to itself: what others could read is closed to them."""

import os
import stat
from pathlib import Path

_OTHERS = 0o077


def tighten(folder: Path) -> int:
    """Take away from everybody else what they may do in ``folder``; returns how many files and folders that changed.

    Links are not followed. What belongs to another user is left alone.
    """
    return sum(map(_close, [folder, *_below(folder)])) if folder.is_dir() else 0


def _below(folder: Path) -> list[Path]:
    return [Path(place, name) for place, folders, files in os.walk(folder) for name in [*folders, *files]]


def _close(path: Path) -> bool:
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid() or not found.st_mode & _OTHERS:
            return False
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except FileNotFoundError:  # a writer has replaced it meanwhile
        return False
    return True
