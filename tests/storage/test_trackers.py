"""Tracked queries in both databases: one run for one runner, one alert a day, whatever happens in between."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dashapp.domain.saved_queries import read_search
from dashapp.domain.tracking import LEASE, Claimed, DayCounts, Outcome, TrackerState
from dashapp.identity.permissions import Role
from dashapp.storage import Storage, queries, tables, trackers, users
from dashapp.storage.trackers import TrackerRecords

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = date(2026, 11, 23)


def person(storage: Storage, login: str = "ana@example.com") -> str:
    with storage.write() as connection:
        added = users.add(
            connection,
            login=login,
            display_name="Ana",
            password_hash=None,
            roles=[Role.SECURITY_READER],
            time_zone="Europe/Zurich",
            now=NOW,
        )
    return added.id


@pytest.fixture
def query_id(storage: Storage) -> str:
    owner = person(storage)
    with storage.write() as connection:
        made = queries.add(connection, owner_id=owner, name="Phish", search="?q=threat:phish", shared=None, now=NOW)
        trackers.track(connection, made, threshold=10, now=NOW)
    return made


def claimed(storage: Storage, query_id: str, now: datetime = NOW) -> Claimed:
    found = TrackerRecords(storage).claim(query_id, now)
    assert found is not None
    return found


def rows(storage: Storage, table: sa.Table) -> int:
    with storage.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def fine(messages: int, *days: date) -> Outcome:
    counts = DayCounts(DAY, messages, 3, 2, 1.5)
    return Outcome(TrackerState.FINE, counts=counts, alerts=tuple((day, messages) for day in days))


def test_a_claimed_run_is_nobody_elses_until_its_lease_ends(storage: Storage, query_id: str) -> None:
    records = TrackerRecords(storage)
    assert records.due(NOW) == [query_id]
    first = claimed(storage, query_id)
    assert first.owner.time_zone == "Europe/Zurich"
    assert read_search(first.search).query == "threat:phish"
    assert records.due(NOW) == []
    assert records.claim(query_id, NOW) is None
    late = NOW + LEASE
    assert records.due(late) == [query_id]  # the runner was killed: the run is due again
    second = claimed(storage, query_id, late)
    assert records.finish(second, fine(5), late, late + HOUR)
    assert not records.finish(first, fine(99, DAY), late, late + HOUR)  # it was only slow, and comes too late
    assert rows(storage, tables.query_alert) == 0


def test_of_many_runners_one_gets_the_run(storage: Storage, query_id: str) -> None:
    found: list[Claimed | None] = []
    ready = threading.Barrier(8)

    def runner() -> None:
        ready.wait()
        found.append(TrackerRecords(storage).claim(query_id, NOW))

    threads = [threading.Thread(target=runner) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert sum(one is not None for one in found) == 1


def test_a_day_has_one_alert_that_grows_and_stays_put_aside(storage: Storage, query_id: str) -> None:
    records, owner = TrackerRecords(storage), claimed(storage, query_id).owner.user_id
    for later, messages in enumerate((12, 30, 41), start=1):
        now = NOW + later * LEASE
        assert records.finish(claimed(storage, query_id, now), fine(messages, DAY), now, now)
    with storage.read() as connection:
        (alert,) = trackers.alerts_of(connection, owner, most=10)
        assert (alert.day, alert.messages, alert.threshold) == (DAY, 41, 10)
        assert queries.unseen_alerts(connection, owner) == 1
    with storage.write() as connection:
        assert trackers.put_aside(connection, "somebody else", [alert.id], NOW) == 0
        assert trackers.put_aside(connection, owner, [alert.id, "no such"], NOW) == 1
        assert trackers.put_aside(connection, owner, [alert.id], NOW) == 0
    now = NOW + 9 * LEASE
    assert records.finish(claimed(storage, query_id, now), fine(55, DAY), now, now)
    with storage.read() as connection:
        assert trackers.alerts_of(connection, owner, most=10) == []
    recorded = [row for row in _audit(storage) if row == "query.alert"]
    assert recorded == ["query.alert"]


def test_a_stopped_query_waits_for_its_owner(storage: Storage, query_id: str) -> None:
    records = TrackerRecords(storage)
    run = claimed(storage, query_id)
    assert records.finish(run, Outcome(TrackerState.STOPPED, "Stopped: closed."), NOW, NOW + HOUR)
    far = NOW + timedelta(days=400)
    assert records.due(far) == []
    assert records.claim(query_id, far) is None
    with storage.write() as connection:
        trackers.hurry(connection, query_id, far)
    assert records.due(far) == [query_id]
    assert "query.track.stop" in _audit(storage)


def test_numbers_come_back_and_a_failed_run_keeps_them(storage: Storage, query_id: str) -> None:
    records = TrackerRecords(storage)
    run = claimed(storage, query_id)
    assert records.finish(run, fine(7), NOW, NOW + HOUR)
    assert records.finish(claimed(storage, query_id, NOW + HOUR), Outcome(TrackerState.FAILED, "x" * 999), NOW, NOW)
    with storage.read() as connection:
        found = queries.by_id(connection, query_id, viewer_id=run.owner.user_id)
    assert found is not None
    assert found.tracker is not None
    assert found.tracker.counts == DayCounts(DAY, 7, 3, 2, 1.5)
    assert found.tracker.state is TrackerState.FAILED
    assert len(found.tracker.problem) == 300


def test_untracked_while_it_ran_nothing_is_left(storage: Storage, query_id: str) -> None:
    run = claimed(storage, query_id)
    with storage.write() as connection:
        trackers.untrack(connection, query_id)
    assert not TrackerRecords(storage).finish(run, fine(99, DAY), NOW, NOW)
    assert rows(storage, tables.query_alert) == 0


def test_another_threshold_keeps_when_tracking_began(storage: Storage, query_id: str) -> None:
    with storage.write() as connection:
        trackers.track(connection, query_id, threshold=99, now=NOW + HOUR)
        found = queries.by_id(connection, query_id, viewer_id="")
    assert found is not None
    assert found.tracker is not None
    assert (found.tracker.threshold, found.tracker.since) == (99, NOW)


def test_another_threshold_is_tried_at_once_the_same_changes_nothing(storage: Storage, query_id: str) -> None:
    records = TrackerRecords(storage)
    assert records.finish(claimed(storage, query_id), fine(7), NOW, NOW + HOUR)
    for threshold, due in ((10, []), (5, [query_id])):
        with storage.write() as connection:
            trackers.track(connection, query_id, threshold=threshold, now=NOW)
        assert records.due(NOW) == due


def test_deleting_a_person_deletes_what_was_theirs(storage: Storage, query_id: str) -> None:
    now = NOW + LEASE
    owner = claimed(storage, query_id).owner.user_id
    assert TrackerRecords(storage).finish(claimed(storage, query_id, now), fine(20, DAY), now, now)
    with storage.write() as connection:
        queries.set_default(connection, owner, query_id)
        connection.execute(tables.user.delete().where(tables.user.c.id == owner))
    for table in (tables.saved_query, tables.query_tracker, tables.query_alert, tables.saved_query_default):
        assert rows(storage, table) == 0


def test_signs_of_life_of_two_runners(storage: Storage) -> None:
    records = TrackerRecords(storage)
    with storage.read() as connection:
        assert trackers.last_tick(connection) is None
    threads = [threading.Thread(target=records.tick, args=(NOW,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records.tick(NOW + HOUR)
    with storage.read() as connection:
        assert trackers.last_tick(connection) == NOW + HOUR


def _audit(storage: Storage) -> list[str]:
    with storage.read() as connection:
        return list(connection.execute(sa.select(tables.audit.c.action).order_by(tables.audit.c.seq)).scalars())
