"""The routes of saved queries: list, read, keep, change, delete, track and open them.

Bodies are JSON with the page's token; what is wrong with one is answered in words for the dialog that sent it.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.components.links import href
from dashapp.components.query_addresses import explorer_address, ready_address
from dashapp.domain.ready_made import READY_MADE
from dashapp.domain.saved_queries import (
    SHARED_WITH,
    ChangedQueryError,
    Draft,
    NoSuchQueryError,
    SavedQuery,
    SavedQueryError,
    may_change,
)
from dashapp.domain.text import visible
from dashapp.identity.limits import checked_json
from dashapp.identity.permissions import ROLE_NAMES, Permission, Role
from dashapp.identity.web import Guard
from dashapp.query.urlstate import EXPLORER, LONGEST_SEARCH, ViewState
from dashapp.services import services

LONGEST_TEXT = 4_000
MOST_NOTE = 160
MOST_VERSIONS = 2**31  # what the database holds
NOT_OURS = "The request is not one this page sends."
ENDPOINTS = ("every", "save", "one", "change", "delete", "default", "count", "seen", "opened")


def add_saved_queries(server: Flask, guard: Guard) -> None:
    """Add the routes to ``server``; all of them need ``query:save``."""
    blueprint = Blueprint("saved_queries", __name__, url_prefix="/saved-queries")

    @blueprint.get("")
    def every() -> ResponseReturnValue:
        return jsonify(_every())

    @blueprint.post("")
    def save() -> ResponseReturnValue:
        body = _body()
        state = ViewState.from_search(_text(body, "search", LONGEST_SEARCH), EXPLORER)
        saved = services().saved_queries.save(services().actor, _draft(body, state))
        _wake(saved)
        return jsonify(id=saved.id, name=saved.name), 201

    @blueprint.get("/<query_id>")
    def one(query_id: str) -> ResponseReturnValue:
        return jsonify(_told(services().saved_queries.get(services().actor, query_id)))

    @blueprint.put("/<query_id>")
    def change(query_id: str) -> ResponseReturnValue:
        body, found = _body(), services()
        before = found.saved_queries.get(found.actor, query_id).state
        state = replace(before, query=_text(body, "query"), start=_text(body, "from", 64), end=_text(body, "to", 64))
        version = body.get("version")
        if type(version) is not int or not 0 <= version < MOST_VERSIONS:
            abort(400, NOT_OURS)
        saved = found.saved_queries.change(found.actor, query_id, _draft(body, state), version=version)
        _wake(saved)
        return jsonify(id=saved.id, name=saved.name)

    @blueprint.delete("/<query_id>")
    def delete(query_id: str) -> ResponseReturnValue:
        return jsonify(name=services().saved_queries.delete(services().actor, query_id).name)

    _add_doings(blueprint)
    blueprint.register_error_handler(SavedQueryError, _refused)
    server.register_blueprint(blueprint)
    guard.permissions |= {f"saved_queries.{name}": Permission.QUERY_SAVE for name in ENDPOINTS}


def _add_doings(blueprint: Blueprint) -> None:
    @blueprint.put("/<query_id>/default")
    def default(query_id: str) -> ResponseReturnValue:
        wanted = _flag(_body(), "on")
        services().saved_queries.set_default(services().actor, query_id if wanted else None)
        return jsonify(on=wanted)

    @blueprint.post("/<query_id>/count")
    def count(query_id: str) -> ResponseReturnValue:
        found = services()
        found.saved_queries.count_now(found.actor, query_id)
        if found.jobs is not None:
            found.jobs.wake(query_id)
        return jsonify(queued=True), 202

    @blueprint.post("/alerts/seen")
    def seen() -> ResponseReturnValue:
        alerts = _body().get("alerts")
        if not isinstance(alerts, list) or not all(isinstance(one, str) for one in alerts):
            abort(400, NOT_OURS)
        return jsonify(seen=services().saved_queries.put_aside(services().actor, alerts))

    @blueprint.get("/<query_id>/open")
    def opened(query_id: str) -> ResponseReturnValue:
        saved = services().saved_queries.opened(services().actor, query_id)
        return redirect(explorer_address(saved.state), 303)


def _refused(error: SavedQueryError) -> ResponseReturnValue:
    status = {NoSuchQueryError: 404, ChangedQueryError: 409}.get(type(error), 422)
    return jsonify(error=type(error).__name__, detail=str(error)), status


def _wake(saved: SavedQuery) -> None:
    """What is to be counted is counted now, not with the next minute."""
    jobs = services().jobs
    if jobs is not None and saved.tracker is not None:
        jobs.wake(saved.id)


def _every() -> dict[str, Any]:
    """What the menu shows: one's own, those of others, the ready-made ones."""
    found = services()
    visible = found.saved_queries.visible(found.actor)
    own = [query for query in visible if query.owner_id == found.actor.user_id]
    shared = [query for query in visible if query not in own]
    ready = [{"name": one.name, "note": one.purpose, "address": ready_address(one)} for one in READY_MADE]
    return {
        "groups": [
            {"label": "Yours", "items": [_item(query, query.state.query) for query in own]},
            {"label": "Shared with you", "items": [_item(query, f"by {query.author}") for query in shared]},
            {"label": "Ready-made", "items": ready},
        ],
        "roles": _roles(),
        "manage": href("/trackers"),
    }


def _roles() -> list[dict[str, str]]:
    """Whom a query can be shared with; nobody for who may not share."""
    if not services().actor.may(Permission.QUERY_SHARE):
        return []
    return [{"value": role.value, "label": ROLE_NAMES[role]} for role in SHARED_WITH]


def _item(query: SavedQuery, note: str) -> dict[str, str]:
    """A line of the menu; whoever wrote it, nothing in it is invisible or turns text round."""
    return {
        "name": visible(query.name),
        "note": visible(note, most=MOST_NOTE),
        "address": href(f"/saved-queries/{query.id}/open"),
    }


def _told(query: SavedQuery) -> dict[str, Any]:
    """What the dialog that edits a query shows."""
    actor, state, tracker = services().actor, query.state, query.tracker
    own = query.owner_id == actor.user_id
    return {
        "id": query.id,
        "name": query.name,
        "query": state.query,
        "from": state.start,
        "to": state.end,
        "shared": query.shared.value if query.shared else "",
        "tracked": tracker is not None,
        "threshold": tracker.threshold if tracker else None,
        "version": query.version,
        "counted": tracker.last_run.isoformat() if tracker and tracker.last_run else "",
        "own": own,
        "changeable": may_change(actor, query),
        "roles": _roles(),
    }


def _draft(body: dict[str, Any], state: ViewState) -> Draft:
    shared, threshold = body.get("shared") or None, body.get("threshold")
    if shared is not None and shared not in list(Role):
        abort(400, NOT_OURS)
    if threshold is not None and type(threshold) is not int:
        raise SavedQueryError("A threshold is a whole number.")
    tracked = _flag(body, "tracked")
    return Draft(
        _text(body, "name"),
        state,
        Role(shared) if shared else None,
        tracked=tracked,
        threshold=threshold if tracked else None,
    )


def _body() -> dict[str, Any]:
    body = checked_json(request)
    if not isinstance(body, dict):
        abort(400, NOT_OURS)
    return body


def _text(body: dict[str, Any], name: str, longest: int = LONGEST_TEXT) -> str:
    text = body.get(name, "")
    if not isinstance(text, str):
        abort(400, NOT_OURS)
    if len(text) > longest:
        raise SavedQueryError("That is too long.")
    return text


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        abort(400, NOT_OURS)
    return value
