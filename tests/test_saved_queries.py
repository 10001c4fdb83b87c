"""Who may see, keep, change, share and track which queries."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashapp.domain.saved_queries import (
    MOST_QUERIES,
    MOST_TRACKED,
    ChangedQueryError,
    Draft,
    NoSuchQueryError,
    SavedQueryError,
    read_search,
    write_search,
)
from dashapp.domain.tracking import DayCounts, Outcome, Tracker, TrackerState
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.urlstate import EXPLORER, ViewState
from dashapp.query.window import Grain
from dashapp.saved_queries import SavedQueries
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, tables, users
from dashapp.storage.trackers import TrackerRecords

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATE = ViewState(view="all", query="PrimaryThreat:Phish", start="now-3d", by="PrimaryThreat")
ADMIN, READER = Role.SECURITY_ADMINISTRATOR, Role.SECURITY_READER
HOSTILE = '=HYPERLINK("http://evil.example") <img src=x onerror=alert(1)> \u202e\x00'


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(Settings(secret_key="k" * 32, data_dir=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def kept(storage: Storage) -> SavedQueries:
    return SavedQueries(storage, lambda: NOW)


def person(storage: Storage, login: str, *roles: Role) -> Actor:
    with storage.write() as connection:
        added = users.add(
            connection,
            login=login,
            display_name=login,
            password_hash=None,
            roles=roles,
            time_zone="UTC",
            now=NOW,
        )
    return added.actor


@pytest.fixture
def ana(storage: Storage) -> Actor:
    return person(storage, "ana", ADMIN)


@pytest.fixture
def ben(storage: Storage) -> Actor:
    return person(storage, "ben", READER)


def draft(name: str = "Phish", **given: object) -> Draft:
    return Draft(name, **{"state": STATE, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "state",
    [
        EXPLORER,
        STATE,
        ViewState(view="", by="", sort=(), start="2026-01-01", end="2026-02-01T10:00", zone="Asia/Tokyo"),
        ViewState(query='Subject:"a & b=c%"', disabled="x", grain=Grain.HOUR, compare=True, columns=("Subject",)),
    ],
)
def test_the_view_comes_back_as_it_was(kept: SavedQueries, ben: Actor, state: ViewState) -> None:
    assert kept.save(ben, draft(state=state)).state == state
    assert read_search(write_search(state)) == state


def test_a_private_query_exists_for_its_owner_only(
    kept: SavedQueries, storage: Storage, ana: Actor, ben: Actor
) -> None:
    mine = kept.save(ben, draft())
    assert [query.id for query in kept.visible(ben)] == [mine.id]
    for other in (ana, person(storage, "eve", READER), person(storage, "gus", Role.GLOBAL_ADMINISTRATOR)):
        assert kept.visible(other) == []
        for attempt in (kept.get, kept.opened, kept.delete, kept.set_default, kept.count_now):
            with pytest.raises(NoSuchQueryError):
                attempt(other, mine.id)  # type: ignore[operator]  # methods of one shape
        with pytest.raises(NoSuchQueryError):
            kept.change(other, mine.id, draft("Mine now"), version=mine.version)
    assert kept.get(ben, mine.id) == mine


@pytest.mark.parametrize("made_up", ["", "x", "../..", "' OR 1=1 --", "x" * 999, "\x00", "\ud800"])
def test_made_up_ids_are_no_queries(kept: SavedQueries, ben: Actor, made_up: str) -> None:
    with pytest.raises(NoSuchQueryError):
        kept.get(ben, made_up)


def test_shared_with_a_role_it_is_seen_by_that_role(
    kept: SavedQueries, storage: Storage, ana: Actor, ben: Actor
) -> None:
    shared = kept.save(ana, draft(shared=READER))
    assert [query.id for query in kept.visible(ben)] == [shared.id]
    assert kept.opened(ben, shared.id).author == "ana"
    with pytest.raises(NoSuchQueryError):
        kept.change(ben, shared.id, draft("Ben's"), version=shared.version)
    with pytest.raises(NoSuchQueryError):
        kept.delete(ben, shared.id)
    only_admins = kept.save(ana, draft("Admins", shared=Role.GLOBAL_ADMINISTRATOR))
    with pytest.raises(NoSuchQueryError):
        kept.get(ben, only_admins.id)
    colleague = person(storage, "carl", ADMIN)  # shares, so looks after what is shared
    assert (
        kept.change(colleague, shared.id, draft("Better", shared=READER), version=shared.version).owner_id
        == ana.user_id
    )
    assert kept.delete(colleague, only_admins.id).name == "Admins"


def test_no_longer_shared_it_is_gone_for_others(kept: SavedQueries, storage: Storage, ana: Actor, ben: Actor) -> None:
    shared, carl = kept.save(ana, draft(shared=READER)), person(storage, "carl", ADMIN)
    kept.set_default(ben, shared.id)
    default = kept.default_of(ben)
    assert default is not None
    assert default.id == shared.id
    kept.change(carl, shared.id, draft(), version=shared.version)
    assert kept.default_of(ben) is None
    assert kept.visible(ben) == []
    assert [query.name for query in kept.visible(ana)] == ["Phish"]


def test_only_who_may_share_shares(kept: SavedQueries, ben: Actor) -> None:
    with pytest.raises(PermissionDenied):
        kept.save(ben, draft(shared=READER))
    mine = kept.save(ben, draft())
    with pytest.raises(PermissionDenied):
        kept.change(ben, mine.id, draft(shared=READER), version=mine.version)


def test_nothing_is_shared_with_who_cannot_open_it(kept: SavedQueries, ana: Actor) -> None:
    for role in (Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW):
        with pytest.raises(SavedQueryError, match="could open"):
            kept.save(ana, draft(shared=role))


@pytest.mark.parametrize("roles", [(), (Role.EXECUTIVE,), (Role.SEARCH_AND_PURGE, Role.PREVIEW)])
def test_other_roles_have_none(kept: SavedQueries, storage: Storage, roles: tuple[Role, ...]) -> None:
    actor = person(storage, "dan", *roles)
    for attempt in (
        lambda: kept.visible(actor),
        lambda: kept.save(actor, draft()),
        lambda: kept.alerts(actor),
        lambda: kept.set_default(actor, None),
        lambda: kept.put_aside(actor, ["x"]),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert kept.default_of(actor) is None
    assert kept.alert_count(actor) == 0


def test_a_wall_screen_keeps_nothing(kept: SavedQueries, ben: Actor) -> None:
    screen = Actor(ben.user_id, ben.name, ben.roles, read_only=True)
    with pytest.raises(PermissionDenied):
        kept.save(screen, draft())


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"name": " \t "}, "a name"),
        ({"name": "x" * 121}, "at most"),
        ({"state": ViewState(query="(((")}, "cannot be read"),
        ({"state": ViewState(disabled="nosuch:1")}, "cannot be read"),
        ({"state": ViewState(start="now", end="now-1d")}, "time range"),
        ({"state": ViewState(start="gibberish")}, "time range"),
        ({"state": ViewState(query="a" * 9_000)}, "too long"),
        ({"tracked": True, "threshold": 0}, "threshold"),
        ({"tracked": True, "state": ViewState(view="nonsense")}, "Only queries of the explorer"),
        ({"tracked": True, "threshold": 2**40}, "threshold"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    kept: SavedQueries, ben: Actor, given: dict[str, object], match: str
) -> None:
    with pytest.raises(SavedQueryError, match=match):
        kept.save(ben, draft(**given))  # type: ignore[arg-type]
    assert kept.visible(ben) == []


def test_hostile_names_stay_text(kept: SavedQueries, ben: Actor) -> None:
    saved = kept.save(ben, draft(HOSTILE))
    assert saved.name == HOSTILE.replace("\x00", "\ufffd")


def test_limits(kept: SavedQueries, ben: Actor) -> None:
    for number in range(MOST_TRACKED):
        kept.save(ben, draft(f"T{number}", tracked=True))
    with pytest.raises(SavedQueryError, match="track"):
        kept.save(ben, draft("One more", tracked=True))
    for number in range(MOST_QUERIES - MOST_TRACKED):
        kept.save(ben, draft(f"Q{number}"))
    with pytest.raises(SavedQueryError, match="can keep"):
        kept.save(ben, draft("One more"))


def test_a_name_is_taken_once_per_person(kept: SavedQueries, ana: Actor, ben: Actor) -> None:
    first = kept.save(ben, draft("Phish"))
    kept.save(ana, draft("Phish"))
    with pytest.raises(SavedQueryError, match="of that name"):
        kept.save(ben, draft(" PHISH "))
    assert kept.change(ben, first.id, draft("phish"), version=first.version).name == "phish"


def test_tracking_is_switched_by_the_owner_only(kept: SavedQueries, storage: Storage, ana: Actor) -> None:
    shared, carl = kept.save(ana, draft(shared=READER, tracked=True, threshold=5)), person(storage, "carl", ADMIN)
    assert shared.tracker is not None
    assert shared.tracker.threshold == 5
    changed = kept.change(carl, shared.id, draft(shared=READER, tracked=False), version=shared.version)
    assert changed.tracker is not None
    with pytest.raises(NoSuchQueryError):
        kept.count_now(carl, shared.id)
    assert kept.change(ana, shared.id, draft(shared=READER), version=changed.version).tracker is None


def test_of_two_windows_the_second_is_told_that_the_first_has_saved(kept: SavedQueries, ben: Actor) -> None:
    opened = kept.save(ben, draft())
    kept.change(ben, opened.id, draft("From the first window"), version=opened.version)
    with pytest.raises(ChangedQueryError, match="changed meanwhile"):
        kept.change(ben, opened.id, draft("From the second"), version=opened.version)
    found = kept.get(ben, opened.id)
    assert found.name == "From the first window"
    assert kept.change(ben, opened.id, draft("From the second"), version=found.version).name == "From the second"


def test_a_tracked_query_that_asks_something_else_is_counted_anew(
    kept: SavedQueries, storage: Storage, ben: Actor
) -> None:
    saved, records = kept.save(ben, draft(tracked=True, threshold=5)), TrackerRecords(storage)
    run = records.claim(saved.id, NOW)
    assert run is not None
    counts, later = DayCounts(NOW.date(), 9, 8), NOW + timedelta(hours=1)
    assert records.finish(run, Outcome(TrackerState.FINE, counts=counts, alerts=((NOW.date(), 9),)), NOW, later)
    renamed = kept.change(ben, saved.id, draft("Renamed", tracked=True, threshold=5), version=saved.version)
    assert renamed.tracker is not None
    assert (renamed.tracker.counts, renamed.tracker.next_run) == (counts, later)
    running = records.claim(saved.id, later)
    assert running is not None
    other = draft(state=ViewState(view="all", query="PrimaryThreat:Malware"), tracked=True, threshold=5)
    asked = kept.change(ben, saved.id, other, version=renamed.version)
    assert asked.tracker == Tracker(threshold=5, since=NOW, next_run=NOW)
    assert kept.alerts(ben) == []
    assert not records.finish(running, Outcome(TrackerState.FINE, counts=counts), later, later)


def test_every_change_is_recorded(kept: SavedQueries, storage: Storage, ana: Actor) -> None:
    saved = kept.save(ana, draft(tracked=True))
    kept.change(ana, saved.id, draft("Other", tracked=True), version=saved.version)
    kept.set_default(ana, saved.id)
    kept.count_now(ana, saved.id)
    kept.delete(ana, saved.id)
    with storage.read() as connection:
        rows = connection.execute(sa.select(tables.audit.c.action, tables.audit.c.detail)).all()
        assert storage.audit.verify(connection).problems == ()
    assert [row.action for row in rows] == [
        *("query.save", "query.change", "query.default", "query.track.run", "query.delete")
    ]
    assert json.loads(rows[0].detail)["search"] == write_search(STATE)
