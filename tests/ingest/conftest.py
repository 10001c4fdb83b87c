"""Fixtures of the ingest tests: an empty lake, small exports."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashapp.data.lake import Lake
from dashapp.ingest import recognise
from dashapp.ingest.chunk import Refused
from dashapp.ingest.readers import Context, Given, source_of
from dashapp.settings import Settings, load_settings

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def mail(count: int = 3, **columns: object) -> pa.Table:
    """Rows as advanced hunting exports them, one second apart."""
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    rows = {
        "Timestamp": pa.array(
            [int(start.timestamp() * 1e6) + i * 1_000_000 for i in range(count)], pa.timestamp("us", "UTC")
        ),
        "NetworkMessageId": [f"m{i}" for i in range(count)],
        "RecipientEmailAddress": [f"User{i}@Example.com" for i in range(count)],
        "SenderFromAddress": [f"a{i}@sender.example" for i in range(count)],
        "Subject": [f"Hello {i}" for i in range(count)],
        "ThreatTypes": ["Phish", None, ""][:1] * count,
    }
    return pa.table(rows | columns)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {"THREATBOARD_DATA_DIR": str(tmp_path / "data"), "THREATBOARD_ENRICHMENT_DIR": str(tmp_path / "none")}
    )


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return Lake.open(settings.data_dir / "lake")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    folder = tmp_path / "events"
    folder.mkdir()
    pq.write_table(mail(), folder / "mail.parquet")
    return folder


def stored(lake: Lake, table: str) -> list[dict[str, object]]:
    """What a reader of the lake sees, in time order."""
    files = lake.snapshot().files(table, None)
    rows = pa.concat_tables([pq.read_table(name) for name in files]) if files else None
    return [] if rows is None else rows.sort_by("Timestamp").to_pylist()


def read_bytes(
    data: bytes, work_dir: Path, *, table: str | None = None, columns: dict[str, str] | None = None
) -> Given:
    """What the readers make of some bytes, recognised by content."""
    context = Context(NOW, lambda source: recognise.read(source, context), table, columns or {}, work_dir)
    return recognise.read(source_of(io.BytesIO(data), "given"), context)


def split(given: Given) -> tuple[dict[str, list[dict[str, object]]], list[Refused]]:
    """Rows by table, without what is null, and refusals."""
    rows: dict[str, list[dict[str, object]]] = {}
    refused = []
    for each in given:
        if isinstance(each, Refused):
            refused.append(each)
        else:
            found = [{key: value for key, value in row.items() if value is not None} for row in each.rows.to_pylist()]
            rows.setdefault(each.table, []).extend(found)
    return rows, refused
