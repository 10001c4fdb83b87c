"""Delays in words."""

from datetime import UTC, datetime, timedelta

import pytest

from dashapp.domain.message_time import after

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "before it was received"),
        (0, "within a minute"),
        (59, "within a minute"),
        (60, "1 minute later"),
        (7_300, "2 hours later"),
        (86_400 * 3, "3 days later"),
        (86_400 * 1_500, "1,500 days later"),
    ],
)
def test_after(seconds: int, said: str) -> None:
    assert after(NOW, NOW + timedelta(seconds=seconds)) == said
