"""Lines of JSON objects that all have the same plain fields, as columns at once: half the work of one by one.

Whatever is the least unusual is left to the careful way, so both give the same rows.
"""

import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.json as pj

from dashapp.data.schema import TEXT

_PROBED = 16
_TYPES = {str: TEXT, bool: pa.bool_(), int: pa.int64(), float: pa.float64()}


def first_row(text: bytes) -> dict[str, Any] | None:
    """The object on the first line; None if there is none."""
    try:
        found = orjson.loads(text[: text.find(b"\n") + 1])
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and found else None


def columns(text: bytes) -> pa.Table | None:
    """One row for each line of ``text``, the fields of its first line as columns.

    Args:
        text: Whole lines, each with its end.

    Returns:
        Columns of string, bool, int64 or float64; None unless every line is an object of exactly these fields, each of
        one plain type or null.
    """
    lines = text.count(b"\n")
    if not text.startswith(b"{") or text.count(b"\n{") != lines - 1 or not text.endswith(b"\n"):
        return None
    schema = _schema(text)
    # A quotation mark inside text is escaped, so what is counted are the ends of field names.
    if schema is None or text.count(b'":') - text.count(b'\\":') != lines * len(schema):
        return None
    try:
        found = pj.read_json(
            io.BytesIO(text),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
            parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowException:
        return None
    return found if found.num_rows == lines else None


def _schema(text: bytes) -> pa.Schema | None:
    """Types by the first lines; a field that is null in all of them can only be text."""
    try:
        rows = [orjson.loads(line) for line in text[: 1 << 20].split(b"\n", _PROBED)[:-1]]
    except orjson.JSONDecodeError:
        return None
    if not rows or not all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows):
        return None
    kinds = {name: {type(row[name]) for row in rows} - {type(None)} for name in rows[0]}
    if not kinds or any(len(each) > 1 or not each <= _TYPES.keys() for each in kinds.values()):
        return None
    return pa.schema([(name, _TYPES[next(iter(each), str)]) for name, each in kinds.items()])
