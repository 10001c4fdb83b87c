"""The explorer's callbacks over HTTP."""

import json
from typing import Any

import pytest

from dashapp.identity.permissions import Role
from dashapp.ids import Explorer, Shell
from dashapp.query.fields import FIELDS, Kind
from dashapp.query.views import VIEWS
from tests.apps import Board
from tests.callbacks.test_dashboard import view

ALL = 30 * 5 + 30 * 4


def rows(board: Board, request: object, role: Role = Role.SECURITY_READER) -> Any:
    body = board.body(board.output_of(f"{Explorer.ROWS}.data"), {f"{Explorer.GRID}.getRowsRequest": request})
    return board.browser(role).fire(body)


def wanted(search: str, *, start: int = 0, end: int = 100, sort: object = None) -> dict[str, Any]:
    context = {"asked": "name", "view": view(search, "/explorer")}
    return {"startRow": start, "endRow": end, "sortModel": sort or [], "filterModel": {}, "context": context}


def data(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.json["response"][Explorer.ROWS]["data"]
    return found


def total(board: Board, search: str, role: Role = Role.SECURITY_READER) -> Any:
    body = board.body(board.output_of(f"{Explorer.TOTAL}.children"), {f"{Shell.VIEW}.data": view(search, "/explorer")})
    return board.browser(role).fire(body)


def test_total_counts_what_matches(threats: Board) -> None:
    assert f'"{ALL}"' in total(threats, "?from=now-90d").text
    assert '"30"' in total(threats, "?from=now-90d&q=PrimaryThreat:Malware").text


@pytest.mark.parametrize("query", ["((", "PrimaryThreat:Malware AND", "Nonsense:1", "EmailSize:big", "x" * 2001])
def test_a_mistake_is_explained_not_thrown(threats: Board, query: str) -> None:
    response = total(threats, f"?q={query}")

    assert response.status_code == 200
    assert response.json["response"][Explorer.ERROR]["children"] is not None
    assert data(rows(threats, wanted(f"?q={query}"))) == {"key": "name\n0", "rowData": [], "rowCount": 0}


def test_first_page_is_the_newest_and_names_its_question(threats: Board) -> None:
    found = data(rows(threats, wanted("?from=now-90d", end=20)))

    assert found["rowCount"] == ALL
    assert len(found["rowData"]) == 20
    assert found["key"] == "name\n0"
    times = [row["Timestamp"] for row in found["rowData"]]
    assert times == sorted(times, reverse=True)
    assert len({row["id"] for row in found["rowData"]}) == 20


def test_last_page_ends_with_the_last_row(threats: Board) -> None:
    found = data(rows(threats, wanted("?from=now-90d", start=200, end=300)))

    assert len(found["rowData"]) == ALL - 200
    assert data(rows(threats, wanted("?from=now-90d", start=300, end=400)))["rowData"] == []


def test_the_server_sorts(threats: Board) -> None:
    sort = [{"colId": "RecipientEmailAddress", "sort": "asc"}]
    found = data(rows(threats, wanted("?from=now-90d", sort=sort)))

    assert found["key"] == "name\n0\nRecipientEmailAddress asc"
    assert {row["RecipientEmailAddress"] for row in found["rowData"][:50]} == {"ana@contoso.example"}
    backwards = data(rows(threats, wanted("?from=now-90d", sort=[{**sort[0], "sort": "desc"}])))
    assert {row["RecipientEmailAddress"] for row in backwards["rowData"][:50]} == {"rui@contoso.example"}


def test_a_grid_that_does_not_know_its_view_yet_gets_nothing(threats: Board) -> None:
    request = {"startRow": 0, "endRow": 100, "sortModel": [], "context": {}}

    assert data(rows(threats, request)) == {"key": "\n0", "rowData": [], "rowCount": 0}


@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        "x",
        {},
        {"startRow": -1, "endRow": 10},
        {"startRow": 0, "endRow": 10**9},
        {"startRow": "0", "endRow": "1"},
        {"startRow": 5, "endRow": 5},
        {"startRow": 0, "endRow": 9, "context": {"view": "x"}},
        {"startRow": 0, "endRow": 9, "context": [], "sortModel": {"a": 1}},
    ],
)
def test_forged_requests_do_not_break_anything(threats: Board, forged: object) -> None:
    assert rows(threats, forged).status_code in {200, 204}


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
def test_rows_are_only_for_who_may_see_messages(threats: Board, role: Role) -> None:
    assert rows(threats, wanted(""), role).status_code == 403
    assert total(threats, "", role).status_code == 403


def drawn(board: Board, search: str) -> Any:
    body = board.body(board.output_of(f"{Explorer.VOLUME}.figure"), {f"{Shell.VIEW}.data": view(search, "/explorer")})
    return board.browser(Role.SECURITY_READER).fire(body).json["response"]


@pytest.mark.parametrize("field", [name for name, field in FIELDS.items() if field.kind is not Kind.TIME])
def test_any_field_can_split_the_chart(threats: Board, field: str) -> None:
    answer = drawn(threats, f"?from=now-90d&by={field}")
    spoken = answer[Explorer.VOLUME_BOX]["aria-label"]
    counted = int(spoken.partition(": ")[2].partition(" in ")[0].replace(",", ""))
    assert counted >= ALL  # a message with two values counts in both
    assert VIEWS[0].pivots.get(field, FIELDS[field].label) in str(answer[Explorer.VOLUME_CONTROLS]["children"])


def test_legend_entries_name_what_to_filter_by(threats: Board) -> None:
    legend = json.dumps(drawn(threats, "?from=now-90d&by=PrimaryThreat")[Explorer.VOLUME_LEGEND]["children"])

    assert '"data-field": "PrimaryThreat"' in legend
    assert '"data-value": "Malware"' in legend
    assert '"data-value": "Phish"' in legend
    missing = json.dumps(drawn(threats, "?from=now-90d&by=PrimaryTechnology")[Explorer.VOLUME_LEGEND]["children"])
    assert '"data-value": ""' in missing
    assert "href" not in legend


def test_the_scale_is_chosen_by_the_address(threats: Board) -> None:
    answer = drawn(threats, "?from=now-90d&log=1")
    assert answer[Explorer.VOLUME]["figure"]["layout"]["yaxis"]["type"] == "log"
    assert "log=1" in json.dumps(drawn(threats, "?from=now-90d")[Explorer.VOLUME_CONTROLS])
    assert drawn(threats, "?from=now-90d&log=maybe")[Explorer.VOLUME]["figure"]["layout"]["yaxis"].get("type") != "log"


def test_a_field_that_is_not_one_leaves_the_usual_chart(threats: Board) -> None:
    chosen = str(drawn(threats, "?from=now-90d&by=Nonsense")[Explorer.VOLUME_CONTROLS]["children"])
    assert chosen == str(drawn(threats, "?from=now-90d")[Explorer.VOLUME_CONTROLS]["children"])
