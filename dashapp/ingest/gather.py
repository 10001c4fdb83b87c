"""Many small chunks made into few large ones, so that the work per chunk is worth its overhead."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dashapp.data.coded import stacked
from dashapp.data.schema import TABLES
from dashapp.ingest.chunk import Chunk, Joined, Refused
from dashapp.ingest.normalise.derive import Rules
from dashapp.ingest.normalise.rows import Normalised, normalise

ENOUGH_ROWS = 65_536
ENOUGH_BYTES = 128 * 1024 * 1024


Arrivals = npt.NDArray[np.int64]


@dataclass(frozen=True)
class How:
    """How chunks are normalised: see ``normalise``."""

    rules: Rules
    now: datetime
    renamed: dict[str, str]


@dataclass
class Gatherer:
    """Holds the chunks of one table until there are enough, then normalises them.

    Chunks with the same columns are normalised together; the rows keep the order in which they came, so that the first
    of two equal keys stands.
    """

    table: str
    how: How
    chunks: list[Chunk] = field(default_factory=list)
    rows: int = 0
    size: int = 0

    def add(self, chunk: Chunk) -> bool:
        """Take a chunk; True when it is time to ``empty``."""
        self.chunks.append(chunk)
        self.rows += chunk.rows.num_rows
        self.size += chunk.rows.nbytes
        return self.rows >= ENOUGH_ROWS or self.size >= ENOUGH_BYTES

    def empty(self) -> tuple[pa.Table, list[Refused]]:
        """Normalise everything held, in the order it came."""
        held, self.chunks, self.rows, self.size = self.chunks, [], 0, 0
        groups: dict[tuple[str, ...], list[tuple[int, Chunk]]] = {}
        arrival = 0
        for chunk in held:
            groups.setdefault(tuple(chunk.rows.column_names), []).append((arrival, chunk))
            arrival += chunk.rows.num_rows
        parts = [part for group in groups.values() for part in self._normalised(group)]
        refused = [refusal for part, _ in parts for refusal in part.refused]
        tables = [part.rows for part, _ in parts]
        if not tables:
            return _nothing(self.table), refused
        rows = stacked(tables)
        if len(groups) > 1:
            order = np.concatenate([arrivals for _, arrivals in parts])
            rows = rows.take(pa.array(np.argsort(order, kind="stable")))
        return rows, refused

    def _normalised(self, group: list[tuple[int, Chunk]]) -> list[tuple[Normalised, Arrivals]]:
        together = _together([chunk for _, chunk in group])
        if together is None:
            return [self._one(chunk, _range(start, chunk)) for start, chunk in group]
        return [self._one(together, np.concatenate([_range(start, chunk) for start, chunk in group]))]

    def _one(self, chunk: Chunk, arrivals: Arrivals) -> tuple[Normalised, Arrivals]:
        found = normalise(chunk, self.how.rules, now=self.how.now, renamed=self.how.renamed)
        return found, arrivals if found.kept is None else arrivals[np.asarray(found.kept)]


def _together(chunks: list[Chunk]) -> Chunk | None:
    """All as one chunk; None where a column has types that cannot be joined, as text here and a number there."""
    if len(chunks) == 1:
        return chunks[0]
    try:
        rows = stacked([chunk.rows for chunk in chunks], promote_options="permissive")
    except pa.ArrowException:
        return None
    return Joined(chunks[0].table, rows, chunks[0].source, parts=tuple(chunks))


def _range(start: int, chunk: Chunk) -> Arrivals:
    return np.arange(start, start + chunk.rows.num_rows)


def _nothing(table: str) -> pa.Table:
    stored = TABLES[table]
    return pa.schema([stored.schema.field(name) for name in (*stored.given, *stored.derived)]).empty_table()
