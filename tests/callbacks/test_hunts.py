"""The page of a hunt, over HTTP: what it shows, to whom, and what made-up addresses get."""

import json

import pandas as pd
import pytest

from dashapp.components.hunt_table import hunt_table
from dashapp.data.hunts import HUNTS
from dashapp.identity.permissions import Role
from dashapp.ids import Hunts, Shell
from tests.apps import Board
from tests.identity.browser import Browser

HOSTILE = '<img src=x onerror=alert(1)> \u202egnp.exe https://evil.example/"onclick='


def fire(board: Board, browser: Browser, part: Hunts, **view: str) -> tuple[int, str]:
    sent = {"path": "/hunts", "search": "", "now": "", "since": "now-30d"} | view
    answer = browser.fire(board.body(f"{part}.children", {f"{Shell.VIEW}.data": sent}))
    return answer.status_code, json.dumps(answer.json)


@pytest.mark.parametrize("slug", HUNTS)
def test_every_hunt_answers(threats: Board, slug: str) -> None:
    browser = threats.browser(Role.SECURITY_READER)
    status, text = fire(threats, browser, Hunts.ANSWER, search=f"?view={slug}")
    assert status == 200, text
    assert "tb-table" in text or "Nothing found" in text


def test_values_lead_to_their_messages(threats: Board) -> None:
    browser = threats.browser(Role.SECURITY_READER)
    _, text = fire(threats, browser, Hunts.ANSWER, search="?view=most-attacked")
    assert "/explorer?" in text
    assert "RecipientEmailAddress" in text
    assert "PrimaryThreat" in text
    _, head = fire(threats, browser, Hunts.HEAD, search="?view=most-attacked")
    assert "Most attacked people" in head


@pytest.mark.parametrize("search", ["", "?view=", "?view=phish-clicks", "?view=%00", "?view=../..", "?from=x&to=y"])
def test_made_up_hunts_are_nothing(threats: Board, search: str) -> None:
    browser = threats.browser(Role.SECURITY_READER)
    assert fire(threats, browser, Hunts.ANSWER, search=search)[0] == 200
    assert "no hunt of that name" in fire(threats, browser, Hunts.HEAD, search=search)[1]


@pytest.mark.parametrize("role", Role)
def test_only_who_reads_messages(threats: Board, role: Role) -> None:
    readers = {Role.GLOBAL_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.SECURITY_READER}
    status, text = fire(threats, threats.browser(role), Hunts.ANSWER, search="?view=most-attacked")
    assert status == (200 if role in readers else 403)
    assert ("@" in text) == (role in readers)


def test_hostile_values_stay_text() -> None:
    frame = pd.DataFrame(
        {
            "time": [pd.Timestamp("2026-03-01T10:00", tz="UTC")],
            "day": [pd.Timestamp("2026-03-01")],
            "subject": [HOSTILE],
            "url": ["https://evil.example/x"],
            "messages": [12_345],
            "share": [0.75],
            "minutes_between": [1234.5],
            "sender": [None],
        }
    )
    text = json.dumps(
        hunt_table(frame, "Asia/Tokyo", lambda *_: "").to_plotly_json(), default=lambda x: x.to_plotly_json()
    )
    assert "\\u202e" not in text
    assert "hxxps://evil[.]example" in text
    assert "href" not in text
    for shown in ("12,345", "75.0 %", "1,234.5", "1 Mar 2026, 19:00", '"1 Mar 2026"'):
        assert shown in text, shown
