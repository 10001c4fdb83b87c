"""The routes of an export: ask for one, fetch its file, see how far it is, end it.

Asking is a POST with the page's token and answers with an address that works once, for the same person; the browser
fetches that as any download, straight to the disk.
"""

import re
import socket
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from dashapp.callbacks._asked import Asked, asked, instant
from dashapp.components.links import href
from dashapp.data import export
from dashapp.data.export_files import FileFormat
from dashapp.data.grid import SORTED_ROWS
from dashapp.exports import Exports, Running, TooManyExports
from dashapp.identity.limits import checked_json
from dashapp.identity.permissions import Permission
from dashapp.identity.web import Guard, current_actor
from dashapp.query.errors import QueryError
from dashapp.query.printing import to_text
from dashapp.query.urlstate import EXPLORER
from dashapp.services import services

SLOW_SECONDS = 60  # in which a browser must take a piece of the file
LONGEST_KEY = 1000
_ENDPOINTS = ("start", "file", "progress", "end")


def add_exports(server: Flask, guard: Guard, exports: Exports) -> None:
    """Add the routes to ``server``; all of them need ``export:create``."""
    blueprint = Blueprint("exports", __name__, url_prefix="/exports")

    @blueprint.post("")
    def start() -> ResponseReturnValue:
        try:
            return jsonify(_start(exports, checked_json(request))), 201
        except TooManyExports as error:
            return jsonify(error="TooManyExports", detail=str(error)), 429
        except QueryError as error:
            return jsonify(error="QueryError", detail=error.message), 422

    @blueprint.get("/<export_id>/file")
    def file(export_id: str) -> ResponseReturnValue:
        if request.method != "GET":
            abort(405)
        found = _own(exports, export_id)
        pieces = exports.collect(found)
        if pieces is None:
            abort(410, "This file was fetched already. Ask for it again.")
        _limit_waiting()
        response = Response(pieces, content_type=found.format.content_type)
        response.call_on_close(lambda: exports.leave(found))
        response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        response.headers["X-Accel-Buffering"] = "no"  # a proxy is to pass it on, not to store it
        return response

    @blueprint.get("/<export_id>")
    def progress(export_id: str) -> ResponseReturnValue:
        return jsonify(_own(exports, export_id).told)

    @blueprint.delete("/<export_id>")
    def end(export_id: str) -> ResponseReturnValue:
        found = _own(exports, export_id)
        exports.cancel(found)
        return jsonify(found.told)

    server.register_blueprint(blueprint)
    guard.permissions |= {f"exports.{name}": Permission.EXPORT_CREATE for name in _ENDPOINTS}
    guard.polling.add("exports.progress")


def _own(exports: Exports, export_id: str) -> Running:
    found = exports.of(current_actor(), export_id)
    if found is None:
        abort(404)
    return found


def _start(exports: Exports, body: Any) -> dict[str, Any]:
    """Read what the page sent, plan it and make room for it."""
    if not isinstance(body, dict) or body.get("format") not in list(FileFormat) or not _is_view(body.get("view")):
        abort(400, "The request is not one this page sends.")
    ask, format_, picked = asked(body["view"], EXPLORER), FileFormat(body["format"]), _picked(body.get("rows"))
    columns = ask.columns
    node = ask.node
    planned = export.plan(
        ask.engine,
        node,
        ask.window,
        columns=columns,
        sort=ask.state.sort,
        picked=picked,
        most=services().settings.export_rows,
        subject=ask.subject,
    )
    detail = {
        "view": ask.listed.slug,
        "query": to_text(node),
        "from": instant(ask.window.start),
        "to": instant(ask.window.end),
        "columns": ",".join(columns),
        "picked": len(picked),
    }
    running = exports.open(current_actor(), planned, format_, _file_name(ask, format_), detail)
    return running.told | {"address": href(f"/exports/{running.id}/file"), "note": _note(planned, ask)}


def _note(planned: export.Export, ask: Asked) -> str:
    """What of the export is not as the grid shows it."""
    wanted_by_time = [name for name, _ in ask.state.sort] in ([], ["Timestamp"])
    if wanted_by_time or not planned.by_time:
        return ""
    first = f"In this file the newest {ask.subject.noun} comes first"
    return f"{first}: in another order, at most {SORTED_ROWS:,} can be exported."


def _is_view(view: Any) -> bool:
    return isinstance(view, dict) and view.get("path") == "/explorer"


def _picked(rows: Any) -> frozenset[str]:
    if rows is None:
        return frozenset()
    if not isinstance(rows, list) or not rows or not all(isinstance(row, str) for row in rows):
        abort(400, "The request is not one this page sends.")
    if len(rows) > export.MOST_PICKED:
        abort(400, f"At most {export.MOST_PICKED:,} single rows can be exported.")
    return frozenset(row[:LONGEST_KEY] for row in rows)


def _file_name(ask: Asked, format_: FileFormat) -> str:
    start, end = (re.sub(r"\D", "", instant(edge)[:10]) for edge in (ask.window.start, ask.window.end))
    return f"{ask.subject.nouns}-{start}-{end}.{format_}"


def _limit_waiting() -> None:
    """A browser that takes nothing more must not keep the thread for ever."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.settimeout(SLOW_SECONDS)
