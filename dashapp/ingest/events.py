"""Reader of JSON events: plain rows, the streaming API's envelope, Management Activity API records; mixed freely."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice, starmap
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from dashapp.data.schema import TABLES, TEXT
from dashapp.ingest import management
from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.columns import table_of
from dashapp.ingest.flat import columns, first_row
from dashapp.ingest.jsons import Bad, Block, Numbered, blocks, records
from dashapp.ingest.readers import Context, Given, Reader, Source
from dashapp.ingest.tabular import UNKNOWN_COLUMNS

ENOUGH_ROWS = 20_000
TOGETHER = 4  # blocks made into rows at once
ALONE = 2  # times so many are read here before others are asked to help, who need half a second to start
ENVELOPE = "AdvancedHunting-"
_LISTS = ("records", "Records", "value")

Row = dict[str, Any]


def _is_json(head: bytes, _path: Path | None) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in (b"{", b"[")


def read_json(source: Source, context: Context) -> Given:
    """Read records of any of the shapes, whatever their order."""
    collected = _Collected(source.name, context.table, context.columns)
    lines = blocks(source.stream, source.head)
    if lines is None:
        yield from collected.read(records(source.stream, source.head))
        return
    tasks = ((part, source.name, context.table, context.columns) for part in _parts(lines))
    alone = tasks if context.workers is None else islice(tasks, ALONE)
    yield from chain.from_iterable(starmap(read_blocks, alone))
    if context.workers is not None:
        yield from chain.from_iterable(context.workers.map(read_blocks, tasks))


def _parts(lines: Iterator[Block]) -> Iterator[list[Block]]:
    while part := list(islice(lines, TOGETHER)):
        yield part


def read_blocks(lines: list[Block], source: str, table: str | None, names: dict[str, str]) -> list[Chunk | Refused]:
    """Rows and refusals of some lines.

    Args:
        lines: Of one source, in order.
        source: Its name.
        table: As in ``Context``.
        names: ``columns`` as in ``Context``.
    """
    collected = _Collected(source, table, names)
    chunk = collected.flat(lines)
    return list(collected.read(block.records() for block in lines)) if chunk is None else [chunk]


@dataclass
class _Table:
    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    keys: set[tuple[str, ...]] = field(default_factory=set)


class _Collected:
    """Rows by table until there are enough for a chunk."""

    def __init__(self, source: str, table: str | None, names: dict[str, str]) -> None:
        self._source = source
        self._table = table
        self._names = names
        self._tables: dict[str, _Table] = {}
        self._known: dict[tuple[str, ...], str | None] = {}
        self.rows = 0

    def read(self, some: Iterable[list[Numbered]]) -> Given:
        """Take records, and give what there is enough of; at the end everything."""
        for block in some:
            for numbered in block:
                yield from self.add(numbered)
            if self.rows >= ENOUGH_ROWS:
                yield from self.chunks()
        yield from self.chunks()

    def flat(self, lines: list[Block]) -> Chunk | None:
        """Rows of one table without anything unusual, all at once; None if it is not so."""
        text = b"".join(block.text for block in lines)
        row = first_row(text)
        if row is None or any(block.last or block.too_long for block in lines) or not self._is_plain(row):
            return None
        try:
            table = self._table_of(row)
        except management.RecordError:
            return None
        rows, first = columns(text), lines[0].before + 1
        if rows is None:
            return None
        return Chunk(table, rows, self._source, first)

    def _is_plain(self, row: Row) -> bool:
        """Whether the names of a row alone say what it is."""
        return self._table is not None or not (management.is_record(row) or "Type" in row)

    def add(self, numbered: Numbered) -> Iterator[Refused]:
        """Take one record; says what is wrong with it, if something is."""
        number, found = numbered
        for each in _inside(found):
            try:
                for table, row in self._rows_of(each):
                    self._keep(table, row, number)
            except management.RecordError as error:
                raw = each.raw if isinstance(each, Bad) else _text(each) or ""
                yield Refused(self._source, number, str(error), raw)

    def _keep(self, table: str, row: Row, number: int) -> None:
        place = self._tables.setdefault(table, _Table())
        place.rows.append(row)
        place.numbers.append(number)
        place.keys.add(tuple(row))
        self.rows += 1

    def _rows_of(self, found: object) -> list[tuple[str, Row]]:
        if isinstance(found, Bad):
            raise management.RecordError(found.reason)
        if not isinstance(found, dict):
            raise management.RecordError("not a JSON object")
        if isinstance(found.get("properties"), dict) and isinstance(found.get("category"), str):
            return [_unwrapped(found)]
        if self._table is None and management.is_record(found):
            return list(management.rows_of(found))
        return [(self._table_of(found), found)]

    def _table_of(self, row: Row) -> str:
        said = self._table or row.get("Type")
        if isinstance(said, str) and said in TABLES:
            return said
        names = tuple(row)
        if names not in self._known:
            if len(self._known) > 10_000:  # every record with columns of its own: not worth remembering
                self._known.clear()
            self._known[names] = table_of(names, self._names)
        table = self._known[names]
        if table is None:
            raise management.RecordError(UNKNOWN_COLUMNS)
        return table

    def chunks(self) -> Iterator[Chunk]:
        """Everything collected so far."""
        for table, place in self._tables.items():
            rows, numbers = pa.table(_columns(place)), pa.array(place.numbers, pa.int64())
            yield Chunk(table, rows, self._source, place.numbers[0], numbers)
        self._tables, self.rows = {}, 0


def _inside(found: object) -> list[Any]:
    """The records of what some exports wrap in one object: ``{"records": [...]}``."""
    if isinstance(found, dict) and len(found) <= 4:
        for name in _LISTS:
            if isinstance(found.get(name), list):
                return found[name]  # type: ignore[no-any-return]  # isinstance does not narrow what get returns
    return [found]


def _unwrapped(envelope: Row) -> tuple[str, Row]:
    """The row in the streaming API's envelope; the tenant stays with it."""
    table = str(envelope["category"]).removeprefix(ENVELOPE)
    if table not in TABLES:
        raise management.RecordError(f"the table {table[:60]} is not one of ours")
    row: Row = envelope["properties"]
    if not row:
        raise management.RecordError("an envelope with nothing inside")
    tenant = envelope.get("tenantId")
    return table, row if tenant is None or "TenantId" in row else row | {"TenantId": tenant}


def _columns(place: _Table) -> dict[str, pa.Array]:
    if len(place.keys) == 1:  # by far the most common; three times as quick as asking each row for each name
        (names,) = place.keys
        values = zip(*(row.values() for row in place.rows), strict=True)
        return {name: _column(column) for name, column in zip(names, values, strict=True)}
    every = dict.fromkeys(name for keys in sorted(place.keys) for name in keys)
    return {name: _column([row.get(name) for row in place.rows]) for name in every}


def _column(values: Sequence[Any]) -> pa.Array:
    """A column of what JSON gave: typed if all are of one kind, else text; nested values as JSON."""
    first = next((value for value in values if value is not None), None)
    try:
        if isinstance(first, str):  # almost always all are; not asking each what it is takes a third less
            with suppress(pa.ArrowException):
                return pa.array(values, TEXT)
        found = pa.array(values)
        if not pa.types.is_nested(found.type):
            return found
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        pass
    return pa.array([_text(value) for value in values], TEXT)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # a number of more than 64 bits, or text that is no UTF-8
        return str(value).encode("utf-8", "replace").decode()


JSON = Reader("JSON", _is_json, read_json)
