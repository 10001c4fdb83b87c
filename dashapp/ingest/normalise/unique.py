"""Work done once per different value instead of once per row: verdicts and networks have few different ones."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def by_unique(values: pa.Array, compute: Callable[[list[Any]], pa.Array]) -> pa.Array:
    """Apply ``compute`` to the different values, in order of appearance and without null; null stays null."""
    encoded = values.dictionary_encode()
    return compute(encoded.dictionary.to_pylist()).take(encoded.indices)


def by_unique_pair(first: pa.Array, second: pa.Array, compute: Callable[[list[tuple[Any, Any]]], pa.Array]) -> pa.Array:
    """Apply ``compute`` to the different pairs; either half may be None."""
    left = first.dictionary_encode(null_encoding="encode")
    right = second.dictionary_encode(null_encoding="encode")
    width = max(len(right.dictionary), 1)
    codes = pc.add(pc.multiply(left.indices.cast(pa.int64()), width), right.indices.cast(pa.int64()))
    encoded = codes.dictionary_encode()
    lefts, rights = left.dictionary.to_pylist(), right.dictionary.to_pylist()
    pairs = [(lefts[code // width], rights[code % width]) for code in encoded.dictionary.to_pylist()]
    return compute(pairs).take(encoded.indices)
