"""Files of mail: a single message, an mbox, and messages of a Maildir with what their folder tells."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from dashapp.data.schema import TABLES
from dashapp.ingest.chunk import Chunk, Collected, Refused
from dashapp.ingest.mail.message import MOST_BYTES, NotMail, Place, Row, Rows, looks_like_mail, read_message
from dashapp.ingest.readers import Context, Given, Reader, Source

CHUNK_ROWS = 2_000

# An mbox separates messages by a line "From sender date"; a body may hold such a line too, hence the header after it.
_SEPARATOR = re.compile(rb"From (\S*)[ \t]+.*\d{2}:\d{2}.*\r?\n")
_HEADER = re.compile(rb"(?:>?From |[!-9;-~]{1,76}:)")
_OWNER = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_JUNK = re.compile(r"(?i)\.?(?:junk|spam|junk e-?mail|bulk mail)")


def _is_mbox(head: bytes, _path: Path | None) -> bool:
    first = head.split(b"\n", 1)[0]
    return head.startswith(b"From ") and looks_like_mail(head[len(first) + 1 :])


def _is_message(head: bytes, _path: Path | None) -> bool:
    return looks_like_mail(head)


def read_single(source: Source, context: Context) -> Given:
    """Read a file that is one message."""
    yield from read_many(iter([source]), context)


def read_many(sources: Iterator[Source], context: Context) -> Given:
    """Read files that are one message each."""
    collected = _Collected()
    for source in sources:
        data = source.stream.read(MOST_BYTES + 1)
        yield from collected.add(data, source.name, 1, _place(source), context)
    yield from collected.empty()


def read_mbox(source: Source, context: Context) -> Given:
    """Read an mbox, message by message; a message that cannot be read does not stop the rest."""
    collected = _Collected()
    place = _place(source)
    for number, (sender, data) in enumerate(_split(source.stream), 1):
        found = Place(place.owner, place.action, place.location, sender if "@" in sender else "")
        yield from collected.add(data, source.name, number, found, context)
    yield from collected.empty()


def _split(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Sender of the separator line, and the message after it. Holds one message at a time."""
    sender, lines, size, blank = "", list[bytes](), 0, True
    pending: tuple[str, bytes] | None = None
    for line in stream:
        if pending is not None:
            if _HEADER.match(line):
                if lines:
                    yield sender, b"".join(lines)
                sender, lines, size = pending[0], [], 0
            else:  # the line before was text
                lines.append(pending[1])
            pending = None
        if blank and (separator := _SEPARATOR.fullmatch(line)):
            pending = (separator[1].decode("utf-8", "replace"), line)
            continue
        blank = not line.strip()
        size += len(line)
        if size <= MOST_BYTES + 1:  # a larger message is refused; what is kept is enough to say so
            lines.append(line)
    if pending is not None:
        lines.append(pending[1])
    if lines:
        yield sender, b"".join(lines)


def _place(source: Source) -> Place:
    """What the path tells: the owner is the nearest folder, or an mbox file, named by an address."""
    if source.path is None:
        return Place()
    folder = source.path.parent
    named = ([source.path.stem] if source.path.suffix == ".mbox" else []) + list(reversed(folder.parts))
    owner = next((name for name in named if _OWNER.fullmatch(name)), "")
    if folder.name not in ("cur", "new"):
        return Place(owner)
    junk = _JUNK.fullmatch(folder.parent.name) is not None
    return Place(owner, "Junked" if junk else "Delivered", "Junk folder" if junk else "Inbox/folder")


_Origin = tuple[str, int]


class _Collected:
    """Rows of many messages, given out as chunks; messages with and without a verdict have other columns."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, bool], list[tuple[_Origin, Row]]] = {}
        self._judged: dict[str, bool] = {}

    def add(self, data: bytes, source: str, number: int, place: Place, context: Context) -> Given:
        """Read one message; gives what there is enough of, or why the message was refused."""
        try:
            rows = read_message(data, place, context.now)
        except NotMail as error:
            yield Refused(source, number, str(error), data[:2000].decode("utf-8", "replace"))
            return
        name = rows.events[0]["NetworkMessageId"]
        if self._judged.setdefault(name, rows.judged) != rows.judged:  # the first of two equal messages must stand
            yield from self.empty()
        self._keep(rows, (source, number))
        if sum(map(len, self._rows.values())) >= CHUNK_ROWS:
            yield from self.empty()

    def _keep(self, rows: Rows, origin: _Origin) -> None:
        kinds = (("EmailEvents", rows.judged, rows.events), ("EmailUrlInfo", False, rows.urls))
        for table, judged, found in (*kinds, ("EmailAttachmentInfo", False, rows.attachments)):
            if found:
                self._rows.setdefault((table, judged), []).extend((origin, row) for row in found)

    def empty(self) -> Iterator[Chunk]:
        """Everything collected, as chunks."""
        for (table, _), rows in self._rows.items():
            types = TABLES[table].given
            columns = {name: pa.array([row.get(name) for _, row in rows], types[name]) for name in rows[0][1]}
            sources = tuple(source for (source, _), _ in rows)
            numbers = pa.array([number for (_, number), _ in rows], pa.int64())
            yield Collected(table, pa.table(columns), sources[0], numbers=numbers, sources=sources)
        self._rows.clear()
        self._judged.clear()


MBOX = Reader("mbox", _is_mbox, read_mbox)
MESSAGE = Reader("message", _is_message, read_single)
