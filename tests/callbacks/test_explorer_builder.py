"""The filter builder's callbacks over HTTP, with what the browser sends and with what it never would."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from dashapp.domain.kept_lists import list_id
from dashapp.identity.permissions import Role
from dashapp.ids import Builder, Explorer, Shell
from dashapp.query.limits import MOST_CHARACTERS
from tests.apps import Board
from tests.callbacks.test_dashboard import view
from tests.query.test_draft import json_values

RANGE = "?from=now-90d"


def fired(board: Board, output: str, given: str, value: object, role: Role = Role.SECURITY_READER) -> Any:
    values = {f"{given}.data": value, f"{Shell.VIEW}.data": view(RANGE, "/explorer")}
    return board.browser(role).fire(board.body(board.output_of(f"{output}.data"), values))


def answer(response: Any, output: str) -> Any:
    return response.json["response"][output]["data"]


def asked(board: Board, **question: object) -> dict[str, Any]:
    found: dict[str, Any] = answer(fired(board, Builder.TOLD, Builder.ASKED, {"sequence": 7, **question}), Builder.TOLD)
    assert found["sequence"] == 7
    return found


def group(*rows: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"join": "and", "not": False, "off": False, "rows": list(rows), **more}


def condition(field: str, way: str, *values: str, **more: object) -> dict[str, Any]:
    return {"field": field, "way": way, "values": list(values), "kept": "", "not": False, "off": False, **more}


def test_the_bar_opens_as_a_draft_with_the_fields_and_ways(threats: Board) -> None:
    told = asked(threats, do="open", text="PrimaryThreat:Malware OR NOT subject:invoice", off="Spf:fail")

    top, off = told["draft"]["rows"]
    assert (top["join"], [row["field"] for row in top["rows"]]) == ("or", ["PrimaryThreat", "Subject"])
    assert [row["not"] for row in top["rows"]] == [False, True]
    assert (off["field"], off["off"]) == ("Spf", True)
    assert {"name": "Subject", "label": "Subject", "group": "Message", "kind": "text"}.items() <= told["fields"][
        2
    ].items()
    assert {way["name"] for way in told["ways"]["time"]} == {"least", "less", "is", "more", "most", "between", "has"}
    assert {field["kind"] for field in told["fields"]} == set(told["ways"])


def test_a_text_that_cannot_be_read_says_where(threats: Board) -> None:
    told = asked(threats, do="open", text="subject:(a", off="")
    assert told["unread"] == "This list is not closed."
    assert (told["start"], told["end"]) == (8, 9)
    assert "draft" not in told


def test_switched_off_terms_that_cannot_be_read_are_said(threats: Board) -> None:
    told = asked(threats, do="open", text="Spf:fail", off="((")
    assert "cannot be read" in told["note"]
    assert len(told["draft"]["rows"]) == 1


def test_a_draft_is_printed_and_said_in_words(threats: Board) -> None:
    draft = group(condition("PrimaryThreat", "is", "Malware"), condition("Spf", "is", "fail", off=True))
    told = asked(threats, do="apply", draft=draft)

    assert (told["q"], told["off"]) == ('PrimaryThreat:"Malware"', 'Spf:"fail"')
    assert told["words"] == "Primary threat is Malware"
    assert told["problems"] == []


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (condition("Subject", "regex", "(unclosed"), "missing"),
        (condition("SenderIP", "is", "999.1.1.1"), "not an IP address"),
        (condition("Timestamp", "least", "someday"), "someday"),
        ({"text": "subject:@nolist", "not": False, "off": False}, "no list"),
    ],
)
def test_what_the_engine_refuses_is_said_at_its_row(threats: Board, row: dict[str, Any], part: str) -> None:
    told = asked(threats, do="check", draft=group(condition("Subject", "contains", "fine"), group(row)))
    assert [problem["at"] for problem in told["problems"]] == [[1, 0]]
    assert part in told["problems"][0]["message"]


def test_values_of_the_data_come_first_then_the_usual_ones(threats: Board) -> None:
    def values(field: str, typed: str) -> list[tuple[str, str]]:
        question = {"sequence": 3, "field": field, "typed": typed}
        found = answer(fired(threats, Builder.VALUES, Builder.VALUES_WANTED, question), Builder.VALUES)
        assert found["sequence"] == 3
        return [(one["value"], one["detail"]) for one in found["values"]]

    assert values("PrimaryThreat", "")[:3] == [("Phish", "180"), ("None", "60"), ("Malware", "30")]
    assert ("Spam", "") in values("PrimaryThreat", "")
    assert values("PrimaryThreat", "mal") == [("Malware", "30")]
    assert ("now-7d", "") in values("Timestamp", "")
    assert values("RecipientEmailAddress", "ru") == [("rui@contoso.example", "90")]


def run(board: Board, text: object) -> tuple[Any, str]:
    response = fired(board, Builder.RAN, Builder.RUN, {"sequence": 5, "text": text})
    assert response.status_code == 200
    return answer(response, Builder.RAN), json.dumps(response.json["response"][Builder.PROBLEM]["children"])


def test_what_can_be_run_is_fine(threats: Board) -> None:
    assert run(threats, "PrimaryThreat:Malware") == (
        {"sequence": 5, "fine": True, "text": "PrimaryThreat:Malware"},
        "null",
    )


RECIPIENTS = ["rui@contoso.example", *(f"nobody{number}@contoso.example" for number in range(60))]


def test_a_long_list_is_run_by_its_name(threats: Board) -> None:
    named = f"RecipientEmailAddress:@{list_id(RECIPIENTS)}"
    told, problem = run(threats, f"to:({', '.join(RECIPIENTS)})")
    assert (told, problem) == ({"sequence": 5, "fine": True, "text": f"to:@{list_id(RECIPIENTS)}"}, "null")
    search = f"{RANGE}&q={named}"
    body = {f"{Shell.VIEW}.data": view(search, "/explorer")}
    shown = threats.browser(Role.SECURITY_READER).fire(
        threats.body(threats.output_of(f"{Explorer.TOTAL}.children"), body)
    )
    assert '"90"' in shown.text


def test_a_long_list_of_the_builder_gets_its_name_when_it_is_applied(threats: Board) -> None:
    others = [f"else{number}@contoso.example" for number in range(51)]
    draft = group(condition("RecipientEmailAddress", "is", *others))
    named = f"RecipientEmailAddress:@{list_id(others)}"
    for do, kept in (("check", None), ("apply", tuple(others))):
        told = asked(threats, do=do, draft=draft)
        assert (told["problems"], told["q"]) == ([], named)
        assert threats.services.kept_lists.values(list_id(others)) == kept


def test_a_list_that_nobody_kept_is_refused_in_words(threats: Board) -> None:
    told, problem = run(threats, f"to:@{list_id(['nobody'])}")
    assert not told["fine"]
    assert "no list called" in problem


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("PrimaryThreat:Malware AND", "missing after AND"),
        ("PrimaryThret:Malware", "did you mean PrimaryThreat?"),
        ("x" * (MOST_CHARACTERS + 1), "2,000 characters"),
        ("(" * 11 + "a" + ")" * 11, "10 deep"),
        (" ".join("a" * 101), "100 terms"),
        ('subject~"(x"', "missing"),
        ("ip:10.0.0.0/99", "not an IP address"),
        ("date>=someday", "someday"),
    ],
)
def test_what_cannot_be_run_is_said_and_the_last_results_stay(threats: Board, text: str, part: str) -> None:
    ran, problem = run(threats, text)
    assert ran == {"sequence": 5, "fine": False, "text": ""}
    assert part in problem
    assert "results of the last good query" in problem


@pytest.mark.parametrize(
    ("output", "given"),
    [
        (Builder.TOLD, Builder.ASKED),
        (Builder.VALUES, Builder.VALUES_WANTED),
        (Builder.RAN, Builder.RUN),
    ],
)
@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        {},
        {"sequence": "1"},
        {"sequence": True, "do": "open", "text": "", "off": ""},
        {"sequence": 1, "do": "drop", "draft": {}},
        {"sequence": 1, "do": "open", "text": 1, "off": None, "field": "Nonsense", "typed": ""},
        {"sequence": 1, "do": "check", "draft": {"rows": "x"}, "field": ["Subject"], "typed": {}},
        {"sequence": 1, "do": "open", "text": "\ud800", "off": "\0", "field": "Subject", "typed": "\0\ud800"},
    ],
)
def test_forged_questions_break_nothing(threats: Board, output: str, given: str, forged: object) -> None:
    assert fired(threats, output, given, forged).status_code in {200, 204, 400}


@given(sent=json_values)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_as_a_draft_breaks_nothing(threats: Board, sent: object) -> None:
    for doing in ("check", "apply"):
        question = {"sequence": 1, "do": doing, "draft": {"rows": [sent], "join": "or"}}
        assert fired(threats, Builder.TOLD, Builder.ASKED, question).status_code in {200, 204}


def test_a_draft_nested_without_end_breaks_nothing(threats: Board) -> None:
    deep: dict[str, Any] = {"rows": []}
    for _ in range(300):
        deep = {"rows": [deep]}
    question = {"sequence": 1, "do": "check", "draft": deep}
    assert fired(threats, Builder.TOLD, Builder.ASKED, question).status_code in {204, 400}


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
@pytest.mark.parametrize(
    ("output", "given"),
    [(Builder.TOLD, Builder.ASKED), (Builder.VALUES, Builder.VALUES_WANTED), (Builder.RAN, Builder.RUN)],
)
def test_only_who_may_see_messages_may_ask(threats: Board, role: Role, output: str, given: str) -> None:
    question = {"sequence": 1, "do": "open", "text": "", "off": "", "field": "Subject", "typed": ""}
    assert fired(threats, output, given, question, role).status_code == 403
