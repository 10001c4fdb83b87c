"""One column of any type to the type we store. What cannot be read becomes null and is reported, never guessed."""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import CODED, as_text, coded, spread
from dashapp.data.schema import FLAG, SMALL, TEXT, TEXTS, TIME, WHOLE
from dashapp.ingest.normalise.times import times
from dashapp.ingest.normalise.unique import by_unique

TRUE = frozenset({"true", "yes", "y", "1", "t"})
FALSE = frozenset({"false", "no", "n", "0", "f"})
_WHOLE = re.compile(r"([+-]?\d{1,19})(?:\.0+)?")


class Read(NamedTuple):
    """A column read.

    Attributes:
        values: In the wanted type.
        lost: True where something stood that could not be read; None when nothing was lost.
    """

    values: pa.Array
    lost: pa.Array | None = None


def plain(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array without dictionary, run-end or extension wrapping."""
    values = _in_one_piece(values)
    if isinstance(values.type, pa.BaseExtensionType):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_run_end_encoded(values.type):
        values = pc.run_end_decode(values)
    return values


def _in_one_piece(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
        if isinstance(values, pa.ChunkedArray):  # no chunk at all, or over 2 GB, which callers rule out
            values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    return values


def read(values: pa.ChunkedArray | pa.Array, wanted: pa.DataType, *, keep_empty: bool = False) -> Read:
    """Read a column as ``wanted``, one of the types of ``dashapp.data.schema``.

    Args:
        values: Any Arrow type.
        wanted: TEXT, WHOLE, SMALL, FLAG, TIME or TEXTS.
        keep_empty: Leave ``""`` as it is; else it is null, as Microsoft's exports mean it.

    Returns:
        Text is coded if it repeats.
    """
    if wanted == TEXT:
        return Read(_read_text(values, keep_empty=keep_empty))
    array = plain(values)
    if pa.types.is_null(array.type):
        return Read(pa.nulls(len(array), wanted))
    reader = _READERS[wanted]
    found, lost = reader(array, wanted)
    return Read(found, lost if pc.any(lost).as_py() else None)


def _read_text(values: pa.ChunkedArray | pa.Array, *, keep_empty: bool) -> pa.Array:
    if values.type != CODED:
        found = text(plain(values))
        return coded(found if keep_empty else without_empty(found))
    array = _in_one_piece(values)
    before = array.dictionary
    found = _valid_text(before)
    found = found if keep_empty else without_empty(found)
    return array if found is before else spread(found, array.indices)


def text(array: pa.Array) -> pa.Array:
    """Any column as valid UTF-8 text; nested values as JSON."""
    kind = array.type
    if pa.types.is_string(kind):
        return _valid_text(array)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _valid_text(array.cast(TEXT))
    if _is_bytes(kind):
        return _text_of_bytes(array)
    if pa.types.is_floating(kind):
        return as_text(by_unique(array, lambda found: pa.array([_text_of_number(value) for value in found], TEXT)))
    if pa.types.is_nested(kind):
        return pa.array([None if value is None else _json(value) for value in array.to_pylist()], TEXT)
    return array.cast(TEXT)


def without_empty(array: pa.Array) -> pa.Array:
    """The same text with null for ``""``."""
    empty = pc.equal(pc.binary_length(array), 0)
    return pc.if_else(empty, pa.scalar(None, TEXT), array) if pc.any(empty).as_py() else array


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _valid_text(array: pa.Array) -> pa.Array:
    """Parquet does not promise UTF-8 in text columns, and engines refuse a file where it is not."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return _text_of_bytes(array.cast(pa.binary()))
    return array


def _text_of_bytes(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.binary()).cast(TEXT)
    except pa.ArrowInvalid:
        found = array.cast(pa.binary()).to_pylist()
        return pa.array([None if value is None else value.decode("utf-8", "replace") for value in found], TEXT)


def _text_of_number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)


def _json(value: object) -> str:
    return orjson.dumps(value, default=_unusual, option=orjson.OPT_NON_STR_KEYS).decode()


