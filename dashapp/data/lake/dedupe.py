"""Which rows of a unit are new: the first row of a key stands, wherever it came from.

A row is looked for inside the unit, among what the batch holds in memory, and in the lake's files whose time range
comes within ``NEAR`` of the unit's. So the same message exported again with a slightly other time is found, the same
key years apart is not: that keeps appending in time order as quick in a full lake as in an empty one. The tables in
``TIMELESS`` are small and their rows are exported again and again with a later time, so they are searched as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dashapp.data.coded import all_text
from dashapp.data.lake.delta import DataFile
from dashapp.data.lake.layout import from_micros
from dashapp.data.lake.scan import parquet
from dashapp.data.schema import TABLES

NEAR = timedelta(days=1)
TIMELESS = frozenset({"AlertInfo", "AlertEvidence", "UserSubmissions", "CampaignInfo"})

_NEAR_MICROS = NEAR // timedelta(microseconds=1)


@dataclass(frozen=True)
class Searched:
    """Where an equal key may already be.

    Attributes:
        folder: Of the table; its name is the table's.
        files: Of the lake and of the batch, any order.
        held: Rows of the batch that are in memory; key columns at least.
    """

    folder: Path
    files: Sequence[DataFile]
    held: Sequence[pa.Table]


def new_rows(
    database: duckdb.DuckDBPyConnection, rows: pa.Table, searched: Searched, span: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Positions of the rows whose key was not there before, ascending. Missing parts of a key count as equal.

    Args:
        database: To join with.
        rows: The unit, with a ``Timestamp`` in every row.
        searched: What is there already.
        span: Earliest and latest time of the unit, microseconds since 1970.

    Raises:
        duckdb.Error: A file cannot be read.
    """
    key = TABLES[searched.folder.name].key
    unit = all_text(rows.select(list(key))).append_column("position", pa.array(np.arange(rows.num_rows)))
    database.register("unit", unit)
    columns = ", ".join(f'"{name}"' for name in key)
    query = f"SELECT min(position) AS position, {columns} FROM unit GROUP BY {columns}"  # noqa: S608  # our own names
    database.execute(f"CREATE OR REPLACE TEMP TABLE firsts AS {query}")
    database.unregister("unit")
    keep = np.zeros(rows.num_rows, dtype=bool)
    keep[_positions(database, "SELECT position FROM firsts")] = True
    for known in _known(database, searched, span, key):
        keep[_positions(database, _found(known, key))] = False
    return np.flatnonzero(keep)


def _known(
    database: duckdb.DuckDBPyConnection, searched: Searched, span: tuple[int, int], key: tuple[str, ...]
) -> list[str]:
    """SQL sources with the key columns of what is there already."""
    columns = ", ".join(f'"{name}"' for name in key)
    sources = []
    if searched.held:
        database.register("held", pa.concat_tables([all_text(part.select(list(key))) for part in searched.held]))
        sources.append("held")
    timeless = searched.folder.name in TIMELESS
    low, high = span[0] - _NEAR_MICROS, span[1] + _NEAR_MICROS
    near = [file for file in searched.files if timeless or (file.last >= low and file.first <= high)]
    near = [file for file in near if (searched.folder / file.path).exists()]  # reading a lost one again mends the lake
    if near:
        wanted = "" if timeless else f" WHERE Timestamp BETWEEN {_literal(low)} AND {_literal(high)}"
        sources.append(f"(SELECT {columns} FROM {parquet(searched.folder / file.path for file in near)}{wanted})")  # noqa: S608  # our own names
    return sources


def _found(known: str, key: tuple[str, ...]) -> str:
    same = " AND ".join(f'firsts."{name}" IS NOT DISTINCT FROM known."{name}"' for name in key)
    # An inner join, not an anti-join: DuckDB then keeps the smaller side, the unit, in memory and streams the lake.
    return f"SELECT DISTINCT position FROM {known} AS known JOIN firsts ON {same}"  # noqa: S608  # our own names


def _positions(database: duckdb.DuckDBPyConnection, query: str) -> npt.NDArray[np.int64]:
    return np.asarray(database.execute(query).fetchnumpy()["position"], dtype=np.int64)


def _literal(micros: int) -> str:
    return f"TIMESTAMP '{from_micros(micros).replace(tzinfo=None).isoformat(sep=' ', timespec='microseconds')}'"
