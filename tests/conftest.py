"""Fixtures of the whole suite: a complete app on an empty lake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps import Board, build


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    made = build(tmp_path)
    yield made
    made.services.storage.close()
