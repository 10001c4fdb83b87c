"""Filters that find messages like one message."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashapp.domain.message_similar import likenesses, span_around
from dashapp.query.grammar import parse

NOTHING: dict[str, Any] = dict.fromkeys(("EmailClusterId", "SenderFromAddress", "Subject", "sender_ip"))


def test_every_likeness_the_data_allows() -> None:
    said = {"EmailClusterId": -7, "SenderFromAddress": "a@b.example", "Subject": "Hi", "sender_ip": "192.0.2.1"}

    found = likenesses(said, ["x.example", "y.example"])

    assert [one.text for one in found] == [
        'EmailClusterId:"-7"',
        'SenderFromAddress="a@b.example"',
        'Subject="Hi"',
        'SenderIP:"192.0.2.1"',
        'UrlDomain:("x.example", "y.example")',
    ]


def test_what_the_data_does_not_say_is_no_likeness() -> None:
    assert likenesses(NOTHING, []) == []
    assert likenesses(NOTHING | {"Subject": "  "}, []) == []


@pytest.mark.parametrize("subject", ['" OR *', "a\\", "*", "(", 'x" AND NOT "y', "NOT", "@list", "\u202e", "100% {}"])
def test_hostile_subjects_are_one_value(subject: str) -> None:
    (only,) = likenesses(NOTHING | {"Subject": subject}, [])

    assert parse(only.text) == only.node


def test_a_subject_too_long_for_a_query_is_left_out() -> None:
    assert likenesses(NOTHING | {"Subject": "x" * 3000}, []) == []


def test_many_domains_are_cut() -> None:
    (only,) = likenesses(NOTHING, [f"d{number}.example" for number in range(50)])

    assert only.text.count("example") == 10


def test_the_span_holds_a_week_on_either_side() -> None:
    sent = datetime(2026, 3, 1, 10, 5, 30, tzinfo=UTC)

    assert span_around(sent).start == sent.replace(second=0) - timedelta(days=7)
    assert span_around(sent).end > sent + timedelta(days=6)
