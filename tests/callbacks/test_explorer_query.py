"""The query bar's callbacks over HTTP: suggestions, pills, filters from cells, and whatever a browser may send."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashapp.identity.permissions import Role
from dashapp.ids import Explorer, Shell
from tests.apps import Board
from tests.callbacks.test_dashboard import view
from tests.callbacks.test_explorer import data as grid_rows
from tests.callbacks.test_explorer import rows, wanted

RANGE = "?from=now-90d"


def fired(board: Board, output: str, values: dict[str, Any], search: str, role: Role = Role.SECURITY_READER) -> Any:
    sent = {**values, f"{Shell.VIEW}.data": view(search, "/explorer")}
    return board.browser(role).fire(board.body(board.output_of(output), sent))


def suggestions(board: Board, text: str, cursor: int | None = None, **options: Any) -> Any:
    typed = {"text": text, "cursor": len(text) if cursor is None else cursor, "sequence": 7}
    response = fired(board, f"{Explorer.SUGGESTED}.data", {f"{Explorer.TYPED}.data": typed}, RANGE, **options)
    return response.json["response"][Explorer.SUGGESTED]["data"] if response.status_code == 200 else response


def narrowed(board: Board, search: str, **cell: Any) -> Any:
    response = fired(board, f"{Explorer.NARROWED}.data", {f"{Explorer.NARROW}.data": cell}, search)
    return response.json["response"][Explorer.NARROWED]["data"]


def pills(board: Board, search: str) -> str:
    response = fired(board, f"{Explorer.PILLS}.children", {}, search)
    return json.dumps(response.json, ensure_ascii=False)


def test_values_of_the_data_come_first_with_their_counts(threats: Board) -> None:
    found = suggestions(threats, "PrimaryThreat:")

    assert found["sequence"] == 7
    assert [(item["text"], item.get("count")) for item in found["items"]] == [
        ("Phish", "180"),
        ("None", "60"),
        ("Malware", "30"),
        ("Spam", None),
    ]


def test_values_follow_what_is_typed_and_the_rest_of_the_query(threats: Board) -> None:
    found = suggestions(threats, "PrimaryThreat:Malware AND to:")
    assert sorted(item["text"] for item in found["items"]) == ["ana@contoso.example"]
    assert suggestions(threats, "to:ru")["items"][0]["text"] == "rui@contoso.example"
    assert suggestions(threats, "to:nobody")["items"] == []


def test_a_taken_value_is_quoted_where_it_must_be(threats: Board) -> None:
    (item,) = suggestions(threats, "tech:detonation")["items"][:1]
    assert item["text"] in {'"File detonation"', '"URL detonation"'}
    assert (item["start"], item["end"]) == (5, 15)


@pytest.mark.parametrize(("text", "first"), [("prim", "PrimaryThreat:"), ("spf:fail ", "AND "), ("size", ":")])
def test_fields_operators_and_connectives_need_no_data(threats: Board, text: str, first: str) -> None:
    assert suggestions(threats, text)["items"][0]["text"] == first


@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        {"text": 1, "cursor": 0, "sequence": 1},
        {"text": "x" * 2001, "cursor": 0, "sequence": 1},
        {"text": "x", "cursor": "0", "sequence": 1},
        {"text": "x", "cursor": 0, "sequence": 0},
        {"text": "x", "cursor": 0, "sequence": 2**60},
        {"text": "to:\u0000(", "cursor": -5, "sequence": 1},
        {"text": "((((" * 400, "cursor": 10**9, "sequence": 1},
    ],
)
def test_forged_states_of_the_bar_break_nothing(threats: Board, forged: object) -> None:
    response = fired(threats, f"{Explorer.SUGGESTED}.data", {f"{Explorer.TYPED}.data": forged}, RANGE)
    assert response.status_code in {200, 204}


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
@pytest.mark.parametrize(
    ("output", "value"),
    [
        (f"{Explorer.SUGGESTED}.data", {f"{Explorer.TYPED}.data": {"text": "to:", "cursor": 3, "sequence": 1}}),
        (f"{Explorer.NARROWED}.data", {f"{Explorer.NARROW}.data": {"field": "Subject"}}),
        (f"{Explorer.PILLS}.children", {}),
    ],
)
def test_only_who_may_see_messages_is_answered(threats: Board, role: Role, output: str, value: dict[str, Any]) -> None:
    assert fired(threats, output, value, RANGE, role).status_code == 403


def test_pills_say_the_terms_and_lead_to_their_changes(threats: Board) -> None:
    text = pills(threats, "?q=PrimaryThreat:Phish+AND+NOT+Spf:fail&off=Dkim:fail")

    assert "Primary threat is Phish" in text
    assert "SPF is NOT fail" in text
    assert "off=Dkim:fail&q=PrimaryThreat:Phish" in text  # removing the second
    assert "off=Spf:fail" not in text


@pytest.mark.parametrize("query", ["((", "Nonsense:1", "x" * 2001])
def test_a_query_that_cannot_be_read_has_no_pills(threats: Board, query: str) -> None:
    assert "tb-pill" not in pills(threats, f"?q={query}")


def test_what_is_switched_off_and_cannot_be_read_is_said(threats: Board) -> None:
    text = pills(threats, "?q=Spf:fail&off=((")
    assert "cannot be read" in text
    assert "SPF is fail" in text


def first_cell(board: Board, field: str, search: str = RANGE) -> dict[str, Any]:
    row = grid_rows(rows(board, wanted(search, end=1)))["rowData"][0]
    return {"field": field, "row": row["id"], "time": row["Timestamp"], "shown": row[field]}


@pytest.mark.parametrize(("out", "lead"), [(False, ""), (True, "NOT ")])
def test_a_cell_is_filtered_for_and_out(threats: Board, out: bool, lead: str) -> None:
    cell = first_cell(threats, "RecipientEmailAddress")

    found = narrowed(threats, f"{RANGE}&q=Spf:fail&off=Dkim:fail", **cell, out=out)
    assert found == {"q": f'Spf:fail AND {lead}RecipientEmailAddress:"{cell["shown"]}"', "off": "Dkim:fail"}


def test_a_filter_finds_what_the_cell_holds_not_what_it_shows(threats: Board) -> None:
    cell = {**first_cell(threats, "Subject"), "shown": "Inv\u27e6U+202E\u27e7\u2026"}
    assert narrowed(threats, RANGE, **cell) == {"q": 'Subject="invoice"', "off": ""}


def test_a_cell_without_a_value_filters_for_missing_ones(threats: Board) -> None:
    cell = {**first_cell(threats, "UserTag"), "shown": None}
    assert narrowed(threats, RANGE, **cell) == {"q": "NOT UserTag:*", "off": ""}
    assert narrowed(threats, RANGE, **cell, out=True) == {"q": "UserTag:*", "off": ""}


def test_a_row_that_is_gone_is_filtered_by_what_it_showed(threats: Board) -> None:
    gone = {"field": "Subject", "row": "x y", "time": None, "shown": "Old news"}
    assert narrowed(threats, RANGE, **gone) == {"q": 'Subject="Old news"', "off": ""}


@pytest.mark.parametrize(("value", "expected"), [("Malware", 'PrimaryThreat:"Malware"'), ("", "NOT PrimaryThreat:*")])
def test_a_series_of_the_chart_is_filtered_for_by_its_value(threats: Board, value: str, expected: str) -> None:
    assert narrowed(threats, RANGE, field="PrimaryThreat", shown=value) == {"q": expected, "off": ""}


def test_a_query_that_would_become_too_long_is_said(threats: Board) -> None:
    cell = first_cell(threats, "RecipientEmailAddress")
    assert "2,000 characters" in narrowed(threats, f"{RANGE}&q={'x' * 1990}", **cell)["problem"]
    assert "problem" in narrowed(threats, f"{RANGE}&q=((", **cell)


@pytest.mark.parametrize("forged", [None, [], {}, {"field": "Nonsense"}, {"field": ["Subject"]}, {"field": "Subject"}])
def test_forged_cells_break_nothing(threats: Board, forged: object) -> None:
    response = fired(threats, f"{Explorer.NARROWED}.data", {f"{Explorer.NARROW}.data": forged}, RANGE)
    assert response.status_code in {200, 204}


def test_the_chart_can_be_split_by_any_field(threats: Board) -> None:
    response = fired(threats, f"{Explorer.VOLUME_CONTROLS}.children", {}, f"{RANGE}&by=RecipientEmailAddress")
    text = json.dumps(response.json)
    assert "ana@contoso.example" in text
    assert parse_qs(urlsplit(f"{RANGE}&by=RecipientEmailAddress").query)["by"] == ["RecipientEmailAddress"]
