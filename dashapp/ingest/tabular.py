"""Reader of Parquet: batches of rows, their table recognised by their columns."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.columns import table_of
from dashapp.ingest.foreign import ForeignError
from dashapp.ingest.readers import Context, Given, Reader, Source, on_disk

UNKNOWN_COLUMNS = "the columns are of none of the tables; a mapping file (--mapping) can say which is which"


def chunks_of(batches: Iterator[pa.Table], source: Source, context: Context) -> Given:
    """Turn batches of one table's rows into chunks; the whole source is refused where its columns fit no table.

    Args:
        batches: All with the same columns.
        source: Where they come from.
        context: Says the table, if a mapping does.
    """
    row = 1
    for batch in batches:
        table = context.table or table_of(batch.column_names, context.columns)
        if table is None:
            names = ", ".join(batch.column_names[:12])
            yield Refused(source.name, None, f"{UNKNOWN_COLUMNS} (found: {names})"[:400])
            return
        yield Chunk(table, batch, source.name, row)
        row += batch.num_rows


def _is_parquet(head: bytes, _path: Path | None) -> bool:
    return head[:4] in (b"PAR1", b"PARE")


def read_parquet(source: Source, context: Context) -> Given:
    """Read Parquet, whoever wrote it, through a process that may die of it."""
    with on_disk(source, context) as path:
        try:
            yield from chunks_of(map(_as_table, context.foreign.read(path)), source, context)
        except ForeignError as error:
            yield Refused(source.name, None, str(error))


def _as_table(batch: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_batches([batch])


PARQUET = Reader("Parquet", _is_parquet, read_parquet)
