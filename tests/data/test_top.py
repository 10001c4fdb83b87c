"""Leading values, targets, families and what is on the rise."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from dashapp.data.engine import Engine
from dashapp.data.top import (
    RISERS,
    TOP_TARGETED,
    TOP_VALUES,
    breakdown,
    risers,
    top_families,
    top_targeted,
    top_values,
)
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Window
from tests.data.sample import WINDOW

SECOND_HALF = Window(datetime(2026, 3, 4, 12, tzinfo=UTC), WINDOW.end)


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_leading_values_with_recipients_and_the_time_before(engine: Engine) -> None:
    frame = top_values(engine, Everything(), SECOND_HALF, field="SenderFromDomain", limit=2)
    assert list(frame.itertuples(index=False, name=None)) == [("bad.example", 2, 2, 3), ("corp.example", 1, 1, 1)]
    assert dtypes(frame) == TOP_VALUES


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("UrlDomain", {"bad.example": 2, "cdn.example": 2, "shop.example": 1}),
        ("ThreatTypes", {"Phish": 4, "Malware": 2, "Spam": 1}),
        ("Department", {"Finance": 4, "Sales": 3}),
        ("UserTag", {"Priority account": 4}),
        ("SubmissionType", {"Spam": 2, "Phish": 1}),
        ("LatestDeliveryLocation", {"Inbox/folder": 7, "Quarantine": 2, "Deleted items": 1}),
        ("IsFirstContact", {"false": 4, "true": 3}),
        ("SenderIP", {"192.0.2.7": 2, "10.0.0.1": 1, "192.0.2.200": 1, "192.0.2.8": 1, "192.0.2.9": 1}),
    ],
)
def test_breakdown_of_any_field(engine: Engine, field: str, expected: dict[str, int]) -> None:
    frame = breakdown(engine, Everything(), WINDOW, field=field)
    assert dict(frame.head(5).itertuples(index=False, name=None)) == expected
    top = top_values(engine, Everything(), WINDOW, field=field, limit=5)
    assert dict(zip(top["value"], top["messages"], strict=True)) == expected


def test_nothing_found_keeps_columns_and_dtypes(engine: Engine) -> None:
    frame = top_values(engine, parse("Subject:nothing-has-this"), WINDOW, field="UrlDomain")
    assert frame.empty
    assert dtypes(frame) == TOP_VALUES


def test_targets_by_attacks_with_names(engine: Engine) -> None:
    frame = top_targeted(engine, SECOND_HALF, limit=5)
    assert dtypes(frame) == TOP_TARGETED
    assert list(frame.itertuples(index=False, name=None)) == [
        ("bo@corp.example", "Bo", "Sales", 1, 1, 0, 1, 1),
        ("dee@corp.example", "", "", 1, 0, 1, 1, 0),
    ]


def test_families(engine: Engine) -> None:
    frame = top_families(engine, SECOND_HALF, limit=5)
    assert list(frame.itertuples(index=False, name=None)) == [("Emotet", 1, 1, 1, 1)]


def test_risers_need_a_few_messages_and_say_new(engine: Engine) -> None:
    frame = risers(engine, WINDOW, limit=5)
    assert dtypes(frame) == RISERS
    expected = ("Sender domain", "SenderFromDomain", "bad.example", 5, 0, float("inf"))
    assert list(frame.itertuples(index=False, name=None)) == [expected]
    assert risers(engine, SECOND_HALF, limit=5).empty
