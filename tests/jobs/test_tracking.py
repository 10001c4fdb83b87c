"""Runs of tracked queries over a real database and a real lake; the clock is a variable."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.data.engine import Engine, open_engine
from dashapp.data.errors import EngineBusy, QueryTimeout
from dashapp.domain.saved_queries import Draft, SavedQuery
from dashapp.domain.tracking import TrackerState
from dashapp.identity.permissions import Actor, Role
from dashapp.jobs import tracking
from dashapp.jobs.tracking import Tracking
from dashapp.query.urlstate import EXPLORER
from dashapp.saved_queries import SavedQueries
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, users
from dashapp.storage.trackers import TrackerRecords
from tests.lakes import publish

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # 13:30 in Zurich
TODAY, BEFORE = 4, 6


@dataclass
class World:
    """A lake with four messages of today and six of the day before, in Zurich; and a clock."""

    storage: Storage
    engine: Engine
    now: datetime = NOW

    @property
    def kept(self) -> SavedQueries:
        return SavedQueries(self.storage, lambda: self.now)

    def tracking(self) -> Tracking:
        return Tracking(TrackerRecords(self.storage), self.engine, 60, lambda: self.now)

    def person(self, *roles: Role) -> Actor:
        with self.storage.write() as connection:
            added = users.add(
                connection,
                login="ana",
                display_name="Ana",
                password_hash=None,
                roles=roles,
                time_zone="Europe/Zurich",
                now=self.now,
            )
        return added.actor

    def tracked(self, actor: Actor, query: str = "", threshold: int | None = None, view: str = "all") -> SavedQuery:
        state = replace(EXPLORER, query=query, view=view)
        return self.kept.save(actor, Draft(f"Mail {view}", state, tracked=True, threshold=threshold))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    midnight = datetime(2026, 11, 22, 23)  # of the 23rd, there
    today = [midnight + timedelta(hours=hour, minutes=5) for hour in (0, 3, 9, 13)]
    before = [midnight - timedelta(minutes=minutes) for minutes in (1, 60, 120, 300, 600, 1439)]
    moments = [*today, *before, midnight - timedelta(days=9)]
    lake = publish(tmp_path / "lake", "EmailEvents", Timestamp=moments, recipient=["x@y.example"] * len(moments))
    settings = Settings(secret_key="k" * 32, data_dir=tmp_path, query_memory_mb=200)
    made = World(open_storage(settings), open_engine(lake, settings))
    yield made
    made.engine.close()
    made.storage.close()


def state_of(world: World, actor: Actor, query: SavedQuery) -> tuple[TrackerState, str]:
    tracker = world.kept.get(actor, query.id).tracker
    assert tracker is not None
    return tracker.state, tracker.problem


def test_days_are_those_of_the_owner(world: World) -> None:
    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana)
    assert world.tracking().due() == [query.id]
    assert world.tracking().run(query.id)
    tracker = world.kept.get(ana, query.id).tracker
    assert tracker is not None
    assert tracker.counts is not None
    # the message of 13:05 is of an hour that is not over; six of the day before, of which those until 13:00 are usual
    assert (tracker.counts.today, tracker.counts.prior, tracker.counts.so_far) == (TODAY, BEFORE, 3)
    assert tracker.counts.usual == pytest.approx(1 / 7)
    assert tracker.next_run == NOW.replace(hour=13, minute=0)
    assert world.tracking().due() == []
    assert not world.tracking().run(query.id)


def test_clicks_reports_and_files_are_counted_as_the_explorer_does(world: World, tmp_path: Path) -> None:
    ana, moment = world.person(Role.SECURITY_READER), datetime(2026, 11, 23, 3)
    verdicts, workloads = ["Allowed", "Blocked"], ["Teams", "OneDrive", "Teams"]
    publish(tmp_path / "lake", "UrlClickEvents", Timestamp=[moment] * 2, click_verdict=verdicts)
    publish(tmp_path / "lake", "UserSubmissions", Timestamp=[moment] * 3)
    publish(tmp_path / "lake", "FileMaliciousContentInfo", Timestamp=[moment] * 3, Workload=workloads)
    wanted = {("clicks", "ClickVerdict:Allowed"): 1, ("reported", ""): 3, ("files", "Workload:Teams Spf:fail"): 2}
    for (view, query), today in wanted.items():
        kept = world.tracked(ana, query, view=view)
        assert world.tracking().run(kept.id)
        tracker = world.kept.get(ana, kept.id).tracker
        assert tracker is not None
        assert tracker.counts is not None
        assert tracker.counts.today == today, view


def test_an_alert_is_raised_once_however_often_it_runs(world: World) -> None:
    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana, threshold=TODAY)
    for _ in range(3):
        assert world.tracking().run(query.id)
        world.now += timedelta(hours=1)
    (alert,) = world.kept.alerts(ana)  # none for the day before: nobody tracked it then
    assert (alert.messages, alert.threshold) == (TODAY, TODAY)


def test_after_a_standstill_one_run_makes_up_for_all(world: World) -> None:
    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana)
    world.now += timedelta(days=30)
    assert world.tracking().due() == [query.id]
    assert world.tracking().run(query.id)
    assert world.tracking().due() == []


@pytest.mark.parametrize("how", ["disabled", "demoted"])
def test_without_an_owner_who_may_it_stops_and_says_so(world: World, how: str) -> None:
    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana, threshold=1)
    with world.storage.write() as connection:
        if how == "disabled":
            users.change(connection, ana.user_id, NOW, disabled=True)
        else:
            users.set_roles(connection, ana.user_id, [Role.EXECUTIVE], NOW)
    assert world.tracking().run(query.id)
    state, problem = state_of(world, ana, query)
    assert state is TrackerState.STOPPED
    assert problem.startswith("Stopped:")
    assert world.kept.alerts(ana) == []
    world.now += timedelta(days=1)
    assert world.tracking().due() == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (QueryTimeout("x"), "took too long"),
        (EngineBusy("x"), "too much to do"),
        (ZeroDivisionError("x"), "Something went wrong"),
    ],
)
def test_a_run_that_fails_says_so_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise error

    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana)
    monkeypatch.setattr(tracking, "totals_over_time", fail)
    assert world.tracking().run(query.id)
    state, problem = state_of(world, ana, query)
    assert state is TrackerState.FAILED
    assert words in problem
    monkeypatch.undo()
    world.now += timedelta(hours=1)
    assert world.tracking().run(query.id)
    assert state_of(world, ana, query) == (TrackerState.FINE, "")


def test_a_query_the_program_no_longer_understands_says_so(world: World) -> None:
    from dashapp.storage import queries

    ana = world.person(Role.SECURITY_READER)
    query = world.tracked(ana)
    with world.storage.write() as connection:
        queries.change(
            connection, query.id, version=query.version, name="Old", search="?q=Gone:1", shared=None, now=NOW
        )
    assert world.tracking().run(query.id)
    assert state_of(world, ana, query)[0] is TrackerState.FAILED


def test_what_a_view_adds_is_counted_too(world: World) -> None:
    ana = world.person(Role.SECURITY_READER)
    state = replace(EXPLORER, view="phish")  # none of the messages is
    query = world.kept.save(ana, Draft("Phish", state, tracked=True))
    assert world.tracking().run(query.id)
    tracker = world.kept.get(ana, query.id).tracker
    assert tracker is not None
    assert tracker.counts is not None
    assert (tracker.counts.today, tracker.counts.prior) == (0, 0)
