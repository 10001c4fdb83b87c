"""Work done once per different value instead of once per row: verdicts and networks have few different ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import CODED, as_text, coded, spread


def by_unique(values: pa.Array, compute: Callable[[list[Any]], pa.Array]) -> pa.Array:
    """Apply ``compute`` to the different values, without null; null stays null. Text comes back coded."""
    encoded = values.dictionary_encode()
    return spread(compute(encoded.dictionary.to_pylist()), encoded.indices)


def each_value(values: pa.Array, kernel: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a function of text columns, value by value where the column is coded."""
    return spread(kernel(values.dictionary), values.indices) if values.type == CODED else kernel(values)


def coalesced(*columns: pa.Array) -> pa.Array:
    """The first value of each row that is not null; text comes back coded if it repeats."""
    return coded(pc.coalesce(*map(as_text, columns)))


def by_unique_pair(first: pa.Array, second: pa.Array, compute: Callable[[list[tuple[Any, Any]]], pa.Array]) -> pa.Array:
    """Apply ``compute`` to the different pairs; either half may be None. Text comes back coded."""
    return Pairs(first, second).each(compute)


class Pairs:
    """The different pairs of values in two columns; either half may be None."""

    def __init__(self, first: pa.Array, second: pa.Array) -> None:
        left, lefts = _numbered(first)
        right, rights = _numbered(second)
        codes = pa.array(left * len(rights) + right).dictionary_encode()
        self._codes = codes.indices
        self._pairs = [
            (lefts[code // len(rights)], rights[code % len(rights)]) for code in codes.dictionary.to_pylist()
        ]

    def each(self, compute: Callable[[list[tuple[Any, Any]]], pa.Array]) -> pa.Array:
        """Apply ``compute`` to them. Text comes back coded."""
        return spread(compute(self._pairs), self._codes)


def _numbered(values: pa.Array) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """The number of each value, and the value of each number; the last one is None."""
    encoded = values.dictionary_encode()
    missing = len(encoded.dictionary)
    return encoded.indices.fill_null(missing).to_numpy().astype(np.int64), [*encoded.dictionary.to_pylist(), None]
