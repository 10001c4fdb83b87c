"""The files to read under the paths someone named."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dashapp.ingest.chunk import Refused
from dashapp.ingest.enrichment import NETWORKS

_NOT_EVENTS = frozenset({"manifest.json", NETWORKS})  # what the demonstration puts beside its events


def files_under(paths: Iterable[Path]) -> Iterator[Path | Refused]:
    """Every regular file, folders in sorted order; a reason for each thing that is named or found but not read.

    Links are followed only where they stay inside the folder that was named. Files the demonstration describes itself
    with, and hidden ones, are left out silently, unless they are named themselves.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.is_file():
            yield path
        elif path.exists():
            yield Refused(str(path), None, "neither a file nor a folder")
        else:
            yield Refused(str(path), None, "there is no such file")


def _in_folder(folder: Path) -> Iterator[Path | Refused]:
    root = folder.resolve()
    for place, folders, names in os.walk(folder, onerror=None):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place) / name
            if name.startswith(".") or name in _NOT_EVENTS:
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                yield Refused(str(path), None, "a link that leads outside the folder")
            elif path.is_file():
                yield path
            else:
                yield Refused(str(path), None, "not a regular file")


def networks_beside(paths: Iterable[Path]) -> Path | None:
    """The side table of networks in one of the folders named, or beside it."""
    for path in paths:
        folder = path if path.is_dir() else path.parent
        for candidate in (folder / NETWORKS, folder.parent / NETWORKS):
            if candidate.is_file():
                return candidate
    return None
