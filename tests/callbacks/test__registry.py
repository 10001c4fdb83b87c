"""Every callback of the whole app is behind a permission, for every role, over HTTP."""

from pathlib import Path

import pytest
from dash import Dash, Input
from flask import Flask

from dashapp.callbacks import ALL_SETS
from dashapp.callbacks._registry import CallbackSet, callback_rules
from dashapp.identity.permissions import Permission, Role, permissions_of
from dashapp.identity.web import PUBLIC_ENDPOINTS
from dashapp.ids import Shell
from tests.apps import Board, build


def server_callbacks(board: Board) -> dict[str, Permission]:
    rules = callback_rules(board.app)
    return {name: rules[name].permission for name, entry in board.app.callback_map.items() if "callback" in entry}


def test_every_callback_has_a_rule(board: Board) -> None:
    assert len(server_callbacks(board)) == sum(len(found._declared) for found in ALL_SETS)


@pytest.mark.parametrize("role", Role)
def test_roles_reach_exactly_their_callbacks(board: Board, role: Role) -> None:
    board.app.server.config["PROPAGATE_EXCEPTIONS"] = False
    browser = board.browser(role)
    for output, permission in server_callbacks(board).items():
        status = browser.fire(board.body(output)).status_code
        assert (status == 403) is (permission not in permissions_of([role])), output
        assert status != 401


def test_strangers_reach_no_callback(board: Board) -> None:
    for output in server_callbacks(board):
        assert board.browser().fire(board.body(output)).status_code == 401


def test_unknown_output_is_refused_not_a_crash(board: Board) -> None:
    body = board.body(board.output_of(f"{Shell.PAGE}.children")) | {"output": "nothing.children"}
    assert 400 <= board.browser(Role.GLOBAL_ADMINISTRATOR).fire(body).status_code < 500


def test_callback_without_permission_cannot_be_declared() -> None:
    with pytest.raises(TypeError):
        CallbackSet()()  # type: ignore[call-arg]


def test_two_callbacks_of_one_name_are_refused() -> None:
    """Dash would run only the later one."""
    board_set = CallbackSet()
    board_set.clientside("first", Input(Shell.VIEW, "data"))
    board_set.clientside("second", Input(Shell.VIEW, "data"))
    with pytest.raises(ValueError, match="second"):
        board_set.register(Dash(__name__))


def test_two_apps_in_one_process_both_work(tmp_path: Path) -> None:
    first, second = build(tmp_path / "a"), build(tmp_path / "b")
    for board in (first, second, first):
        browser = board.browser(Role.EXECUTIVE)
        body = board.body(board.output_of(f"{Shell.PAGE}.children"), {f"{Shell.URL}.pathname": "/account"})
        assert "Your account" in browser.fire(body).text
        board.services.storage.close()


def test_no_route_answers_a_stranger_by_accident(board: Board) -> None:
    server: Flask = board.app.server
    for rule in server.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS or "GET" not in (rule.methods or ()):
            continue
        built = rule.build(dict.fromkeys(rule.arguments, "x"))
        assert built is not None
        assert board.browser().get(built[1]).status_code in {302, 401}, rule


def test_no_route_of_an_agent_protocol(board: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DASH_MCP_ENABLED", "true")
    again = build(tmp_path / "again")
    assert not [rule for rule in again.app.server.url_map.iter_rules() if "mcp" in rule.rule]
    again.services.storage.close()
