"""Reader of JSON events: plain rows, the streaming API's envelope, Management Activity API records; mixed freely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from dashapp.data.schema import TABLES, TEXT
from dashapp.ingest import management
from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.columns import table_of
from dashapp.ingest.jsons import Bad, Numbered, records
from dashapp.ingest.readers import Context, Given, Reader, Source
from dashapp.ingest.tabular import UNKNOWN_COLUMNS

ENOUGH_ROWS = 20_000
ENVELOPE = "AdvancedHunting-"
_LISTS = ("records", "Records", "value")

Row = dict[str, Any]


def _is_json(head: bytes, _path: Path | None) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in (b"{", b"[")


def read_json(source: Source, context: Context) -> Given:
    """Read records of any of the shapes, whatever their order."""
    collected = _Collected(source.name, context)
    for block in records(source.stream, source.head):
        for numbered in block:
            yield from collected.add(numbered)
        if collected.rows >= ENOUGH_ROWS:
            yield from collected.chunks()
    yield from collected.chunks()


@dataclass
class _Table:
    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    keys: set[tuple[str, ...]] = field(default_factory=set)


class _Collected:
    """Rows by table until there are enough for a chunk."""

    def __init__(self, source: str, context: Context) -> None:
        self._source = source
        self._context = context
        self._tables: dict[str, _Table] = {}
        self._known: dict[tuple[str, ...], str | None] = {}
        self.rows = 0

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
        if self._context.table is None and management.is_record(found):
            return list(management.rows_of(found))
        return [(self._table_of(found), found)]

    def _table_of(self, row: Row) -> str:
        said = self._context.table or row.get("Type")
        if isinstance(said, str) and said in TABLES:
            return said
        names = tuple(row)
        if names not in self._known:
            if len(self._known) > 10_000:  # every record with columns of its own: not worth remembering
                self._known.clear()
            self._known[names] = table_of(names, self._context.columns)
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
    try:
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
