"""The finished app: every route and every callback against strangers, each role, and forged requests (Z1, Z2, F2)."""

import re
from typing import Any

import pytest

from dashapp.identity.permissions import Role
from tests.apps import Board
from tests.identity.browser import SAME

ANYONE, SIGNED_IN = "anyone", "signed in"
POLICY = {  # who may reach which endpoint; a route that is not here fails the build
    "identity.stylesheet": ANYONE,
    "identity.sign_in": ANYONE,
    "identity.demo_sign_in": ANYONE,
    "identity.setup": ANYONE,
    "_dash_assets.static": ANYONE,
    "operations.livez": ANYONE,
    "operations.readyz": ANYONE,
    "operations.metrics_page": ANYONE,
    "identity.sign_out": SIGNED_IN,
    "exports.start": SIGNED_IN,
    "exports.file": SIGNED_IN,
    "exports.progress": SIGNED_IN,
    "exports.end": SIGNED_IN,
    "saved_queries.every": SIGNED_IN,
    "saved_queries.save": SIGNED_IN,
    "saved_queries.one": SIGNED_IN,
    "saved_queries.change": SIGNED_IN,
    "saved_queries.delete": SIGNED_IN,
    "saved_queries.default": SIGNED_IN,
    "saved_queries.count": SIGNED_IN,
    "saved_queries.seen": SIGNED_IN,
    "saved_queries.opened": SIGNED_IN,
    "tables.file": SIGNED_IN,
    "lists.values": SIGNED_IN,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": SIGNED_IN,
    "/_dash-layout": SIGNED_IN,
    "/_dash-dependencies": SIGNED_IN,
    "/_dash-update-component": SIGNED_IN,
    "/_reload-hash": SIGNED_IN,
    "/_favicon.ico": SIGNED_IN,
    "/": SIGNED_IN,
    "/<path:path>": SIGNED_IN,
}
HOSTILE: list[Any] = [
    *("", "<script>", "\x00", "\ud800", "'; DROP TABLE audit --", "x" * 10_000),
    *(-1, 2**63, 1e308, True),
    *([], {}, [None], {"a": {"b": []}}, {"__proto__": {"x": 1}}),
]


def routes(board: Board) -> list[tuple[str, str, str]]:
    """Endpoint, path, method."""
    board.browser().get("/livez")  # Dash finishes its routes at the first request
    return [
        (rule.endpoint, re.sub(r"<[^>]+>", "x", rule.rule), method)
        for rule in board.app.server.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_z1_every_route_has_a_declared_policy(board: Board) -> None:
    assert {endpoint for endpoint, _, _ in routes(board)} <= set(POLICY)


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_z1_every_route_for_strangers_and_each_role(board: Board, role: Role | None) -> None:
    for endpoint, path, method in routes(board):
        browser = board.browser(*([role] if role else []))  # anew: one of the routes signs out
        answer = browser.client.open(path, method=method, headers=SAME | {"X-CSRFToken": browser.token})
        if role is None and POLICY[endpoint] is SIGNED_IN:
            assert answer.status_code in {302, 401}, f"{method} {path} answers a stranger"
        elif role is not None and POLICY[endpoint] is SIGNED_IN:
            assert answer.status_code not in {302, 401}, f"{method} {path} sends {role} away"
        assert answer.status_code != 500 or "suites" in path, f"{method} {path}"


def test_f2_hostile_values_in_every_callback_never_reach_a_trace(board: Board) -> None:
    """Whatever a callback makes of them, the answer is ours: JSON with a request id, no inside."""
    board.app.server.config["PROPAGATE_EXCEPTIONS"] = False
    browser = board.browser(Role.GLOBAL_ADMINISTRATOR, Role.SEARCH_AND_PURGE)
    for output, entry in board.app.callback_map.items():
        if "callback" not in entry:
            continue
        names = [f"{one['id']}.{one['property']}" for one in entry["inputs"] + entry["state"]]
        for value in HOSTILE:
            answer = browser.fire(board.body(output, dict.fromkeys(names, value)))
            assert answer.headers["X-Request-ID"]
            assert "Traceback" not in answer.text
            assert answer.status_code in {200, 204} or answer.is_json, output
            assert answer.status_code != 500, f"{output} fails on {value!r}"


def test_f2_forged_shapes_of_every_callback_are_refused(board: Board) -> None:
    browser = board.browser(Role.GLOBAL_ADMINISTRATOR)
    for output, entry in board.app.callback_map.items():
        if "callback" not in entry:
            continue
        whole = board.body(output)
        extra = {"id": "x", "property": "y", "value": 1}
        for forged in (
            whole | {"inputs": [*whole["inputs"], extra]},
            whole | {"state": [*whole["state"], extra]},
            whole | {"outputs": [extra, extra, extra, extra, extra, extra, extra, extra, extra]},
            whole | {"changedPropIds": [7]},
        ):
            assert browser.fire(forged).status_code == 400, output
