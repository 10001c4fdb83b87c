"""The first page brings the layout, Dash's list of callbacks and its questions; all of it for whoever is asking."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashapp.identity.permissions import Role
from dashapp.ids import Dashboard, Explorer, Shell
from tests.apps import Board, build
from tests.identity.browser import Browser

_BROUGHT = re.compile(r'<script type="application/json" data-brought="([^"]+)">(.*?)</script>', re.DOTALL)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return build(tmp_path)


def parts(browser: Browser, path: str) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in _BROUGHT.findall(browser.client.get(path).text)}


def test_the_page_of_the_address_is_in_the_frame(board: Board) -> None:
    told = parts(board.browser(Role.EXECUTIVE), "/?from=now-7d&by=a%20b")

    text = json.dumps(told["_dash-layout"])
    assert Dashboard.VOLUME in text
    assert '"pathname": "/"' in text
    assert '"search": "?from=now-7d&by=a%20b"' in text
    assert told["shown"]["path"] == "/"


def test_dash_is_told_what_it_would_be_told(board: Board) -> None:
    browser = board.browser(Role.EXECUTIVE)

    assert parts(browser, "/")["_dash-dependencies"] == browser.client.get("/_dash-dependencies").json


def test_questions_are_those_of_the_page_charts_first(board: Board) -> None:
    charts, rest = parts(board.browser(Role.SECURITY_READER), "/")["questions"]
    told = [body["output"] for body in rest]

    assert [Dashboard.VOLUME in body["output"] for body in charts] == [True]
    assert f"{Dashboard.RISERS}.children" in told
    assert not [output for output in told if Explorer.VOLUME in output]


def test_questions_are_posted_as_they_stand(board: Board) -> None:
    browser = board.browser(Role.EXECUTIVE)
    _, rest = parts(browser, "/data-sources")["questions"]
    (body,) = [one for one in rest if Shell.RANGE_FROM in one["output"]]
    body["inputs"][0]["value"] = {"path": "/data-sources", "search": "?from=now-7d", "refresh": 0}

    answer = browser.fire(body).json

    assert answer["response"][Shell.RANGE_FROM]["value"] == "now-7d"


def test_who_may_not_open_the_page_gets_nothing_of_it(board: Board) -> None:
    told = parts(board.browser(Role.EXECUTIVE), "/explorer")

    assert Explorer.VOLUME not in json.dumps(told["_dash-layout"])
    assert "explorer" not in json.dumps(told["questions"])


def test_an_address_without_a_page_brings_an_empty_frame(board: Board) -> None:
    told = parts(board.browser(Role.EXECUTIVE), "/nowhere")

    assert told["shown"] is None
    assert "pathname" not in json.dumps(told["_dash-layout"])


def test_strangers_get_no_layout(board: Board) -> None:
    assert not _BROUGHT.findall(board.browser().client.get("/").text)


def test_nothing_typed_can_end_the_element(board: Board) -> None:
    page = board.browser(Role.EXECUTIVE).client.get("/?q=</script><script>alert(1)</script><!--").text

    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<!--" not in page


def test_the_grid_is_sent_only_to_pages_with_one(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)

    assert '<script src="/_dash-component-suites/dash_ag_grid' in browser.client.get("/explorer").text
    assert '<script src="/_dash-component-suites/dash_ag_grid' not in browser.client.get("/").text
