"""The route of a kept list: its values, a line each, as plain text."""

from flask import Blueprint, Flask, Response, abort
from flask.typing import ResponseReturnValue

from dashapp.identity.permissions import Permission
from dashapp.identity.web import Guard
from dashapp.services import services

PATH = "/lists"


def add_lists(server: Flask, guard: Guard) -> None:
    """Add the route to ``server``; it needs ``message:read``."""
    blueprint = Blueprint("lists", __name__)

    @blueprint.get(f"{PATH}/<name>.txt")
    def values(name: str) -> ResponseReturnValue:
        found = services().kept_lists.values(name)
        if found is None:
            abort(404, "There is no list of this name.")
        text = "".join(f"{value}\n" for value in found).encode("utf-8", "replace")
        answer = Response(text, mimetype="text/plain")
        answer.headers["Content-Disposition"] = f'inline; filename="{name}.txt"'
        return answer

    server.register_blueprint(blueprint)
    guard.permissions["lists.values"] = Permission.MESSAGE_READ
