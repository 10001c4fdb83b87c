"""What happens in the frame, over HTTP and as plain functions."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashapp.callbacks._view import View
from dashapp.callbacks.shell import DataState, freshness_line, range_notice
from dashapp.domain.kept_lists import list_id
from dashapp.identity.permissions import Role
from dashapp.ids import Shell
from dashapp.query.window import Window
from dashapp.storage.sessions import SessionKind
from tests.apps import Board, build
from tests.lakes import publish

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def opened(board: Board, path: str, *roles: Role, search: str = "") -> str:
    body = board.body(
        board.output_of(f"{Shell.PAGE}.children"), {f"{Shell.URL}.pathname": path, f"{Shell.URL}.search": search}
    )
    return board.browser(*roles).fire(body).text


def test_page_is_laid_out(board: Board) -> None:
    assert "Where you are signed in" in opened(board, "/account", Role.EXECUTIVE, search="?layout=1&self=2")


def test_page_without_permission_says_so_in_words(board: Board) -> None:
    text = opened(board, "/data-sources", Role.SEARCH_AND_PURGE)
    assert "You cannot open Data sources" in text
    assert "sources-tables" not in text


def test_unknown_path_says_so(board: Board) -> None:
    assert "There is nothing here" in opened(board, "/<b>nowhere", Role.EXECUTIVE)


def test_sub_path(tmp_path: Path) -> None:
    board = build(tmp_path, url_prefix="/threats/")
    browser = board.browser(Role.EXECUTIVE)
    assert 'data-prefix="/threats/"' in browser.get("/threats/account").text
    assert "/threats/_dash-component-suites" in browser.get("/threats/").text
    assert '"/threats/account"' in json.dumps(browser.get("/threats/_dash-layout").json)
    assert "Where you are signed in" in opened(board, "/threats/account", Role.EXECUTIVE)
    board.services.storage.close()


def test_status_tells_range_and_freshness(tmp_path: Path) -> None:
    last = datetime.now(UTC) - timedelta(minutes=3)
    board = build(tmp_path, lake=publish(tmp_path / "lake", "EmailEvents", Timestamp=[last.replace(tzinfo=None)]))
    sent = {"path": "/data-sources", "search": "?from=now-24h", "now": datetime.now(UTC).isoformat()}
    body = board.body(board.output_of(f"{Shell.FRESHNESS}.children"), {f"{Shell.VIEW}.data": sent})
    text = board.browser(Role.EXECUTIVE).fire(body).text
    assert "Last 24 hours" in text
    assert "3 min ago" in text
    board.services.storage.close()


@pytest.mark.parametrize(
    ("start", "end", "zone", "answer"),
    [
        ("now-7d", "now", "UTC", '"from":"now-7d"'),
        ("now", "now-7d", "UTC", "before it starts"),
        ("soon", "now", "UTC", "cannot read the time"),
        ("now-7d", "now", "Mars/Olympus", "unknown time zone"),
        ({"a": 1}, ["b"], None, "unknown time zone"),
    ],
)
def test_typed_range_is_checked(board: Board, start: object, end: object, zone: object, answer: str) -> None:
    values = {
        f"{Shell.RANGE_APPLY}.n_clicks": 1,
        f"{Shell.RANGE_FROM}.value": start,
        f"{Shell.RANGE_TO}.value": end,
        f"{Shell.RANGE_ZONE}.value": zone,
    }
    body = board.body(board.output_of(f"{Shell.RANGE_CHECKED}.data"), values)
    response = board.browser(Role.EXECUTIVE).fire(body)
    assert response.status_code == 200
    assert answer in response.text


def searched(board: Board, role: Role, text: object, submitted: int | None = 1) -> Any:
    values = {f"{Shell.SEARCH}.n_submit": submitted, f"{Shell.SEARCH}.value": text}
    return board.browser(role).fire(board.body(f"{Shell.SEARCH_FOUND}.data", values))


def test_what_is_put_into_the_search_box_becomes_a_query(board: Board) -> None:
    assert '"q":"SenderIP:203.0.113.7"' in searched(board, Role.SECURITY_READER, "203[.]0[.]113[.]7").text


def test_a_long_list_in_the_search_box_gets_a_name(board: Board) -> None:
    hashes = [f"{number:064x}" for number in range(2000)]
    assert f'"q":"SHA256:@{list_id(hashes)}"' in searched(board, Role.SECURITY_READER, " ".join(hashes)).text
    assert board.services.kept_lists.values(list_id(hashes)) == tuple(hashes)


@pytest.mark.parametrize(("text", "submitted"), [("", 1), ("  ", 1), (None, 1), ({"a": 1}, 1), ("x", None), ("x", 0)])
def test_nothing_to_search_for(board: Board, text: object, submitted: int | None) -> None:
    assert searched(board, Role.SECURITY_READER, text, submitted).status_code == 204


def test_only_who_may_read_messages_has_the_search_box(board: Board) -> None:
    assert searched(board, Role.EXECUTIVE, "x").status_code == 403
    assert f'"{Shell.SEARCH}"' not in board.browser(Role.EXECUTIVE).get("/_dash-layout").text
    assert f'"{Shell.SEARCH}"' in board.browser(Role.SECURITY_READER).get("/_dash-layout").text


def theme_saved(board: Board, wanted: object, kind: SessionKind) -> int:
    body = board.body(f"{Shell.THEME_SAVED}.data", {f"{Shell.THEME_WANTED}.data": wanted})
    return board.browser(Role.EXECUTIVE, kind=kind).fire(body).status_code


def test_theme_is_remembered_but_not_by_a_wall_screen(board: Board) -> None:
    assert theme_saved(board, "dark", SessionKind.NORMAL) == 200
    assert theme_saved(board, "pink", SessionKind.NORMAL) == 204
    assert theme_saved(board, "dark", SessionKind.KIOSK) == 204


def state(first: datetime | None, last: datetime | None) -> DataState:
    return DataState(3, first, last, NOW)


def test_late_data_is_marked() -> None:
    fresh = freshness_line(state(NOW, NOW - timedelta(minutes=3)), now=NOW, zone="UTC")
    late = freshness_line(state(NOW, NOW - timedelta(hours=3)), now=NOW, zone="UTC")
    assert "late" not in fresh.className
    assert "late" in late.className
    assert "No data" in str(freshness_line(state(None, None), now=NOW, zone="UTC").children)


def test_notice_leads_from_an_empty_range_to_the_data() -> None:
    window = Window(NOW - timedelta(days=7), NOW)
    view = View("/", {"q": "a:b"}, "now-7d", "now", window, "UTC")
    old = datetime(2002, 9, 1, tzinfo=UTC)
    notice = range_notice(view, state(old, old + timedelta(days=30)))
    assert notice is not None
    (link,) = [part for part in notice.children if getattr(part, "href", None)]
    assert link.href == "?q=a%3Ab&from=2002-09-24T00%3A01Z&to=2002-10-01T00%3A01Z"


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (-40, 40), (-40, -7), (-1, 40)])
def test_no_notice_where_there_is_data(first: int, last: int) -> None:
    view = View("/", {}, "now-7d", "now", Window(NOW - timedelta(days=7), NOW), "UTC")
    assert range_notice(view, state(NOW + timedelta(days=first), NOW + timedelta(days=last))) is None
