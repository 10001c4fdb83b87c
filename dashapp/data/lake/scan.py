"""DuckDB as the lake's own tool: reading and combining Parquet files within bounded memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from dashapp.data.lake.errors import LakeDamaged, LakeError

MEMORY_MB = 1024


def open_database(root: Path) -> duckdb.DuckDBPyConnection:
    """A private connection that can read the files below ``root`` and nothing else."""
    opened = duckdb.connect(":memory:", config={"memory_limit": f"{MEMORY_MB}MB"})
    opened.execute("SET allowed_directories = [?]", [f"{root.resolve()}/"])
    opened.execute("SET enable_external_access = false")
    return opened


@contextmanager
def reading() -> Iterator[None]:
    """Tell what DuckDB reports inside the block in the lake's own words.

    Raises:
        LakeDamaged: A file that is read inside the block is missing or broken.
        LakeError: What is done inside the block needs too much memory.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LakeError(f"not enough memory: {error}") from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise LakeDamaged(f"a file of the lake cannot be read: {error}") from error


def parquet(paths: Iterable[Path]) -> str:
    """The SQL source that reads these files."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def arrow(database: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The result of a query."""
    return database.sql(query).to_arrow_table()
