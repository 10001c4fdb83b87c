"""Pages, ids and layouts fit together; no layout is built for who may not see it."""

import json

import pytest
from dash.development.base_component import Component
from flask import g

from dashapp.browser_files import ASSETS
from dashapp.identity.permissions import Permission, PermissionDenied, Role
from dashapp.ids import ID_ENUMS, Account, Dashboard, EntityPanel, Explorer
from dashapp.pages import ALL_PAGES
from dashapp.pages._page import Page, find_page
from tests.apps import Board

every_page = pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.path)
RUBBISH = {"utm_source": "mail", "q": "<script>", "from": "yesterday-ish", "cols": "%00", "tab": "../..", "": "x"}


def ids_in(layout: Component) -> set[str]:
    """Plain ids of ``layout``; of pattern ids their type."""
    found = (getattr(part, "id", None) for part in [layout, *layout._traverse()] if isinstance(part, Component))
    return {name["type"] if isinstance(name, dict) else str(name) for name in found if name}


def laid_out(board: Board, page: Page, **query: str) -> Component:
    with board.app.server.test_request_context("/"):
        g.signed_in = board.session(Role.GLOBAL_ADMINISTRATOR)
        return page.layout_for(g.signed_in.actor, query)


@every_page
def test_layout_survives_any_query_string(board: Board, page: Page) -> None:
    assert ids_in(laid_out(board, page, **RUBBISH)) == ids_in(laid_out(board, page))


@every_page
def test_layout_uses_only_declared_ids(board: Board, page: Page) -> None:
    declared = {id_.value for enum in ID_ENUMS for id_ in enum}
    assert {name for name in ids_in(laid_out(board, page)) if "-" in name} <= declared


def test_ids_are_unique_and_named_after_their_page() -> None:
    every = [id_ for enum in ID_ENUMS for id_ in enum]
    assert len(set(every)) == len(every)
    for enum in ID_ENUMS:
        assert len({id_.value.split("-")[0] for id_ in enum}) == 1, enum


def test_paths_names_and_keys_are_unique() -> None:
    for names in ([p.path for p in ALL_PAGES], [p.name for p in ALL_PAGES], [p.key for p in ALL_PAGES if p.key]):
        assert len(set(names)) == len(names)


@every_page
def test_every_page_has_its_icon(page: Page) -> None:
    assert (ASSETS / "icons" / f"{page.icon}.svg").is_file()


def test_layout_is_not_even_built_without_the_permission(board: Board) -> None:
    page = Page("Act", "/act", "shield", Permission.MAIL_PURGE, lambda **_query: pytest.fail("built"))
    with pytest.raises(PermissionDenied):
        page.layout_for(board.session(Role.SECURITY_READER).actor, {})


def test_every_callback_id_is_in_a_layout(board: Board) -> None:
    """What Dash itself would check, had we not switched its layout validation off."""
    browser = board.browser(Role.GLOBAL_ADMINISTRATOR)
    frame = json.dumps(browser.get("/_dash-layout").json)
    known = set().union(*(ids_in(laid_out(board, page)) for page in ALL_PAGES))
    for callback in browser.get("/_dash-dependencies").json:
        wired = {item["id"] for item in callback["inputs"] + callback["state"]}
        if not callback.get("no_output"):
            wired |= {name.split("@")[0].rsplit(".", 1)[0] for name in callback["output"].strip(".").split("...")}
        missing = {name for name in wired if not name.startswith("{") and f'"{name}"' not in frame} - known
        assert missing <= FILLED_IN, callback["output"]


def test_no_callback_takes_the_place_of_another(board: Board) -> None:
    """Dash names a callback without outputs after its inputs, and of two of one name only the last one runs."""
    names = [
        callback["output"] for callback in board.browser(Role.GLOBAL_ADMINISTRATOR).get("/_dash-dependencies").json
    ]
    assert len(set(names)) == len(names)


FILLED_IN = {EntityPanel.CHART}  # ids that only an answer of a callback brings


def test_first_page_carries_the_layout_of_no_other_page(board: Board) -> None:
    layout, *_ = (
        board.browser(Role.GLOBAL_ADMINISTRATOR).get("/account").text.split('data-brought="_dash-dependencies"')
    )
    assert f'"{Account.ZONE}"' in layout
    assert f'"{Dashboard.VOLUME}"' not in layout
    assert f'"{Explorer.VOLUME}"' not in layout


def test_navigation_shows_only_what_opens(board: Board) -> None:
    layout = json.dumps(board.browser(Role.SEARCH_AND_PURGE).get("/_dash-layout").json)
    assert "/account" in layout
    assert "/data-sources" not in layout


@pytest.mark.parametrize(("path", "found"), [("/account", True), ("/account/", True), ("/accoun", False)])
def test_find_page(path: str, found: bool) -> None:
    assert (find_page(ALL_PAGES, path) is not None) is found
