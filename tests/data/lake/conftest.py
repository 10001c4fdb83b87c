"""What the tests of the lake share: reading back what a snapshot shows."""

import duckdb
import pytest

from dashapp.data.lake import Lake, Snapshot


@pytest.fixture
def lake(tmp_path):
    return Lake.open(tmp_path / "lake")


@pytest.fixture
def shown():
    """Call with a snapshot, a table and columns: its visible rows, sorted."""

    def read(snapshot: Snapshot, table: str, *columns: str) -> list[tuple]:
        files = snapshot.files(table)
        if not files:
            return []
        chosen = ", ".join(columns)
        with duckdb.connect() as database:
            query = f"SELECT {chosen} FROM read_parquet({files!r}, hive_partitioning=false) ORDER BY ALL"
            return database.execute(query).fetchall()

    return read
