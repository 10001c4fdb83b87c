"""The row of pills: what each says and where each of its links leads."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask

from dashapp.components.pills import MOST_SHOWN, pill_row
from dashapp.domain.kept_lists import list_id
from dashapp.query.pills import Pills, read_pills


def address(pills: Pills) -> str:
    query, disabled = pills.texts()
    return f"{query} | {disabled}"


def parts(row: Component, kind: type) -> list[Any]:
    return [part for part in row._traverse() if isinstance(part, kind)]


def links(query: str, disabled: str = "") -> dict[str, str]:
    row = pill_row(read_pills(query, disabled), address)
    assert row is not None
    found = {}
    for link in parts(row, dcc.Link):
        said = link.children if isinstance(link.children, str) else link.children[-1].children
        found[said] = link.href
    return found


def test_each_pill_can_be_switched_turned_round_and_removed() -> None:
    assert links("spf:fail AND NOT dkim:pass", "dmarc:fail") == {
        "Disable: SPF is fail": "NOT Dkim:pass | Spf:fail AND Dmarc:fail",
        "Exclude: SPF is fail": "NOT Spf:fail AND NOT Dkim:pass | Dmarc:fail",
        "Remove: SPF is fail": "NOT Dkim:pass | Dmarc:fail",
        "Disable: DKIM is NOT pass": "Spf:fail | NOT Dkim:pass AND Dmarc:fail",
        "Include: DKIM is NOT pass": "Spf:fail AND Dkim:pass | Dmarc:fail",
        "Remove: DKIM is NOT pass": "Spf:fail | Dmarc:fail",
        "Enable: DMARC is fail": "Spf:fail AND NOT Dkim:pass AND Dmarc:fail | ",
        "Exclude: DMARC is fail": "Spf:fail AND NOT Dkim:pass | NOT Dmarc:fail",
        "Remove: DMARC is fail": "Spf:fail AND NOT Dkim:pass | ",
        "Clear all": " | ",
    }


def test_editing_says_where_the_term_stands() -> None:
    row = pill_row(read_pills("spf:fail (a OR b)", "dmarc:fail AND dkim:fail"), address)
    assert row is not None
    buttons = parts(row, html.Button)

    told = [{name: getattr(button, f"data-{name}") for name in ("text", "off", "start", "end")} for button in buttons]
    terms = [one["text"][one["start"] : one["end"]] for one in told]
    assert terms == ["Spf:fail", "(a OR b)", "Dmarc:fail", "Dkim:fail"]
    assert [one["off"] for one in told] == ["Dmarc:fail AND Dkim:fail"] * 2 + ["Dkim:fail", "Dmarc:fail"]


def test_no_pills_no_row_but_a_note_is_said() -> None:
    assert pill_row(Pills(), address) is None
    assert pill_row(Pills(), address, note="Unread.") is not None


def test_of_very_many_the_rest_is_counted() -> None:
    row = pill_row(read_pills(" ".join(f"w{number}" for number in range(100))), address)
    assert row is not None

    assert len(parts(row, html.Li)) == MOST_SHOWN
    assert f"and {100 - MOST_SHOWN} more" in [span.children for span in parts(row, html.Span)]


def test_the_pill_of_a_kept_list_leads_to_its_values() -> None:
    name = list_id([str(number) for number in range(60)])
    with Flask("test").test_request_context("/"):
        for query in (f"SenderIP:@{name}", f"NOT SenderIP:@{name}", f"SenderIP:@{name} OR to:@{name}"):
            row = pill_row(read_pills(query), address)
            assert row is not None
            assert [link.href for link in parts(row, html.A)] == [f"/lists/{name}.txt"]
        row = pill_row(read_pills("SenderIP:@partners"), address)
    assert row is not None
    assert parts(row, html.A) == []
