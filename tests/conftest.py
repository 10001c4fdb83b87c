"""Fixtures of the whole suite: a lake with the real engine over it, and a complete app on an empty lake."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from dashapp.data import suggested
from dashapp.data.engine import Engine, open_engine
from dashapp.data.lake import Lake
from dashapp.settings import Settings
from tests.apps import Board, build

# The same inputs in every run, so that a red run is about the change at hand; `HYPOTHESIS=random` looks for new ones.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.register_profile("random", deadline=None, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


@pytest.fixture(autouse=True)
def _time_to_find_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine finds what an idle one does; that nobody is kept waiting is a test of its own."""
    monkeypatch.setattr(suggested, "PATIENCE", 60)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    made = build(tmp_path)
    yield made
    made.services.storage.close()


@pytest.fixture
def lake_path(tmp_path: Path) -> Path:
    """Where the test's lake is; ``publish(lake_path, table, …)`` adds rows."""
    return tmp_path / "lake"


@pytest.fixture
def engine_over(lake_path: Path) -> Iterator[Callable[..., Engine]]:
    """Open the engine over the test's lake, with settings if wanted; closed at the end of the test."""
    opened = []

    def open_it(**settings: object) -> Engine:
        engine = open_engine(Lake.open(lake_path), Settings(**{"query_memory_mb": 200, "query_threads": 2} | settings))
        opened.append(engine)
        return engine

    yield open_it
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(lake_path: Path, engine_over: Callable[..., Engine]) -> Engine:
    """The engine over the small lake of ``tests.data.sample``."""
    from tests.data.sample import fill

    fill(lake_path)
    return engine_over()
