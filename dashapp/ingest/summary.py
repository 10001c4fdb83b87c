"""What an ingest did, in numbers."""

from dataclasses import dataclass, field
from pathlib import Path

from dashapp.ingest.chunk import Refused

MOST_EXAMPLES = 20


@dataclass
class Count:
    """Rows of one table.

    Attributes:
        read: Rows a reader gave.
        new: Rows that are in the lake now and were not before.
        duplicate: Rows whose key was there already.
        quarantined: Rows that were given but cannot be stored.
    """

    read: int = 0
    new: int = 0
    duplicate: int = 0
    quarantined: int = 0


@dataclass
class Summary:
    """What one ingest did.

    Attributes:
        batch_id: Of the batch that is now in the lake; None when nothing new was, or it was a dry run.
        tables: By table; only tables that were met.
        files: Files that were looked at.
        refused: Everything that went to quarantine: rows, lines, whole files.
        examples: The first of them.
        seconds: From start to commit.
        quarantine: The file that lists what was refused; None when nothing was, or it was a dry run.
        notes: What a person should know besides.
        dry_run: Nothing was written; ``new`` and ``duplicate`` are not known.
    """

    batch_id: str | None = None
    tables: dict[str, Count] = field(default_factory=dict)
    files: int = 0
    refused: int = 0
    examples: list[Refused] = field(default_factory=list)
    seconds: float = 0.0
    quarantine: Path | None = None
    notes: list[str] = field(default_factory=list)
    dry_run: bool = False

    def count(self, table: str) -> Count:
        """The count of a table, zero at first."""
        return self.tables.setdefault(table, Count())

    @property
    def total(self) -> Count:
        """All tables together; ``quarantined`` includes what belongs to no table."""
        counts = list(self.tables.values())
        return Count(
            read=sum(count.read for count in counts),
            new=sum(count.new for count in counts),
            duplicate=sum(count.duplicate for count in counts),
            quarantined=self.refused,
        )

    @property
    def rows_per_second(self) -> float:
        """Rows read per second; zero before any time has passed."""
        return self.total.read / self.seconds if self.seconds else 0.0

    @property
    def exit_code(self) -> int:
        """0 all in, 1 something quarantined, 2 nothing could be read."""
        kept = sum(count.read - count.quarantined for count in self.tables.values())
        if not kept:
            return 2
        return 1 if self.refused else 0
