"""Saved queries over HTTP: what the dialogs send, what forged requests get, what two people see of each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashapp.domain.ready_made import READY_MADE
from dashapp.domain.tracking import DayCounts, Outcome, TrackerState
from dashapp.identity.permissions import Role
from dashapp.ids import Shell, Trackers
from dashapp.storage.trackers import TrackerRecords
from tests.apps import Board, build
from tests.identity.browser import SAME, Browser

ADMIN, READER = Role.SECURITY_ADMINISTRATOR, Role.SECURITY_READER
HOSTILE_NAME = '<img src=x onerror=alert(1)> =cmd|"/c calc" \u202egnp.exe'
WANTED = {"name": "Phish", "search": "?q=PrimaryThreat:Phish&from=now-3d", "tracked": False, "threshold": None}


@pytest.fixture
def board(tmp_path: Path) -> Any:
    made = build(tmp_path)
    yield made
    made.services.storage.close()


def send(browser: Browser, method: str, path: str = "", body: object = None) -> Any:
    headers = SAME | {"X-CSRFToken": browser.token}
    return browser.client.open(
        f"/saved-queries{path}", method=method, json=body, headers=headers, environ_overrides=browser.address
    )


def kept(browser: Browser, **changes: object) -> str:
    answer = send(browser, "POST", "", WANTED | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def listed(board: Board, browser: Browser, tab: str = "") -> str:
    view = {"path": "/trackers", "search": f"?tab={tab}", "now": "", "since": "now-30d"}
    output = board.output_of(f"{Trackers.LIST}.children")
    answer = browser.fire(board.body(output, {f"{Shell.VIEW}.data": view}))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_whole_life_of_a_query(board: Board) -> None:
    browser = board.browser(ADMIN)
    assert "No saved queries yet" in listed(board, browser)
    query_id = kept(browser)
    opened = browser.get(f"/saved-queries/{query_id}/open")
    assert opened.status_code == 303
    assert opened.location == "/explorer?from=now-3d&q=PrimaryThreat:Phish"
    told = send(browser, "GET", f"/{query_id}").json
    assert (told["name"], told["query"], told["from"], told["own"]) == ("Phish", "PrimaryThreat:Phish", "now-3d", True)
    changed = {"name": "Spam", "query": "PrimaryThreat:Spam", "from": "now-1d", "to": "now", "tracked": True}
    changed |= {"threshold": 7, "shared": "SR", "version": told["version"]}
    assert send(browser, "PUT", f"/{query_id}", changed).status_code == 200
    again = send(browser, "PUT", f"/{query_id}", changed)
    assert (again.status_code, again.json["error"]) == (409, "ChangedQueryError")
    for version in (None, "1", True, -1, 2**70):
        assert send(browser, "PUT", f"/{query_id}", changed | {"version": version}).status_code == 400
    text = listed(board, browser, "tracked")
    assert "PrimaryThreat:Spam" in text
    assert "Soon, for the first time" in text
    assert send(browser, "POST", f"/{query_id}/count", {}).status_code == 202
    assert send(browser, "DELETE", f"/{query_id}").json == {"name": "Spam"}
    assert send(browser, "GET", f"/{query_id}").status_code == 404
    assert "No saved queries yet" in listed(board, browser)


def test_the_explorer_opens_with_the_default(board: Board) -> None:
    browser = board.browser(READER)
    query_id = kept(browser)
    assert browser.get("/explorer").status_code == 200
    assert send(browser, "PUT", f"/{query_id}/default", {"on": True}).status_code == 200
    answer = browser.get("/explorer")
    assert (answer.status_code, answer.location) == (302, "/explorer?from=now-3d&q=PrimaryThreat:Phish")
    assert browser.get("/explorer?view=all").status_code == 200
    assert board.browser(READER).get("/explorer").status_code == 200
    body = board.body(board.output_of(f"{Shell.SHOWN}.data"), {f"{Shell.URL}.pathname": "/explorer"})
    assert browser.fire(body).json["response"][Shell.SHOWN]["data"]["opens"] == "?from=now-3d&q=PrimaryThreat:Phish"
    send(browser, "PUT", f"/{query_id}/default", {"on": False})
    assert browser.get("/explorer").status_code == 200


def test_two_people_know_nothing_of_each_other(board: Board) -> None:
    ana, eve = board.browser(READER), board.browser(Role.GLOBAL_ADMINISTRATOR)
    query_id = kept(ana, name="Ana's secret", tracked=True, threshold=1)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/open", None),
        ("PUT", "", {"name": "x", "query": "", "from": "now-1d", "to": "now", "version": 1}),
        ("DELETE", "", None),
        ("PUT", "/default", {"on": True}),
        ("POST", "/count", {}),
    ):
        assert send(eve, method, f"/{query_id}{path}", body).status_code == 404, (method, path)
    for page in ("", "tracked", "ready"):
        assert "secret" not in listed(board, eve, page)
    assert "secret" not in send(eve, "GET").text
    assert "secret" in listed(board, ana)


def test_a_shared_query_is_seen_and_not_changed_by_its_readers(board: Board) -> None:
    admin, reader = board.browser(ADMIN), board.browser(READER)
    query_id = kept(admin, name="For readers", shared="SR")
    text = listed(board, reader)
    assert "For readers" in text
    assert '"edit"' not in text
    assert '"delete"' not in text
    assert send(reader, "GET", f"/{query_id}/open").status_code == 303
    assert send(reader, "DELETE", f"/{query_id}").status_code == 404
    assert send(reader, "POST", "", WANTED | {"name": "Mine", "shared": "SR"}).status_code == 403
    assert send(reader, "GET").json["roles"] == []


@pytest.mark.parametrize("role", Role)
def test_every_role(board: Board, role: Role) -> None:
    browser, allowed = board.browser(role), role in {Role.GLOBAL_ADMINISTRATOR, ADMIN, READER}
    assert send(browser, "POST", "", WANTED).status_code == (201 if allowed else 403)
    assert send(browser, "GET").status_code == (200 if allowed else 403)
    output = board.output_of(f"{Trackers.LIST}.children")
    view = {"path": "/trackers", "search": "", "now": ""}
    assert browser.fire(board.body(output, {f"{Shell.VIEW}.data": view})).status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": ""}, 422),
        ({"name": 5}, 400),
        ({"name": ["x"]}, 400),
        ({"name": "x" * 5_000}, 422),
        ({"search": "?q=((("}, 422),
        ({"search": "?from=now&to=now-9d"}, 422),
        ({"search": "x" * 9_000}, 422),
        ({"search": {"q": 1}}, 400),
        ({"shared": "root"}, 400),
        ({"shared": 1}, 400),
        ({"shared": {"a": 1}}, 400),
        ({"shared": "EX"}, 422),
        ({"tracked": "yes"}, 400),
        ({"tracked": True, "threshold": -1}, 422),
        ({"tracked": True, "threshold": True}, 422),
        ({"tracked": True, "threshold": 2**70}, 422),
        ({"tracked": True, "threshold": "5"}, 422),
    ],
)
def test_forged_bodies(board: Board, changes: dict[str, object], status: int) -> None:
    browser = board.browser(ADMIN)
    answer = send(browser, "POST", "", WANTED | changes)
    assert answer.status_code == status, answer.text
    assert answer.json["detail"]
    assert "No saved queries yet" in listed(board, browser)


@pytest.mark.parametrize("body", [None, [], "x", 5, {"alerts": "x"}, {"alerts": [1]}, {"alerts": None}])
def test_forged_alerts(board: Board, body: object) -> None:
    assert send(board.browser(ADMIN), "POST", "/alerts/seen", body).status_code in {400, 415}


def test_without_the_token_nothing_changes(board: Board) -> None:
    browser = board.browser(ADMIN)
    query_id = kept(browser)
    for method in ("DELETE", "PUT"):
        answer = browser.client.open(f"/saved-queries/{query_id}", method=method, json={}, headers=SAME)
        assert answer.status_code == 403
    assert browser.post("/saved-queries", json=WANTED, headers=SAME).status_code == 403
    assert send(browser, "GET", f"/{query_id}").status_code == 200


def test_alerts_are_shown_counted_and_put_aside_by_their_owner(board: Board) -> None:
    ana, eve = board.browser(READER), board.browser(READER)
    query_id = kept(ana, name=HOSTILE_NAME, search="?view=clicks", tracked=True, threshold=3)
    now = datetime.now(UTC)
    records = TrackerRecords(board.services.storage)
    run = records.claim(query_id, now)
    assert run is not None
    counts = DayCounts(now.date(), 12_345, 2, 6, 4.0)
    assert records.finish(run, Outcome(TrackerState.FINE, counts=counts, alerts=((now.date(), 12_345),)), now, now)

    def shown(browser: Browser, component: str) -> str:
        view = {"path": "/trackers", "search": "", "now": ""}
        return browser.fire(board.body(board.output_of(component), {f"{Shell.VIEW}.data": view})).text

    assert "12,345 clicks" in shown(ana, f"{Trackers.ALERTS}.children")
    assert "\\u202e" not in shown(ana, f"{Trackers.ALERTS}.children")
    assert "1 alert" in shown(ana, f"{Shell.ALERTS}.children")
    assert "12,345" not in shown(eve, f"{Trackers.ALERTS}.children")
    assert "+50 %" in listed(board, ana, "tracked")
    yesterday = now - timedelta(days=1)
    run = records.claim(query_id, now)
    assert run is not None
    assert records.finish(run, Outcome(TrackerState.FINE, counts=replace(counts, day=yesterday.date())), now, now)
    late = listed(board, ana, "tracked")
    # The runner stands still, so these are not the numbers of today; the day is named, not only in a tooltip.
    assert late.count(f'"{yesterday:%-d %b %Y}"') == 2
    assert "+50 %" not in late
    with board.services.storage.read() as connection:
        from dashapp.storage import trackers

        (alert,) = trackers.alerts_of(connection, run.owner.user_id, most=9)
    assert send(eve, "POST", "/alerts/seen", {"alerts": [alert.id]}).json == {"seen": 0}
    assert send(ana, "POST", "/alerts/seen", {"alerts": [alert.id, "\ud800", "x"]}).status_code in {200, 400}
    assert send(ana, "POST", "/alerts/seen", {"alerts": [alert.id]}).status_code == 200
    assert "12,345" not in shown(ana, f"{Trackers.ALERTS}.children")


def test_names_in_the_menu_hide_nothing_and_come_back_as_typed(board: Board) -> None:
    admin, reader = board.browser(ADMIN), board.browser(READER)
    query_id = kept(admin, name="invoice \u202efdp.exe", search="?q=Subject:%22\u2066x%22", shared="SR")
    _yours, shared, _ready = send(reader, "GET").json["groups"]
    (item,) = shared["items"]
    assert item["name"] == "invoice ⟦U+202E⟧fdp.exe"
    (own,) = send(admin, "GET").json["groups"][0]["items"]
    assert (own["name"], own["note"]) == ("invoice ⟦U+202E⟧fdp.exe", 'Subject:"⟦U+2066⟧x"')
    assert send(admin, "GET", f"/{query_id}").json["name"] == "invoice \u202efdp.exe"


def test_the_menu_offers_what_is_ready_made(board: Board) -> None:
    groups = {group["label"]: group["items"] for group in send(board.browser(READER), "GET").json["groups"]}
    assert {item["name"] for item in groups["Ready-made"]} <= {one.name for one in READY_MADE}
    assert all(item["address"].startswith(("/explorer?", "/hunts?")) for item in groups["Ready-made"])
