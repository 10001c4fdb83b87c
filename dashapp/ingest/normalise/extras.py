"""Columns we have no place for, kept as JSON in ``AdditionalFields``."""

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import as_text, coded
from dashapp.data.schema import TEXT
from dashapp.ingest.normalise.unique import by_unique, each_value
from dashapp.ingest.normalise.values import plain, text


def with_extras(present: pa.Array, extras: list[tuple[str, pa.Array | pa.ChunkedArray]]) -> pa.Array:
    """Merge columns into ``AdditionalFields``.

    Args:
        present: What stands there already (string); an object is extended, anything else is kept under its own name.
        extras: Name and values; null values are left out.

    Returns:
        JSON objects (string); null where there is nothing to say.
    """
    if len(extras) == 1 and present.null_count == len(present):
        return each_value(_members(extras[0][0], plain(extras[0][1])), _in_braces)
    joined = as_text(_inside(present))
    for name, values in extras:
        member = as_text(_members(name, plain(values)))
        # Not one join with null_handling="skip": pyarrow 26 then drops the rows where everything is null.
        joined = pc.coalesce(pc.binary_join_element_wise(joined, member, ","), joined, member)
    return coded(_in_braces(joined))


def _in_braces(members: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("{", members, "}", "")


def _inside(present: pa.Array) -> pa.Array:
    """What stands between the braces, so that joining text merges objects."""
    return by_unique(present, lambda texts: pa.array([_inside_one(value) for value in texts], TEXT))


def _inside_one(value: str) -> str | None:
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        found = value
    if not isinstance(found, dict):
        found = {"AdditionalFields": found}
    return orjson.dumps(found).decode()[1:-1] or None


def _members(name: str, values: pa.Array) -> pa.Array:
    """``"name":value`` per row; JSON numbers and flags stay what they are, everything else is text."""
    label = orjson.dumps(name).decode() + ":"
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), TEXT)
    if pa.types.is_integer(values.type) or pa.types.is_boolean(values.type):
        return pc.binary_join_element_wise(label, values.cast(TEXT), "")
    as_is = pa.types.is_nested(values.type)
    return by_unique(text(values), lambda found: pa.array([label + _quoted(value, as_is) for value in found], TEXT))


def _quoted(value: str, as_is: bool) -> str:
    return value if as_is else orjson.dumps(value).decode()
