"""Rows of the grid: plain text, the viewer's zone, and an order nobody can make up."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashapp.callbacks._rows import cell, cells, columns_read, sort_model, total_line
from dashapp.query.subjects import CLICKS, DOCUMENTS, MESSAGES
from dashapp.query.views import ALL_EMAIL


def test_a_row_is_text_in_the_viewers_zone_with_an_id_of_its_own() -> None:
    row = dict.fromkeys(columns_read(ALL_EMAIL.columns, MESSAGES), None) | {
        "NetworkMessageId": "m1",
        "RecipientEmailAddress": "ana@contoso.example",
        "Timestamp": pd.Timestamp("2026-07-01 23:30"),
        "Subject": "=cmd()\u202e<b>",
        "ThreatTypes": ["Phish", "Malware"],
    }

    (shown,) = cells(pd.DataFrame([row]), "Europe/Lisbon")

    assert shown["id"] == "m1 ana@contoso.example"
    assert shown["Timestamp"] == "2026-07-02 00:30:00"
    assert shown["Subject"] == "=cmd()⟦U+202E⟧<b>"
    assert shown["ThreatTypes"] == "Phish, Malware"
    assert shown["DeliveryLocation"] is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, None), (float("nan"), None), ("", None), ([], None), (True, "Yes"), (3, "3"), (pd.NaT, None)],
)
def test_cell(value: object, shown: str | None) -> None:
    assert cell(value, ZoneInfo("UTC")) == shown


@pytest.mark.parametrize(
    ("model", "order"),
    [
        (
            [{"colId": "Subject", "sort": "asc"}, {"colId": "Timestamp", "sort": "desc"}],
            [("Subject", "asc"), ("Timestamp", "desc")],
        ),
        ([], []),
        (None, []),
        ("Subject", []),
        ([{"colId": "Subject; drop"}, {"colId": ["x"]}, 7, None], []),
        ([{"colId": "UrlDomain", "sort": "asc"}], []),
    ],
)
def test_only_columns_that_exist_and_sort_are_sorted_by(model: object, order: list[tuple[str, str]]) -> None:
    assert sort_model(model, MESSAGES) == order


def test_rows_that_are_no_messages_are_named_and_open_what_they_are_about() -> None:
    click = {"ClickId": "c1", "ClickAction": "ClickBlocked", "NetworkMessageId": "m1", "RecipientEmailAddress": "A@b"}
    when = pd.Timestamp("2026-07-01 23:30:00.000001")
    file = {"DocumentId": "d 1", "Timestamp": when, "SHA256": "ab", "FileName": "x"}

    (clicked,) = cells(pd.DataFrame([click]), "UTC", CLICKS)
    (found,) = cells(pd.DataFrame([file]), "UTC", DOCUMENTS)
    (alone,) = cells(pd.DataFrame([click | {"NetworkMessageId": None}]), "UTC", CLICKS)

    assert (clicked["id"], clicked["message"]) == ("c1 ClickBlocked", "m1 A@b")
    assert (found["id"], found["thing"]) == ("d 1 2026-07-01T23:30:00.000001", "file:ab")
    assert "message" not in alone


def test_hidden_messages_are_said() -> None:
    assert "hidden" not in str(total_line(12_345, 0, MESSAGES))
    assert "40 more hidden" in str(total_line(12_345, 40, MESSAGES))
