"""Numbers and times as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from dashapp.domain.numbers import DASH, age, change, moment, share, short, whole
from dashapp.domain.ranges import range_name, range_span
from dashapp.query.window import Window


def test_whole_and_short() -> None:
    assert whole(1234567) == "1,234,567"
    assert [short(n) for n in (999, 9999, 12_345, 123_456, 1_234_567, 2_500_000_000)] == [
        "999",
        "9,999",
        "12.3k",
        "123k",
        "1.2M",
        "2.5B",
    ]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(5, 5, "no change"), (5, 0, "new"), (112, 100, "+12 %"), (0, 10, "\u2212100 %"), (2200, 100, "22 times")],
)
def test_change(now: float, before: float, words: str) -> None:
    assert change(now, before) == words


def test_share_of_nothing_is_a_dash() -> None:
    assert share(1, 8) == "12.5 %"
    assert share(0, 0) == DASH


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "just now"), (3, "3 min ago"), (300, "5 h ago"), (9000, "6 days ago")]
)
def test_age(minutes: int, words: str) -> None:
    assert age(timedelta(minutes=minutes)) == words


def test_moment_and_span_are_in_the_zone() -> None:
    instant = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert moment(instant, "Asia/Tokyo") == "2 Mar 2026, 08:30"
    window = Window(instant, instant + timedelta(days=1))
    assert range_span(window, "Europe/Berlin") == "2 Mar, 00:30 \u2013 3 Mar 2026, 00:30 CET"
    assert range_name("now-7d", "now") == "Last 7 days"
    assert range_name("now-8d", "now") == "Custom range"
