"""What there is, and how old."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from dashapp.data.engine import Engine
from dashapp.data.freshness import freshness
from dashapp.data.schema import TABLES
from tests.lakes import at, publish


def test_the_state_of_a_lake(engine: Engine) -> None:
    fresh = freshness(engine)
    assert fresh.rows == fresh.tables["EmailEvents"] == 10
    assert set(fresh.tables) == set(TABLES)
    assert fresh.data_from == datetime(2026, 3, 1, tzinfo=UTC)
    assert fresh.data_until == datetime(2026, 3, 7, 23, 59, tzinfo=UTC)
    assert fresh.last_ingest is not None
    assert fresh.has_verdicts


def test_an_empty_lake(engine_over: Callable[..., Engine]) -> None:
    fresh = freshness(engine_over())
    assert (fresh.rows, fresh.data_from, fresh.last_ingest, fresh.has_verdicts) == (0, None, None, False)


def test_mail_without_verdicts(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-01")], recipient=["a@b.example"])
    fresh = freshness(engine_over())
    assert fresh.rows == 1
    assert not fresh.has_verdicts
