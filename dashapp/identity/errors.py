"""Error answers: plain words and the request's id, as a page or as JSON; never a trace, a path or a value."""

from http import HTTPStatus

from flask import Flask, Request, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from dashapp.identity.permissions import Actor, PermissionDenied
from dashapp.storage import Storage

_WORDS = {
    400: ("That request was not understood", "The address or what was sent with it is not one of ours."),
    401: ("You are signed out", "Sign in again to go on."),
    403: ("You may not do that", "None of your roles allows it. An administrator can give you one that does."),
    404: ("There is nothing here", "The page may have moved, or the address may be mistyped."),
    405: ("That request was not understood", "This address does not take that kind of request."),
    413: ("That is too much at once", "What was sent is larger than this page takes."),
    415: ("That request was not understood", "This address takes JSON only."),
    429: ("Too many attempts", "Wait a little and try again."),
    500: ("Something went wrong on our side", "It has been written to the log under the number below."),
    503: ("Busy right now", "Try again in a moment."),
}
_NO_RECORD = (
    "The server cannot write its records just now, so nothing was done. Try again in a moment; if it stays like this, "
    "tell an administrator the number below."
)


def add_error_pages(server: Flask, storage: Storage) -> None:
    """Answer every error of ``server`` in our own words; record refused permissions."""

    @server.errorhandler(HTTPException)
    def answer(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.response  # somebody made an answer of their own
        # Werkzeug's own texts speak of technicalities; ours, given to abort(), are for people.
        ours = error.description if error.description != type(error).description else None
        response = _response(error.code or 500, ours if (error.code or 500) < 500 else None)
        if "Retry-After" in (given := dict(error.get_headers())):
            response.headers["Retry-After"] = given["Retry-After"]
        return response

    @server.errorhandler(OperationalError)
    def unavailable(error: OperationalError) -> ResponseReturnValue:
        """A full disk, a database that is locked for too long or does not answer: nothing was done."""
        current_app.logger.error("the database refused: %s", error.orig, exc_info=error)
        return _response(503, _NO_RECORD)

    @server.errorhandler(PermissionDenied)
    def refuse(error: PermissionDenied) -> ResponseReturnValue:
        try:
            _record(storage, error.actor, error)
        except OperationalError as failure:
            return unavailable(failure)
        return _response(403, None)


def wants_json(asked: Request) -> bool:
    """Whether a program, not a person, reads the answer."""
    if "/_dash" in asked.path or asked.is_json:
        return True
    accepted = asked.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"


def _response(code: int, text: str | None) -> Response:
    title, usual = _WORDS.get(code, (HTTPStatus(code).phrase, "The request could not be answered."))
    request_id = g.get("request_id", "")
    if wants_json(request):
        response = jsonify(error=title, detail=text or usual, request_id=request_id)
    else:
        page = render_template("identity/error.html", code=code, title=title, text=text or usual, request_id=request_id)
        response = current_app.make_response(page)
    response.status_code = code
    return response


def _record(storage: Storage, actor: Actor, error: PermissionDenied) -> None:
    detail = {"permission": error.permission.value, "endpoint": request.endpoint or ""}
    with storage.write() as connection:
        storage.audit.record(connection, actor, "permission.refuse", f"path:{request.path[:200]}", detail)
