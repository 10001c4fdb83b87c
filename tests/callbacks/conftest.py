"""A complete app over sixty days of known threats."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashapp.data.engine import open_engine
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.lakes import publish
from tests.threats import HOSTILE, add_rows, threat_lake


@pytest.fixture(scope="module")
def threats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """One for all tests of a module: nothing here changes it."""
    folder: Path = tmp_path_factory.mktemp("threats")
    lake = threat_lake(folder / "lake", datetime.now(UTC))
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine)
    yield made
    engine.close()
    made.services.storage.close()


@pytest.fixture(scope="module")
def unjudged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Mail of the last days of which nobody said what it is, as raw mail comes."""
    folder: Path = tmp_path_factory.mktemp("unjudged")
    moments = [datetime.now(UTC).replace(tzinfo=None) - timedelta(days=back) for back in range(1, 40)]
    lake = publish(
        folder / "lake",
        "EmailEvents",
        Timestamp=moments,
        EmailDirection=["Inbound"] * len(moments),
        is_simulation=[False] * len(moments),
        recipient=["ana@contoso.example"] * len(moments),
    )
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine)
    yield made
    engine.close()
    made.services.storage.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    yield from _boards(tmp_path_factory.mktemp("busy"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    yield from _boards(tmp_path_factory.mktemp("hostile"), text=HOSTILE)


def _boards(folder: Path, **more: Any) -> Iterator[Board]:
    now = datetime.now(UTC)
    lake = threat_lake(folder / "lake", now)
    add_rows(folder / "lake", now, **more)
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine)
    yield made
    engine.close()
    made.services.storage.close()
