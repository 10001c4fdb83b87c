"""DuckDB as the lake's own tool: reading and combining Parquet files within bounded memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from dashapp.data.lake.errors import LakeDamaged, LakeError

MEMORY_MB = 1024


@contextmanager
def connection(root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private connection that can read the files below ``root`` and nothing else.

    Raises:
        LakeDamaged: A file that is read inside the block is missing or broken.
        LakeError: What is done inside the block needs too much memory.
    """
    opened = duckdb.connect(":memory:", config={"memory_limit": f"{MEMORY_MB}MB"})
    try:
        opened.execute("SET allowed_directories = [?]", [f"{root.resolve()}/"])
        opened.execute("SET enable_external_access = false")
        opened.execute("SET preserve_insertion_order = true")
        yield opened
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise LakeDamaged(f"a file of the lake cannot be read: {error}") from error
    except duckdb.OutOfMemoryException as error:
        raise LakeError(f"not enough memory: {error}") from error
    finally:
        opened.close()


def parquet(paths: Iterable[Path]) -> str:
    """The SQL source that reads these files."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def arrow(database: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The result of a query."""
    return database.sql(query).to_arrow_table()
