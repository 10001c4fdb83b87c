"""What a reader gives: rows in Microsoft's columns, and what could not be read, with its reason."""

from dataclasses import dataclass

import pyarrow as pa

MOST_RAW = 2_000


@dataclass(frozen=True)
class Chunk:
    """Some rows of one table as the source has them, not yet normalised.

    Attributes:
        table: A name of ``dashapp.data.schema.TABLES``.
        rows: Any subset of the table's given columns, of any sensible type; other columns end in ``AdditionalFields``.
            Columns that say a verdict (``ThreatTypes``, ``DetectionMethods``, ``ConfidenceLevel``) are only present
            when the source does give verdicts: an empty verdict means "no threat", an absent column "nobody looked".
        source: The file as people know it, such as ``mail.zip!inbox.json``.
        first_row: Number of the first row in the source, from 1.
        numbers: Number of each row in the source (int64), where they do not simply follow each other.
    """

    table: str
    rows: pa.Table
    source: str
    first_row: int = 1
    numbers: pa.Array | None = None

    def origin(self, index: int) -> tuple[str, int]:
        """The source of the row at ``index`` of ``rows``, and its number there."""
        return self.source, self.first_row + index if self.numbers is None else int(self.numbers[index].as_py())


@dataclass(frozen=True)
class Joined(Chunk):
    """Chunks of one table and with the same columns as one; ``source`` is the first one's.

    Attributes:
        parts: The chunks, in the order of ``rows``.
    """

    parts: tuple[Chunk, ...] = ()

    def origin(self, index: int) -> tuple[str, int]:
        """As of the part that holds the row."""
        for part in self.parts:
            if index < part.rows.num_rows:
                return part.origin(index)
            index -= part.rows.num_rows
        raise IndexError(index)


@dataclass(frozen=True)
class Collected(Chunk):
    """Rows of many small sources as one chunk; ``source`` is the first one's, ``numbers`` is given.

    Attributes:
        sources: Of each row.
    """

    sources: tuple[str, ...] = ()

    def origin(self, index: int) -> tuple[str, int]:
        """As of the row's own source."""
        return self.sources[index], super().origin(index)[1]


@dataclass(frozen=True)
class Refused:
    """Something that could not become a row.

    Attributes:
        source: As in ``Chunk``.
        row: Its number in the source, from 1; None when the whole source, or what is left of it, is meant.
        reason: One sentence a person can act on.
        raw: The beginning of the refused text, at most ``MOST_RAW`` characters; empty when the source is refused whole.
    """

    source: str
    row: int | None
    reason: str
    raw: str = ""

    def __post_init__(self) -> None:
        if len(self.raw) > MOST_RAW:
            object.__setattr__(self, "raw", self.raw[: MOST_RAW - 1] + "…")
