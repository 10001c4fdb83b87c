"""JSON taken apart record by record: one per line, one array, or one document; bounded memory for the first two."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import orjson

BLOCK = 2 << 20
MOST_RECORD = 32 << 20
MOST_DOCUMENT = 256 << 20
CUT_SHORT = "the file ends inside a record"
_TRIES = 40
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


@dataclass(frozen=True)
class Bad:
    """What is no record: why, and how it begins."""

    reason: str
    raw: str = ""


Numbered = tuple[int, object]
"""Number of a record in its source, from 1, and what it is; ``Bad`` where it cannot be read."""


def records(stream: BinaryIO, head: bytes) -> Iterator[list[Numbered]]:
    """Every record of a JSON source that has no record on each line, some at a time.

    Args:
        stream: From the first byte.
        head: What it begins with.
    """
    if head.startswith(_MARK):
        stream.read(len(_MARK))
    if head.removeprefix(_MARK).lstrip(_BLANK).startswith(b"["):
        yield from _array(stream)
    else:
        yield _document(stream)


def parsed(text: bytes) -> object:
    """One JSON value; ``Bad`` if it is none. Broken UTF-8 and lone surrogates become U+FFFD."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = error.msg
    try:  # slower, but takes NaN and mends text
        return json.loads(_LONE.sub(r"\\ufffd", text.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return Bad(f"not valid JSON: {reason}", text[:4_000].decode("utf-8", "replace"))


def _by_line(start: bytes) -> bool:
    """Whether records stand on lines of their own, judged by the first lines."""
    lines = [line for line in start.split(b"\n") if line.strip(_BLANK)]
    if len(lines) < 2:
        return True
    return any(isinstance(parsed(line), dict) for line in lines[:3])


@dataclass(frozen=True)
class Block:
    """Some whole lines of a source.

    Attributes:
        before: How many lines come before.
        text: The lines; the last may lack its end.
        last: It is the end of the source, after the last line end.
        too_long: It is the beginning of a line that is longer than any record.
    """

    before: int
    text: bytes
    last: bool = False
    too_long: bool = False

    def records(self) -> list[Numbered]:
        """Every record of it."""
        if self.too_long:
            reason = "a line of more than 32 MB"
            return [(self.before + 1, Bad(reason, self.text[:4_000].decode("utf-8", "replace")))]
        if self.last:
            last = parsed(self.text)
            return [(self.before + 1, Bad(CUT_SHORT, last.raw) if isinstance(last, Bad) else last)]
        lines = enumerate(self.text.split(b"\n"), self.before + 1)
        return [(number, parsed(line)) for number, line in lines if line.strip(_BLANK)]


def blocks(stream: BinaryIO, head: bytes) -> Iterator[Block] | None:
    """A source with a record on each line, some lines at a time; None if it is something else, and nothing is read.

    Args:
        stream: From the first byte.
        head: What it begins with.
    """
    start = head.removeprefix(_MARK).lstrip(_BLANK)
    if start.startswith(b"[") or not _by_line(start):
        return None
    if head.startswith(_MARK):
        stream.read(len(_MARK))
    return _blocks(stream)


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    rest, before, skipping = b"", 0, False
    while data := stream.read(BLOCK):
        if skipping and b"\n" in data:
            data, skipping = data[data.index(b"\n") :], False
        end = data.rfind(b"\n") + 1
        if end:
            yield Block(before, rest + data[:end])
            before += data.count(b"\n")
        rest = data[end:] if end else rest + data
        if len(rest) > MOST_RECORD and not skipping:
            yield Block(before, rest, too_long=True)
            skipping = True
        rest = b"" if skipping else rest
    if rest.strip(_BLANK + b"\0"):
        yield Block(before, rest, last=True)


def _document(stream: BinaryIO) -> list[Numbered]:
    text = stream.read(MOST_DOCUMENT + 1)
    if len(text) > MOST_DOCUMENT:
        return [(1, Bad("one JSON document of more than 256 MB; use one record per line"))]
    return [(1, parsed(text))]


def _array(stream: BinaryIO) -> Iterator[list[Numbered]]:
    buffer = stream.read(BLOCK).lstrip(_BLANK)[1:]
    number, more = 0, True
    while True:
        items, rest = _complete(buffer)
        yield [(number + place, item) for place, item in enumerate(items, 1)]
        number += len(items)
        if len(rest) > MOST_RECORD:
            yield [(number + 1, Bad("a record of more than 32 MB", rest[:4_000].decode("utf-8", "replace")))]
            return
        block = stream.read(BLOCK) if more else b""
        if not block:
            yield [(number + place, item) for place, item in enumerate(_rest_of(rest), 1)]
            return
        buffer = rest + block


def _complete(buffer: bytes) -> tuple[list[object], bytes]:
    """The items that are complete in ``buffer``, and what is left of it.

    Cutting behind the last ``},`` that makes the text before it an array is right, and one call of the parser; only
    where that does not work soon (a broken item, a long inner list) the items are taken apart one by one.
    """
    place = len(buffer)
    for _ in range(_TRIES):
        place = buffer.rfind(b"}", 0, place)
        if place < 0:
            return [], buffer
        behind = buffer[place + 1 : place + 4_096].lstrip(_BLANK)
        if not behind.startswith(b","):
            continue
        try:
            items = orjson.loads(b"[" + buffer[: place + 1] + b"]")
        except orjson.JSONDecodeError:
            continue
        return items, buffer[buffer.index(b",", place + 1) + 1 :]
    return _one_by_one(buffer)


def _one_by_one(buffer: bytes) -> tuple[list[object], bytes]:
    items: list[object] = []
    start = depth = 0
    for token in _TOKEN.finditer(buffer):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                break
        elif mark == b"," and depth == 0:
            items.append(parsed(buffer[start : token.start()]))
            start = token.end()
    return items, buffer[start:]


def _rest_of(rest: bytes) -> list[object]:
    """The last items of an array, with its closing bracket if the file is whole."""
    text = rest.rstrip(_BLANK + b"\0")
    if not text:
        return [Bad("the file ends inside an array")]
    if text.endswith(b"]"):
        whole = parsed(b"[" + text)
        if isinstance(whole, list):
            return whole
    items, tail = _one_by_one(text)
    tail = tail.strip(_BLANK)
    if tail not in (b"", b"]"):
        last = parsed(tail.removesuffix(b"]"))
        items.append(Bad(CUT_SHORT, last.raw) if isinstance(last, Bad) else last)
    return items
