"""What administrators and people do to accounts: rights, rules, and what of it is recorded."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dashapp.identity.accounts import AccountError, Accounts
from dashapp.identity.passwords import WeakPassword
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.identity.sign_ins import WrongCredentials
from dashapp.identity.throttling import TooManyAttempts
from dashapp.storage import Storage, tables, users
from tests.identity.browser import Browser, show
from tests.identity.conftest import NEW, PASSWORD, ROOT, Clock

People = dict[str, str]


def actor_of(storage: Storage, login: str) -> Actor:
    with storage.read() as connection:
        user = users.by_login(connection, login)
    assert user is not None
    return user.actor


def last_audit(storage: Storage) -> tuple[str, dict[str, object]]:
    with storage.read() as connection:
        row = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(1)).one()
    return row.action, json.loads(row.detail)


ADMINISTRATIVE: dict[str, Callable[[Accounts, Actor], object]] = {
    "add": lambda accounts, actor: accounts.add(actor, login="x@example.com", display_name="X", roles=[]),
    "every": lambda accounts, actor: accounts.every(actor),
    "disable": lambda accounts, actor: accounts.set_disabled(actor, "sr@example.com", disabled=True),
    "roles": lambda accounts, actor: accounts.set_roles(actor, "sr@example.com", grant=[Role.EXECUTIVE]),
    "reset": lambda accounts, actor: accounts.reset_password(actor, "sr@example.com"),
    "end": lambda accounts, actor: accounts.end_sessions(actor, "sr@example.com"),
}


@pytest.mark.parametrize("what", ADMINISTRATIVE)
def test_only_a_global_administrator_manages_people(
    accounts: Accounts, storage: Storage, people: People, what: str
) -> None:
    for role, login in people.items():
        actor = actor_of(storage, login)
        if role == "GA":
            ADMINISTRATIVE[what](accounts, actor)
        else:
            with pytest.raises(PermissionDenied, match="people:manage"):
                ADMINISTRATIVE[what](accounts, actor)


def test_a_login_is_taken_once_however_it_is_typed(accounts: Accounts, people: People) -> None:
    with pytest.raises(AccountError, match="already"):
        accounts.add(ROOT, login=" SR@Example.com", display_name="Other", roles=[])


@pytest.mark.parametrize("login", ["", "  ", "two words", "a\tb", "line\nend", "nul\x00"])
def test_a_login_is_one_printable_word(accounts: Accounts, login: str) -> None:
    with pytest.raises(AccountError, match="one word"):
        accounts.add(ROOT, login=login, display_name="X", roles=[])


def test_a3_the_organisations_own_names_are_no_passwords(accounts: Accounts) -> None:
    with pytest.raises(WeakPassword):
        accounts.add(ROOT, login="rui@example.com", display_name="Rui", roles=[], password="rui@example.com")


def test_the_last_administrator_stays(accounts: Accounts, people: People) -> None:
    with pytest.raises(AccountError, match="last Global Administrator"):
        accounts.set_disabled(ROOT, people["GA"], disabled=True)
    with pytest.raises(AccountError, match="last Global Administrator"):
        accounts.set_roles(ROOT, people["GA"], revoke=[Role.GLOBAL_ADMINISTRATOR])
    accounts.set_roles(ROOT, people["SA"], grant=[Role.GLOBAL_ADMINISTRATOR])
    accounts.set_disabled(ROOT, people["GA"], disabled=True)
    with pytest.raises(AccountError, match="last Global Administrator"):
        accounts.set_disabled(ROOT, people["SA"], disabled=True)


def test_roles_combine_and_the_record_says_before_and_after(
    accounts: Accounts, storage: Storage, people: People
) -> None:
    user = accounts.set_roles(ROOT, people["SA"], grant=[Role.SEARCH_AND_PURGE], revoke=[Role.PREVIEW])
    assert user.roles == {Role.SECURITY_ADMINISTRATOR, Role.SEARCH_AND_PURGE}
    assert last_audit(storage) == ("user.roles", {"before": ["SA"], "after": ["SA", "SP"]})


def test_passwords_never_reach_the_record(accounts: Accounts, storage: Storage, people: People) -> None:
    chosen = accounts.reset_password(ROOT, people["SR"])
    accounts.change_password(actor_of(storage, people["EX"]), PASSWORD, NEW)
    with storage.read() as connection:
        rows = str(connection.execute(sa.select(tables.audit)).all())
    assert "user.reset" in rows
    assert "account.password" in rows
    assert not any(secret in rows for secret in (chosen, PASSWORD, NEW, "argon2"))


def test_changing_a_password_needs_the_current_one_and_is_throttled(
    accounts: Accounts, storage: Storage, people: People, clock: Clock
) -> None:
    actor = actor_of(storage, people["SR"])
    with pytest.raises(WeakPassword):
        accounts.change_password(actor, PASSWORD, "short")
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            accounts.change_password(actor, "a wrong guess of it", NEW)
    assert last_audit(storage)[0] == "account.refuse"
    with pytest.raises(TooManyAttempts):
        accounts.change_password(actor, PASSWORD, NEW)


def test_s3_changing_a_password_ends_the_other_browsers_and_renews_this_one(
    browser: Browser, people: People, storage: Storage
) -> None:
    other = Browser(browser.server)
    other.sign_in(people["SR"])
    browser.sign_in(people["SR"])
    before = browser.cookie("threatboard")
    assert browser.get("/change").status_code == 200

    assert browser.cookie("threatboard") != before
    assert browser.fire(show()).status_code == 200
    assert other.fire(show()).status_code == 401
    thief = Browser(browser.server)
    thief.client.set_cookie("threatboard", before)
    assert thief.get("/").status_code == 302
    assert Browser(browser.server).sign_in(people["SR"]).status_code == 401
    assert Browser(browser.server).sign_in(people["SR"], NEW).status_code == 303


def test_s3_own_sessions_are_listed_and_ended(
    browser: Browser, people: People, storage: Storage, accounts: Accounts
) -> None:
    actor = actor_of(storage, people["SR"])
    other, stranger = Browser(browser.server), Browser(browser.server)
    for who in (browser, other):
        who.sign_in(people["SR"])
    stranger.sign_in(people["EX"])
    listed = accounts.own_sessions(actor)
    assert [session.user_id for session in listed] == [actor.user_id] * 2
    strange = accounts.own_sessions(actor_of(storage, people["EX"]))[0]
    assert accounts.end_own_sessions(actor, [strange.public_id]) == 0
    assert stranger.get("/").status_code == 200
    assert accounts.end_own_sessions(actor, [session.public_id for session in listed]) == 2
    assert browser.get("/").status_code == other.get("/").status_code == 302


def test_zone_and_theme_follow_the_person(
    browser: Browser, people: People, storage: Storage, accounts: Accounts
) -> None:
    actor = actor_of(storage, people["EX"])
    accounts.set_time_zone(actor, "Europe/Lisbon")
    accounts.set_theme(actor, "dark")
    changed = actor_of(storage, people["EX"])
    assert (changed.time_zone, changed.theme) == ("Europe/Lisbon", "dark")
    assert last_audit(storage) == ("account.settings", {"theme": "dark"})


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "UTC\x00", "x" * 500])
def test_unknown_zones_are_refused(accounts: Accounts, storage: Storage, people: People, zone: str) -> None:
    with pytest.raises(AccountError, match="no time zone"):
        accounts.set_time_zone(actor_of(storage, people["EX"]), zone)


def test_unknown_themes_are_refused(accounts: Accounts, storage: Storage, people: People) -> None:
    with pytest.raises(AccountError, match="no theme"):
        accounts.set_theme(actor_of(storage, people["EX"]), "<b>")


def test_a_wall_screen_may_not_touch_the_account(accounts: Accounts, storage: Storage, people: People) -> None:
    person = actor_of(storage, people["EX"])
    screen = Actor(person.user_id, person.name, frozenset({Role.EXECUTIVE}), read_only=True)
    with pytest.raises(PermissionDenied):
        accounts.set_theme(screen, "dark")
    with pytest.raises(PermissionDenied):
        accounts.change_password(screen, PASSWORD, NEW)
    with pytest.raises(PermissionDenied):
        accounts.end_own_sessions(screen)
