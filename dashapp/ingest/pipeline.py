"""From paths to a batch in the lake: read, normalise, enrich, publish, and say what happened."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from dashapp.data.coded import stacked
from dashapp.data.lake import Batch, Lake
from dashapp.data.schema import TABLES
from dashapp.data.scratch import scratch_folder
from dashapp.ingest import recognise
from dashapp.ingest.ahead import read_ahead
from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.enrichment import Enrichment, load_enrichment
from dashapp.ingest.foreign import ForeignParquet
from dashapp.ingest.gather import Gatherer, How
from dashapp.ingest.mapping import NO_MAPPING, Mapping
from dashapp.ingest.normalise.derive import Rules
from dashapp.ingest.pages import few_collections, small_pages
from dashapp.ingest.progress import Counted, Progress
from dashapp.ingest.quarantine import Quarantine
from dashapp.ingest.readers import Context, Given, source_of
from dashapp.ingest.small import is_small_mail, read_small
from dashapp.ingest.summary import MOST_EXAMPLES, Summary
from dashapp.ingest.walk import files_under, networks_beside
from dashapp.ingest.workers import Workers
from dashapp.settings import Settings

UNIT_ROWS = 500_000  # what is searched for in the lake at once; each search of a full lake costs as much as any other
UNIT_BYTES = 250_000_000
QUARANTINE = "quarantine"
MOST_NAMES = 3  # of paths, in the list of batches


@small_pages()
@few_collections()
def ingest(
    paths: Iterable[Path],
    *,
    lake: Lake | None,
    settings: Settings,
    mapping: Mapping = NO_MAPPING,
    networks: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
    now: datetime | None = None,
) -> Summary:
    """Read everything under ``paths`` into the lake, as one batch that becomes visible at once.

    What is there already is left out, what cannot be read goes to ``quarantine/<batch>.jsonl``, the rest goes in.

    Args:
        paths: Files and folders.
        lake: Where rows go; may be None for a dry run.
        settings: Our domains and the folder of the enrichment tables.
        mapping: What foreign columns mean.
        networks: Networks given by hand; else ``networks.csv`` in or beside a path.
        dry_run: Read and check only.
        progress: Told how many bytes of how many are done.
        on_wait: Told that another ingest is being waited for.
        now: Instead of the clock, for tests; aware.

    Raises:
        ValueError: There is no lake, and it is no dry run.
        LakeError: The lake cannot be written; nothing of this ingest is in it.
        EnrichmentError: The networks cannot be read.
        OSError: The quarantine cannot be written.
    """
    if lake is None and not dry_run:
        raise ValueError("only a dry run needs no lake")
    started, paths = time.monotonic(), list(paths)
    summary = Summary(dry_run=dry_run)
    enrichment = _enrichment(settings.enrichment_dir, networks or networks_beside(paths), summary)
    how = How(Rules(enrichment, settings.own_domains), now or datetime.now(UTC), mapping.columns)
    with ExitStack() as stack:
        work_dir = scratch_folder("ingest")
        stack.callback(shutil.rmtree, work_dir, ignore_errors=True)
        batch = None if dry_run or lake is None else stack.enter_context(lake.begin(_names(paths), on_wait=on_wait))
        quarantine = stack.enter_context(_quarantine(lake, batch))
        _Run(how, batch, quarantine, summary).read(_files(paths, progress), mapping, work_dir)
        if batch is not None and summary.total.new:
            summary.batch_id = batch.commit().id
        summary.quarantine = quarantine.path
    summary.seconds = time.monotonic() - started
    return summary


def _enrichment(folder: Path, networks: Path | None, summary: Summary) -> Enrichment:
    """What there is of it; what is missing is noted."""
    found = load_enrichment(folder, networks)
    if found.missing:
        summary.notes.append(f"enrichment tables are missing in {folder}; run `make setup`")
    return found


def _quarantine(lake: Lake | None, batch: Batch | None) -> Quarantine:
    """Beside the lake; nowhere for a dry run."""
    return (
        Quarantine(None, "") if lake is None or batch is None else Quarantine(lake.path.parent / QUARANTINE, batch.id)
    )


def _names(paths: list[Path]) -> str:
    more = f" and {len(paths) - MOST_NAMES:,} more" if len(paths) > MOST_NAMES else ""
    return ", ".join(map(str, paths[:MOST_NAMES])) + more


@dataclass(frozen=True)
class _File:
    path: Path
    progress: Progress | None
    before: int
    total: int


def _files(paths: list[Path], progress: Progress | None) -> Iterator[_File | Refused]:
    found = list(files_under(paths))
    sizes = [each.stat().st_size if isinstance(each, Path) else 0 for each in found]
    before = 0
    for each, size in zip(found, sizes, strict=True):
        yield _File(each, progress, before, sum(sizes)) if isinstance(each, Path) else each
        before += size
        if progress:
            progress(before, sum(sizes))


def _in_file(file: _File, context: Context) -> Given:
    name = str(file.path)
    try:
        with file.path.open("rb") as raw:
            stream = cast(BinaryIO, Counted(raw, file.progress, file.before, file.total))
            yield from recognise.read(source_of(stream, name, file.path), context)
    except OSError as error:
        yield Refused(name, None, f"cannot be read: {error.strerror or error}")


def _weight(given: Chunk | Refused) -> int:
    return given.rows.num_rows if isinstance(given, Chunk) else 1


@dataclass
class _Run:
    """One ingest on its way."""

    how: How
    batch: Batch | None
    quarantine: Quarantine
    summary: Summary
    gatherers: dict[str, Gatherer] = field(default_factory=dict)
    units: dict[str, list[pa.Table]] = field(default_factory=dict)
    undirected: int = 0

    def read(self, files: Iterator[_File | Refused], mapping: Mapping, work_dir: Path) -> None:
        """Read all files, and hand everything to the batch."""
        with ForeignParquet() as foreign, closing(Workers()) as workers:
            context = Context(
                self.how.now,
                lambda source: recognise.read(source, context),
                mapping.table,
                mapping.columns,
                work_dir,
                foreign,
                workers,
            )

            def end() -> None:
                foreign.kill()
                workers.kill()

            with read_ahead(self._given(files, context), weight=_weight, on_leave=end) as given:
                for each in given:
                    self.take(each)
        for table in TABLES:
            if table in self.gatherers:
                self._normalise(table)
                self._write(table)
        if self.undirected:
            hint = "set THREATBOARD_OUR_DOMAINS to your mail domains, as the dashboard counts inbound mail"
            self.summary.notes.append(f"the direction of {self.undirected:,} messages is not known; {hint}")

    def _given(self, files: Iterator[_File | Refused], context: Context) -> Given:
        for small, some in groupby(files, lambda file: isinstance(file, _File) and is_small_mail(file.path)):
            if small:
                yield from read_small(self._paths(some), context)
                continue
            for file in some:
                if isinstance(file, Refused):
                    yield file
                else:
                    self.summary.files += 1
                    yield from _in_file(file, context)

    def _paths(self, files: Iterator[_File | Refused]) -> Iterator[Path]:
        for file in files:
            if isinstance(file, _File):
                self.summary.files += 1
                yield file.path

    def take(self, given: Chunk | Refused) -> None:
        """Count what a reader gave and pass it on when there is enough of it."""
        if isinstance(given, Refused):
            self.refuse(given)
            return
        self.summary.count(given.table).read += given.rows.num_rows
        gatherer = self.gatherers.setdefault(given.table, Gatherer(given.table, self.how))
        if gatherer.add(given):
            self._normalise(given.table)

    def refuse(self, refused: Refused) -> None:
        """Put something into quarantine."""
        self.summary.refused += 1
        if len(self.summary.examples) < MOST_EXAMPLES:
            self.summary.examples.append(refused)
        self.quarantine.add(refused)

    def _normalise(self, table: str) -> None:
        rows, refusals = self.gatherers[table].empty()
        self.summary.count(table).quarantined += len(refusals)
        for refused in refusals:
            self.refuse(refused)
        if "EmailDirection" in rows.column_names:
            self.undirected += rows["EmailDirection"].null_count
        if self.batch is None:
            return
        unit = self.units.setdefault(table, [])
        unit.append(rows)
        if sum(part.num_rows for part in unit) >= UNIT_ROWS or sum(part.nbytes for part in unit) >= UNIT_BYTES:
            self._write(table)

    def _write(self, table: str) -> None:
        parts = self.units.pop(table, [])
        if self.batch is None or not parts:
            return
        result = self.batch.write(table, stacked(parts))
        count = self.summary.count(table)
        count.new += result.new
        count.duplicate += result.duplicate
