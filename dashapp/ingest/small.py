"""Folders of many small files of mail: read some together, by several processes."""

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import cast

from dashapp.ingest import recognise
from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.mail import MESSAGE, looks_like_mail, read_many
from dashapp.ingest.readers import HEAD, Context, Given, Source

MOST_BYTES = 1 << 20
TOGETHER = 64
ALONE = 128  # files read here before others are asked to help, who need half a second to start


def is_small_mail(path: Path) -> bool:
    """Whether a file is small and begins like mail."""
    try:
        with path.open("rb") as file:
            return looks_like_mail(file.read(4096)) and path.stat().st_size <= MOST_BYTES
    except OSError:
        return False


def read_small(paths: Iterator[Path], context: Context) -> Given:
    """Read files for which ``is_small_mail`` holds, in order."""
    tasks = ((some, context.now, context.table, context.columns, context.work_dir) for some in _some(paths))
    read = 0
    for task in tasks:
        yield from read_files(*task)
        read += len(task[0])
        if context.workers is not None and read >= ALONE:
            break
    else:
        return
    for given in context.workers.map(read_files, tasks):
        yield from given


def _some(paths: Iterator[Path]) -> Iterator[list[Path]]:
    some: list[Path] = []
    for path in paths:
        some.append(path)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


def read_files(
    paths: list[Path], now: datetime, table: str | None, columns: dict[str, str], work_dir: Path
) -> list[Chunk | Refused]:
    """What is in some small files, whatever it is.

    Args:
        paths: Of the files, in order.
        now: As in ``Context``, as are the others.
        table: Of every row.
        columns: Foreign name to ours.
        work_dir: For temporary files.
    """
    context = Context(now, lambda source: recognise.read(source, context), table, columns, work_dir)
    try:
        found = [_opened(path) for path in paths]
        kinds = groupby(found, lambda each: None if isinstance(each, Refused) else recognise.reader_of(each) is MESSAGE)
        return [given for is_mail, some in kinds for given in _read(is_mail, some, context)]
    finally:
        context.foreign.close()


def _read(is_mail: bool | None, some: Iterator[Source | Refused], context: Context) -> Given:
    if is_mail is None:
        yield from cast(Iterator[Refused], some)
    elif is_mail:
        yield from read_many(cast(Iterator[Source], some), context)
    else:
        for source in cast(Iterator[Source], some):
            yield from recognise.read(source, context)


def _opened(path: Path) -> Source | Refused:
    try:
        data = path.read_bytes()
    except OSError as error:
        return Refused(str(path), None, f"cannot be read: {error.strerror or error}")
    return Source(str(path), data[:HEAD], io.BufferedReader(io.BytesIO(data)), path)
