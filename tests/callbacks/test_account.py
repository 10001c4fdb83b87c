"""The account page, over HTTP."""

import pytest

from dashapp.callbacks.account import device
from dashapp.identity.permissions import Role
from dashapp.ids import Account
from dashapp.storage import users
from tests.apps import Board
from tests.identity.browser import Browser

NEW = "a long new sentence of words"


def with_password(board: Board) -> Browser:
    accounts = board.guard.accounts
    with accounts.storage.write() as connection:
        from dashapp.identity.first_run import SETUP

        accounts.insert(
            connection, SETUP, login="ana@example.com", display_name="Ana", roles=[Role.EXECUTIVE], password=OLD
        )
    browser = Browser(board.app.server)
    assert browser.sign_in("ana@example.com", OLD).status_code == 303
    return browser


OLD = "correct horse battery staple"


def change(board: Board, browser: Browser, now: str, new: str, again: str) -> str:
    values = {
        f"{Account.PASSWORD_SAVE}.n_clicks": 1,
        f"{Account.PASSWORD_NOW}.value": now,
        f"{Account.PASSWORD_NEW}.value": new,
        f"{Account.PASSWORD_AGAIN}.value": again,
    }
    return browser.fire(board.body(board.output_of(f"{Account.PASSWORD_RESULT}.children"), values)).text


@pytest.mark.parametrize(
    ("now", "new", "again", "answer"),
    [
        (OLD, NEW, NEW + "x", "differ"),
        ("wrong", NEW, NEW, "not right"),
        (OLD, "short", "short", "at least 12"),
        (OLD, NEW, NEW, "is changed"),
    ],
)
def test_password(board: Board, now: str, new: str, again: str, answer: str) -> None:
    browser = with_password(board)
    assert answer in change(board, browser, now, new, again)


def test_changed_password_keeps_this_session_and_ends_others(board: Board) -> None:
    browser, other = with_password(board), Browser(board.app.server)
    other.sign_in("ana@example.com", OLD)
    change(board, browser, OLD, NEW, NEW)
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_zone_is_saved(board: Board) -> None:
    browser = with_password(board)
    values = {f"{Account.PREFERENCES_SAVE}.n_clicks": 1, f"{Account.ZONE}.value": "Asia/Tokyo"}
    output = f"{Account.PREFERENCES_RESULT}.children"
    assert "Saved" in browser.fire(board.body(output, values)).text
    with board.services.storage.read() as connection:
        found = users.by_login(connection, "ana@example.com")
    assert found is not None
    assert found.time_zone == "Asia/Tokyo"
    values[f"{Account.ZONE}.value"] = "../../etc/passwd"
    assert "no time zone" in browser.fire(board.body(output, values)).text


def test_other_sessions_are_listed_and_ended(board: Board) -> None:
    browser, other = with_password(board), Browser(board.app.server)
    other.sign_in("ana@example.com", OLD)
    listed = browser.fire(board.body(f"{Account.SESSIONS}.children")).text
    assert listed.count("account-session-end") == 1
    output = board.output_of(f"{Account.SESSIONS_CHANGED}.data")
    ended = browser.fire(board.body(output, {f"{Account.SESSIONS_END_OTHERS}.n_clicks": 1})).text
    assert "One session ended" in ended
    assert other.get("/account").status_code == 302
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize("value", ["text", 5, None, [], {"no": "index"}, {"index": {"a": 1}}, {"index": 5}])
def test_made_up_session_buttons_end_nothing(board: Board, value: object) -> None:
    browser, output = with_password(board), board.output_of(f"{Account.SESSIONS_CHANGED}.data")
    body = board.body(output)
    button = {"index": "x", "type": "account-session-end"}
    for wrapped in (lambda one: [one], lambda one: one):
        body["inputs"][1] = wrapped({"id": button, "property": "n_clicks", "value": 1})
        body["state"][0] = wrapped({"id": button, "property": "id", "value": value})
        assert browser.fire(body).status_code == 204
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/19 Safari/605", "Safari on macOS"),
        ("curl/8.5", "curl/8.5"),
        ("", "Unknown"),
    ],
)
def test_device(long: str, short: str) -> None:
    assert device(long) == short
