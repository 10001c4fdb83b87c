"""What the grid's tools ask of the server: only the columns shown, any sort that means something, a look that lasts."""

import json

import pytest

from dashapp.callbacks.explorer_grid import read_look
from dashapp.identity.permissions import Role
from dashapp.ids import Explorer
from dashapp.storage.sessions import SessionKind
from tests.apps import Board
from tests.callbacks.test_explorer import data, rows, wanted
from tests.identity.browser import Browser

LOOK = {"density": "compact", "widths": {"Subject": 400}}


def save(board: Board, browser: Browser, look: object) -> int:
    body = board.body(board.output_of(f"{Explorer.LOOK_SAVED}.data"), {f"{Explorer.LOOK}.data": look})
    return browser.fire(body).status_code


def test_rows_have_the_columns_of_the_address_and_what_names_them(threats: Board) -> None:
    (row, *_) = data(rows(threats, wanted("?from=now-90d&cols=Subject,UrlDomain")))["rowData"]
    named = {"id", "message", "NetworkMessageId", "RecipientEmailAddress", "Timestamp"}
    assert set(row) == {*named, "Subject", "UrlDomain"}
    assert row["id"] == f"{row['NetworkMessageId']} {row['RecipientEmailAddress']}"


@pytest.mark.parametrize("column", ["LatestDeliveryLocation", "ThreatTypes", "SenderCountry", "IngestedAt"])
def test_any_column_of_the_message_can_be_sorted_by(threats: Board, column: str) -> None:
    found = data(rows(threats, wanted("?from=now-90d", sort=[{"colId": column, "sort": "asc"}])))
    assert found["key"] == f"name\n0\n{column} asc"
    assert found["rowCount"] == len(found["rowData"]) + 170


@pytest.mark.parametrize("column", ["UserTag", "UrlDomain", "Nonsense", ""])
def test_no_other_column_can(threats: Board, column: str) -> None:
    found = data(rows(threats, wanted("?from=now-90d", sort=[{"colId": column, "sort": "asc"}])))
    assert found["key"] == "name\n0"


def test_a_look_is_kept_for_the_person_alone(threats: Board) -> None:
    browser, other = threats.browser(Role.SECURITY_READER), threats.browser(Role.SECURITY_READER)
    assert save(threats, browser, LOOK) == 200
    page = browser.get("/explorer").text
    assert "&quot;density&quot;: &quot;compact&quot;" in page
    assert "&quot;Subject&quot;: 400" in page
    assert 'data-look=""' in other.get("/explorer").text


def test_a_wall_screen_keeps_none(threats: Board) -> None:
    kiosk = threats.browser(Role.SECURITY_READER, kind=SessionKind.KIOSK)
    assert save(threats, kiosk, LOOK) in {204, 403}


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"density": ["compact"], "widths": []},
        {"density": "<script>", "widths": {"Subject": True, "Nonsense": 100, "Url": 10**9, "Date": -1}},
    ],
)
def test_what_is_no_look_is_left_out(forged: dict[str, object]) -> None:
    assert read_look(forged) == {"density": "comfortable", "widths": {}}
    assert json.dumps(read_look(LOOK)) == json.dumps(LOOK)
