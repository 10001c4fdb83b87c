"""End to end: a demonstration ingested gives the numbers its own manifest promises."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from dashapp.data.lake import Lake
from dashapp.data.schema import TABLES
from dashapp.demo import generate
from dashapp.demo.manifest import Manifest
from dashapp.ingest.pipeline import ingest
from dashapp.ingest.summary import Summary
from dashapp.settings import Settings

UNTIL = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    generate(tmp_path / "demo", messages=3_000, days=10, seed=5, until=UNTIL)
    return tmp_path / "demo"


def counts(lake: Lake, table: str, group: str, where: str = "true") -> Counter[str]:
    files = lake.snapshot().files(table, None)
    query = f"SELECT {group}, count(*) FROM read_parquet(?) WHERE {where} GROUP BY ALL"
    with duckdb.connect() as database:
        return Counter(dict(database.execute(query, [files]).fetchall())) if files else Counter()


def promised(manifest: Manifest, group: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for numbers in manifest.days.values():
        for name, number in numbers.items():
            if name.startswith(group + "/"):
                total[name.removeprefix(group + "/")] += number
    return +total


def run(demo: Path, lake: Lake, settings: Settings) -> Summary:
    return ingest([demo], lake=lake, settings=settings, now=UNTIL)


def test_counts_are_those_of_the_manifest(demo: Path, lake: Lake, settings: Settings) -> None:
    manifest = Manifest.read(demo)
    summary = run(demo, lake, settings)
    assert summary.refused == 0, summary.examples
    tables = promised(manifest, "table")
    for table in (
        *("EmailEvents", "EmailPostDeliveryEvents", "UrlClickEvents", "UserSubmissions"),
        "FileMaliciousContentInfo",
    ):
        assert lake.snapshot().rows(table) == tables[table] == summary.tables[table].new
    volume = counts(
        lake, "EmailEvents", "concat_ws('|', EmailDirection, primary_threat, explorer_delivery)", "NOT is_simulation"
    )
    assert volume == promised(manifest, "volume")
    assert counts(lake, "EmailEvents", "sender_country", "sender_country IS NOT NULL") == promised(manifest, "country")


def test_a_second_ingest_is_all_duplicates(demo: Path, lake: Lake, settings: Settings) -> None:
    first = run(demo, lake, settings)
    again = run(demo, lake, settings)
    assert (again.total.new, again.total.duplicate) == (0, first.total.read)
    assert set(again.tables) <= set(TABLES)
