"""Answers from the hourly counts are those of the messages themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from dashapp.data import volume
from dashapp.data.counting import counted
from dashapp.data.engine import Engine
from dashapp.data.grid import count
from dashapp.data.lake.snapshot import Snapshot
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Grain, Window
from tests.lakes import publish

START = datetime(2026, 3, 27, tzinfo=UTC)
FILTERS = ("", "PrimaryThreat:Phish", "NOT ExplorerDelivery:blocked", "EmailDirection:in*", "SenderCountry:(US, DE)")
BYS = ("PrimaryThreat", "ExplorerDelivery", "SenderCountry", "IsSimulation", "ThreatFamily")


def _publish(path: Path, seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    micros = random.integers(0, 5 * 86_400_000_000, rows)
    naive = START.replace(tzinfo=None)

    def some(*values: object) -> list[object]:
        return [values[place] for place in random.integers(0, len(values), rows)]

    publish(
        path,
        "EmailEvents",
        Timestamp=[naive + timedelta(microseconds=int(step)) for step in micros],
        EmailDirection=some("Inbound", "Outbound", None),
        primary_threat=some("Phish", "Malware", "None", None, ""),
        explorer_delivery=some("Blocked", "Delivered", None),
        sender_country=some("US", "DE", None),
        threat_family=some(*(f"Family{number}" for number in range(130)), None),
        is_simulation=some(True, False, None),
    )


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rolled") / "lake"
    _publish(path, 1, 3000)
    _publish(path, 2, 500)
    return path


@pytest.fixture
def both(rolled: Path, lake_path: Path, engine_over: Callable[..., Engine]) -> Engine:
    lake_path.symlink_to(rolled)
    return engine_over()


relaxed = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
minutes = st.integers(-90, 5 * 1440 + 90)


@given(
    edges=st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]),
    text=st.sampled_from(FILTERS),
    by=st.sampled_from(BYS),
    grain=st.sampled_from([Grain.HOUR, Grain.DAY, Grain.WEEK]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
    stale=st.sets(st.integers(0, 5), max_size=3),
)
@relaxed
def test_hourly_counts_and_messages_agree(
    both: Engine, edges: tuple[int, int], text: str, by: str, grain: Grain, zone: str, stale: set[int]
) -> None:
    window = Window(*(START + timedelta(minutes=minute) for minute in edges))
    node = parse(text)
    rolled = replace(both, _pinned=_Stale(both.snapshot, stale))
    plain = replace(both, _pinned=_Stale(both.snapshot, set(range(-2, 8))))
    arguments = {"by": by, "grain": grain, "zone": zone, "top": 200}
    assert_frame_equal(
        volume.volume(rolled, node, window, **arguments), volume.volume(plain, node, window, **arguments)
    )
    totals = volume.totals_over_time(rolled, node, window, grain=grain, zone=zone)
    assert totals["messages"].sum() == count(plain, node, window).matching == count(rolled, node, window).matching


class _Stale:
    """A snapshot some of whose days the hourly counts do not know."""

    def __init__(self, snapshot: Snapshot, days: set[int]) -> None:
        self._snapshot, self._days = snapshot, days
        self.id = f"{snapshot.id} without {sorted(days)}"

    def __getattr__(self, name: str) -> object:
        return getattr(self._snapshot, name)

    def rollup(self, window: Window) -> object:
        rollup = self._snapshot.rollup(window)
        assert not rollup.stale
        stale = tuple(START.date() + timedelta(days=day) for day in sorted(self._days))
        return replace(rollup, stale=stale)


def test_what_the_hourly_counts_know_comes_from_them(both: Engine) -> None:
    window = Window(START, START + timedelta(days=5))
    assert counted(both, parse("PrimaryThreat:Phish"), window, columns=("explorer_delivery",)).weighted
    assert not counted(both, parse("Subject:x"), window).weighted
    assert not counted(both, Everything(), window, zone="Asia/Kolkata").weighted
    assert not counted(both, Everything(), window, hourly=False).weighted
    # 130 families: the rarest were put together, so a family has to be counted from the messages
    assert not counted(both, parse("ThreatFamily:Family1"), window).weighted


def test_edges_are_read_from_the_messages(both: Engine) -> None:
    window = Window(START + timedelta(minutes=30), START + timedelta(hours=30, minutes=1))
    found = counted(both, Everything(), window)
    assert found.weighted
    assert both.frame(found.rows.agg(n=found.total), {"n": "int64"})["n"].tolist() == [
        count(both, Everything(), window).matching
    ]
