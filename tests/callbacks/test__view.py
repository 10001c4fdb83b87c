"""What callbacks make of the address."""

from datetime import UTC, datetime, timedelta

import pytest
from dash.exceptions import PreventUpdate
from flask import g

from dashapp.callbacks._view import View, read_view
from dashapp.identity.permissions import Role
from tests.apps import Board

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def view(board: Board, search: str, **sent: object) -> View:
    with board.app.server.test_request_context("/"):
        g.signed_in = board.session(Role.EXECUTIVE)
        return read_view({"path": "/", "search": search, "now": NOW.isoformat(), "since": "now-7d"} | sent)


def test_range_of_the_address(board: Board) -> None:
    seen = view(board, "?from=now-24h&to=now&q=a%3Ab")
    assert seen.window.span == timedelta(hours=24)
    assert seen.window.end == NOW
    assert seen.parameters["q"] == "a:b"


def test_without_parameters_the_page_decides(board: Board) -> None:
    assert view(board, "").window.span == timedelta(days=7)


def test_bad_range_gives_a_usual_one_and_says_why(board: Board) -> None:
    seen = view(board, "?from=never")
    assert seen.window.span == timedelta(days=30)
    assert "never" in seen.problem


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "\x00"])
def test_unknown_zone_gives_the_persons_own(board: Board, zone: str) -> None:
    assert view(board, f"?tz={zone}").zone == "UTC"


def test_zone_of_the_address(board: Board) -> None:
    assert view(board, "?tz=Asia%2FTokyo&from=2026-03-01&to=2026-03-02").window.start.hour == 15


@pytest.mark.parametrize("now", ["1999-01-01T00:00:00Z", "tomorrow", None, {"a": 1}])
def test_a_clock_far_off_is_not_believed(board: Board, now: object) -> None:
    assert abs(view(board, "", now=now).window.end - NOW) < timedelta(minutes=10)


@pytest.mark.parametrize("forged", [None, 7, "?", {"search": 7}, {"search": "?" + "a" * 9000}, []])
def test_anything_else_is_ignored(forged: object) -> None:
    with pytest.raises(PreventUpdate):
        read_view(forged)
