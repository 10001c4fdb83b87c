"""The database inside the process can read the lake and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashapp.data.engine_duckdb import DuckDB


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "it's a lake"
    folder.mkdir()
    pq.write_table(pa.table({"a": [1, 2]}), folder / "in.parquet")
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "out.parquet")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def database(store: Path) -> Iterator[DuckDB]:
    made = DuckDB(store, threads=1, memory_mb=100, timeout_seconds=30)
    yield made
    made.close()


def run(database: DuckDB, sql: str, **files: list[str]) -> pa.Table:
    return database.run(sql, files, lambda _interrupt: None)


def test_the_lake_can_be_read(database: DuckDB, store: Path) -> None:
    answer = run(database, "SELECT sum(a) AS n FROM read_parquet($f0)", f0=[str(store / "in.parquet")])
    assert answer.to_pydict() == {"n": [3]}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{out}/out.parquet')",
        "SELECT * FROM read_parquet('{lake}/../out.parquet')",
        "SELECT * FROM read_text('{out}/secret.txt')",
        "SELECT * FROM '{out}/secret.txt'",
        "SELECT * FROM glob('{out}/*')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "COPY (SELECT 1) TO '{out}/new.csv'",
        "ATTACH '{out}/new.db'",
        "EXPORT DATABASE '{out}/new'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 64",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET max_execution_time = 0",
        "RESET lock_configuration",
        "CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')",
    ],
)
def test_everything_else_is_refused(database: DuckDB, store: Path, tmp_path: Path, sql: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error):
        run(database, sql.format(out=str(tmp_path), lake=str(store).replace("'", "''")))
    assert sorted(tmp_path.rglob("*")) == before


def test_python_variables_are_no_tables(database: DuckDB) -> None:
    rows = pa.table({"a": [1]})
    assert rows.num_rows == 1
    with pytest.raises(duckdb.CatalogException):
        run(database, "SELECT * FROM rows")


def test_limits_are_in_force(database: DuckDB) -> None:
    names = (
        "('memory_limit', 'threads', 'max_execution_time', 'lock_configuration', 'parquet_metadata_cache', 'TimeZone')"
    )
    answer = run(database, f"SELECT name, value FROM duckdb_settings() WHERE name IN {names}").to_pylist()
    settings = {row["name"]: row["value"] for row in answer}
    assert settings.pop("memory_limit").startswith("95.")
    assert (
        settings
        == {
            "threads": "1",
            "max_execution_time": "30000",
            "lock_configuration": "true",
            "parquet_metadata_cache": "true",
            "TimeZone": "UTC",
        }
        == settings
    )


ENDLESS = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b WHERE (a.range + b.range) % 7 = 3"


def test_a_query_ends_by_itself_at_its_limit(store: Path) -> None:
    database = DuckDB(store, threads=1, memory_mb=100, timeout_seconds=0.2)
    with pytest.raises(duckdb.InterruptException):
        run(database, ENDLESS)
    database.close()


def test_ending_a_query_before_it_begins_ends_it_all_the_same(database: DuckDB) -> None:
    with pytest.raises(duckdb.InterruptException):
        database.run(ENDLESS, {}, lambda stop: stop())


def test_memory_is_limited(database: DuckDB) -> None:
    with pytest.raises(duckdb.OutOfMemoryException):
        run(database, "SELECT list(range) FROM range(100000000)")


@pytest.mark.parametrize(("pattern", "good"), [("^a.*b$", True), ("(?i)é+", True), ("(", False), ("a**", False)])
def test_patterns_are_checked_before_they_run(database: DuckDB, pattern: str, good: bool) -> None:
    assert (database.pattern_complaint(pattern) == "") is good


def test_ending_a_query_that_is_over_does_nothing(database: DuckDB) -> None:
    kept: list = []
    database.run("SELECT 1 AS one", {}, kept.append)

    kept[0]()  # its cursor is closed by now

    assert run(database, "SELECT 2 AS two").num_rows == 1
