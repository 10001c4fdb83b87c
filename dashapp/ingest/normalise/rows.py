"""Rows of any source to rows of the lake: every stored column, in its type, or a reason why not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import no_text
from dashapp.data.schema import TABLES, TEXT, Table
from dashapp.ingest.chunk import MOST_RAW, Chunk, Refused
from dashapp.ingest.columns import Columns, columns_of
from dashapp.ingest.normalise.derive import DERIVE, Row, Rules
from dashapp.ingest.normalise.extras import with_extras
from dashapp.ingest.normalise.values import plain, read, text

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(days=1)
# An empty subject is a subject; anywhere else Microsoft's exports write "" for "nothing".
_FREE_TEXT = frozenset({"Subject", "SenderDisplayName"})
# A part of a key that may be missing: a location nobody told, a nameless attachment, an account-less alert.
_MAY_LACK = {
    "EmailUrlInfo": {"UrlLocation"},
    "EmailAttachmentInfo": {"recipient", "SHA256", "FileName"},
    "EmailPostDeliveryEvents": {"recipient"},
    "UrlClickEvents": {"ActionType"},
    "AlertEvidence": {"EntityType", "entity"},
    "CampaignInfo": {"recipient"},
}


@dataclass(frozen=True)
class Normalised:
    """What became of a chunk.

    Attributes:
        table: Its table.
        rows: In the order and types of the table's schema, without ``batch_id`` and ``ingested_at``; text that repeats
            is coded.
        refused: The rows that cannot be stored, with reasons.
        kept: Which rows of the chunk are in ``rows`` (bool); None when all are.
    """

    table: str
    rows: pa.Table
    refused: list[Refused]
    kept: pa.Array | None = None


def normalise(chunk: Chunk, rules: Rules, *, now: datetime, renamed: dict[str, str] | None = None) -> Normalised:
    """Give a chunk every stored column.

    Columns without a place of their own are kept in ``AdditionalFields``, so are values that cannot be read in their
    column's type. A row without a key, or with a time before 1995 or more than a day after ``now``, is refused.

    Args:
        chunk: Rows in a source's columns.
        rules: Look-ups and our domains.
        now: The instant of the ingest, aware.
        renamed: Foreign column name to ours, from a mapping.
    """
    table = TABLES[chunk.table]
    places = columns_of(chunk.table, chunk.rows.column_names, renamed)
    row = _given(table, chunk.rows, places, rules)
    DERIVE[chunk.table](row)
    rows = pa.table({name: row[name] for name in (*table.given, *table.derived)})
    reasons = _reasons(table, rows, now)
    if reasons.null_count == len(reasons):
        return Normalised(chunk.table, rows, [])
    refused = [_refused(chunk, index, str(reasons[index])) for index in _indices(reasons.is_valid())]
    kept = reasons.is_null()
    return Normalised(chunk.table, rows.filter(kept), refused, kept)


def _given(table: Table, rows: pa.Table, places: Columns, rules: Rules) -> Row:
    columns: dict[str, pa.Array] = {}
    extras = [(name, rows.column(place)) for name, place in places.extra]
    for name, type_ in table.given.items():
        if name not in places.given:
            columns[name] = no_text(rows.num_rows) if type_ == TEXT else pa.nulls(rows.num_rows, type_)
            continue
        source = rows.column(places.given[name])
        found = read(source, type_, keep_empty=name in _FREE_TEXT)
        columns[name] = found.values
        if found.lost is not None:
            original = text(plain(source))
            extras.append((name, pc.if_else(found.lost, original, pa.scalar(None, TEXT))))
    if extras:
        columns["AdditionalFields"] = with_extras(columns["AdditionalFields"], extras)
    return Row(columns, frozenset(places.given), rules)


def _reasons(table: Table, rows: pa.Table, now: datetime) -> pa.Array:
    """Why each row is refused (string); null where it is not."""
    found = pa.nulls(rows.num_rows, TEXT)
    times = rows["Timestamp"].combine_chunks()
    latest = (now.astimezone(UTC) + MOST_AHEAD).replace(tzinfo=None)
    checks = [(times.is_null(), "the time is missing or cannot be read")]
    checks.append((pc.less(times, pa.scalar(EARLIEST.replace(tzinfo=None), times.type)), "the time is before 1995"))
    checks.append((pc.greater(times, pa.scalar(latest, times.type)), "the time is more than a day ahead"))
    for name in table.key:
        if name not in _MAY_LACK.get(table.name, set()) and name != "Timestamp":
            said = "RecipientEmailAddress" if name == "recipient" else name
            checks.append((rows[name].combine_chunks().is_null(), f"{said} is missing"))
    for failed, reason in checks:
        failed = failed.fill_null(False)
        if pc.any(failed).as_py():
            found = pc.coalesce(found, pc.if_else(failed, pa.scalar(reason), pa.scalar(None, TEXT)))
    return found


def _indices(mask: pa.Array) -> list[int]:
    return pc.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]  # pyarrow is untyped


def _refused(chunk: Chunk, index: int, reason: str) -> Refused:
    cells = {
        name: text(plain(chunk.rows.column(place).slice(index, 1)))[0].as_py()
        for place, name in enumerate(chunk.rows.column_names)
    }
    raw = orjson.dumps({name: value[:MOST_RAW] for name, value in cells.items() if value is not None}).decode()
    source, number = chunk.origin(index)
    return Refused(source, number, reason, raw)
