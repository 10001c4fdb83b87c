"""Which reader reads a source: the first in this list that recognises what the source begins with."""

from dashapp.ingest.chunk import Refused
from dashapp.ingest.readers import Context, Given, Reader, Source
from dashapp.ingest.tabular import PARQUET

# Wrappers and binary formats have magic numbers and come first; CSV accepts almost any text and comes last.
READERS: tuple[Reader, ...] = (PARQUET,)


def read(source: Source, context: Context) -> Given:
    """Read a source with the reader that recognises it; refuse it whole where none does."""
    if not source.head:
        yield Refused(source.name, None, "the file is empty")
        return
    for reader in READERS:
        if reader.recognise(source.head, source.path):
            yield from reader.read(source, context)
            return
    yield Refused(source.name, None, "not recognised: neither Parquet, JSON, CSV nor mail")