def _unusual(value: object) -> str:
    """What JSON has no form for: bytes and decimals."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _wholes(array: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, pa.Array]:
    if pa.types.is_integer(array.type) or pa.types.is_boolean(array.type):
        try:
            return array.cast(wanted), _nothing_lost(array)
        except pa.ArrowInvalid:
            return _parsed(array, wanted, _whole)
    if pa.types.is_floating(array.type):
        return _wholes_of_floats(array, wanted)
    try:
        found = without_empty(pc.utf8_trim_whitespace(text(array)))
        return found.cast(wanted), _nothing_lost(array)
    except pa.ArrowInvalid:
        return _parsed(array, wanted, _whole)


def _wholes_of_floats(array: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, pa.Array]:
    numbers = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
    most = 2**31 if wanted == SMALL else 2**63
    with np.errstate(invalid="ignore"):
        good = np.isfinite(numbers) & (np.floor(numbers) == numbers) & (numbers >= -most) & (numbers < most)
    found = pa.array(np.where(good, numbers, 0).astype(np.int64), mask=~good)
    present = np.asarray(array.is_valid()) & ~np.isnan(numbers)  # NaN is how pandas writes "missing"
    return found.cast(wanted), pa.array(present & ~good)


def _whole(value: str) -> int | None:
    match = _WHOLE.fullmatch(value.strip())
    return int(match[1]) if match else None


def _flag(value: str) -> bool | None:
    word = value.strip().lower()
    return True if word in TRUE else False if word in FALSE else None


def _flags(array: pa.Array, _wanted: pa.DataType) -> tuple[pa.Array, pa.Array]:
    if pa.types.is_boolean(array.type):
        return array, _nothing_lost(array)
    return _parsed(array, FLAG, _flag)


def _lists(array: pa.Array, _wanted: pa.DataType) -> tuple[pa.Array, pa.Array]:
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type) or pa.types.is_fixed_size_list(array.type):
        found = array.to_pylist()
        lists = [None if value is None else [_item(item) for item in value if item is not None] for value in found]
        return pa.array(lists, TEXTS), _nothing_lost(array)
    return _parsed(array, TEXTS, list_of_text)


def list_of_text(value: str) -> list[str] | None:
    """Read ``["a","b"]`` or ``a, b; c``; null for nothing."""
    if value.lstrip().startswith("["):
        try:
            found = orjson.loads(value)
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, list):
            return [_item(item) for item in found if item is not None] or None
    return [part.strip() for part in re.split(r"[,;]", value) if part.strip()] or None


def _item(value: object) -> str:
    return value if isinstance(value, str) else _json(value)


def _parsed(array: pa.Array, wanted: pa.DataType, parse: Callable[[str], object]) -> tuple[pa.Array, pa.Array]:
    """Parse each different text once; what the type cannot hold is lost like what cannot be parsed."""

    def parsed(uniques: list[str]) -> pa.Array:
        return pa.array([_fitting(parse(value), wanted) for value in uniques], wanted)

    texts = without_empty(text(array))
    found = by_unique(texts, parsed)
    return found, pc.and_(texts.is_valid(), found.is_null())


def _fitting(value: object, wanted: pa.DataType) -> object:
    if not isinstance(value, int) or wanted == FLAG:
        return value
    most = 2**31 if wanted == SMALL else 2**63
    return value if -most <= value < most else None


def _nothing_lost(array: pa.Array) -> pa.Array:
    return pa.repeat(False, len(array))


def _times(array: pa.Array, _wanted: pa.DataType) -> tuple[pa.Array, pa.Array]:
    return times(array if pa.types.is_temporal(array.type) or pa.types.is_integer(array.type) else text(array))


_READERS: dict[pa.DataType, Callable[[pa.Array, pa.DataType], tuple[pa.Array, pa.Array]]] = {
    WHOLE: _wholes,
    SMALL: _wholes,
    FLAG: _flags,
    TIME: _times,
    TEXTS: _lists,
}
