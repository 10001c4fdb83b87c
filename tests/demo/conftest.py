"""A small demonstration, made once for all tests of the generator."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from dashapp.demo import generate

UNTIL = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def read(folder: Path, table: str) -> pd.DataFrame:
    """Every row of a table of a demonstration."""
    paths = sorted((folder / "events" / table).glob("*.parquet"))
    return pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """12,000 rows over 36 days."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    generate(folder, messages=12_000, days=36, seed=7, until=UNTIL, users=120)
    return folder
