"""Text that repeats, held as numbers of a dictionary: a fraction of the memory, and of the time to sort and write it.

Such a column is "coded". Its dictionary holds no null and no value twice, which Parquet's writer relies on; a null is
a null number. Any text column may be coded or not, and a table may be given either way to the lake.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CODED = pa.dictionary(pa.int32(), pa.string())

SAMPLE = 8_192  # rows that tell whether the values of a column repeat
MOST_DIFFERENT = 0.75  # of the sample
LONGEST = 512  # bytes of a value: however often it repeats, the column still fits into memory as text


def coded(values: pa.Array) -> pa.Array:
    """The same text, coded if it repeats, judged by its beginning. Anything but text is returned as it is."""
    if values.type != pa.string():
        return values
    if not repeats(values):
        return values
    found = values.dictionary_encode()
    longest = pc.max(pc.binary_length(found.dictionary)).as_py()
    return values if longest is not None and longest > LONGEST else found


def repeats(values: pa.Array | pa.ChunkedArray) -> bool:
    """Whether few of the values at the beginning differ."""
    beginning = values.slice(0, SAMPLE)
    return bool(pc.count_distinct(beginning).as_py() <= MOST_DIFFERENT * len(beginning))


def spread(values: pa.Array, codes: pa.Array) -> pa.Array:
    """The value of each code: coded where ``values`` is text, which may repeat and be null; else as it is."""
    if values.type != pa.string():
        return values.take(codes)
    unique = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(unique.indices.take(codes), unique.dictionary, safe=False)


def constant(value: str, count: int) -> pa.Array:
    """A coded column with one value in every row."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([value]))


def compacted(values: pa.Array) -> pa.Array:
    """A coded column without the values of its dictionary that no row has."""
    used = np.zeros(len(values.dictionary), bool)
    used[values.indices.drop_null().to_numpy()] = True
    if used.all():
        return values
    numbers = pa.array((np.cumsum(used) - 1).astype(np.int32))
    return pa.DictionaryArray.from_arrays(numbers.take(values.indices), values.dictionary.filter(pa.array(used)))


def no_text(count: int) -> pa.Array:
    """A coded column of nulls."""
    return pa.nulls(count, CODED)


def as_text(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """A coded column as text; any other as it is."""
    return values.cast(pa.string()) if values.type == CODED else values


def all_text(rows: pa.Table) -> pa.Table:
    """The rows with no column coded."""
    return pa.table([as_text(column) for column in rows.columns], names=rows.column_names)


def stacked(tables: Sequence[pa.Table], *, promote_options: str = "default") -> pa.Table:
    """Tables one below the other; what is coded in some of them only becomes text in all.

    Raises:
        pa.ArrowException: As ``pa.concat_tables``.
    """
    kinds: dict[str, set[pa.DataType]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, set()).add(field.type)
    mixed = {name for name, types in kinds.items() if types == {CODED, pa.string()}}
    if mixed:
        tables = [_as_text_in(table, mixed) for table in tables]
    return pa.concat_tables(tables, promote_options=promote_options)


def _as_text_in(table: pa.Table, names: set[str]) -> pa.Table:
    columns = [as_text(table[name]) if name in names else table[name] for name in table.column_names]
    return pa.table(columns, names=table.column_names)
