"""The pages of the door itself, rendered on the server: sign in, first-run setup, sign out."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashapp.identity import first_run, origins, web
from dashapp.identity.accounts import AccountError
from dashapp.identity.passwords import LONGEST, SHORTEST, WeakPassword
from dashapp.identity.permissions import ROLE_NAMES, Role
from dashapp.identity.sign_ins import SignedIn, WrongCredentials
from dashapp.identity.throttling import TooManyAttempts
from dashapp.storage import users
from dashapp.storage.sessions import SessionKind
from dashapp.storage.users import User

STYLESHEET = Path(__file__).parents[2] / "assets" / "css" / "sign-in.css"

blueprint = Blueprint("identity", __name__, template_folder="templates")


@blueprint.get("/sign-in.css")
def stylesheet() -> ResponseReturnValue:
    """The stylesheet of these pages."""
    return Response(_stylesheet(), mimetype="text/css")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The form, and what it posts."""
    guard = web.current_guard()
    if request.method == "POST":
        return _try_sign_in()
    if web.current_sign_in():
        return redirect(_next(), 303)
    with guard.sign_ins.storage.read() as connection:
        if not users.any_exist(connection):
            return redirect(url_for("identity.setup"), 303)
    return _form("sign-in", 200)


@blueprint.post("/sign-in/demo")
def demo_sign_in() -> ResponseReturnValue:
    """Sign in as one of the demonstration's people, at a click; for this machine only."""
    guard = web.current_guard()
    chosen = next((user for user in _offered() if user.id == request.form.get("user")), None)
    if chosen is None:
        abort(404)
    return _enter(guard.sign_ins.open_session(chosen, web.caller(), SessionKind.NORMAL, how="demo click"))


@blueprint.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    """The first account, for whoever can read the server's output."""
    with web.current_guard().sign_ins.storage.read() as connection:
        if users.any_exist(connection):
            return redirect(url_for("identity.sign_in"), 303)
    return _try_setup() if request.method == "POST" else _form("setup", 200)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session and leave nothing behind."""
    guard, signed_in = web.current_guard(), web.current_sign_in()
    if signed_in:
        guard.sign_ins.sign_out(signed_in)
    response = redirect(url_for("identity.sign_in"), 303)
    guard.drop_cookies(response)  # type: ignore[arg-type]  # flask's redirect makes a flask Response
    # On localhost "cookies" would empty those of every other program on this machine.
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"' if guard.over_tls else '"storage"'
    web.forget_sign_in()
    return response


def _try_sign_in() -> ResponseReturnValue:
    guard, form = web.current_guard(), request.form
    kind = SessionKind.KIOSK if form.get("kiosk") else SessionKind.NORMAL
    try:
        signed_in = guard.sign_ins.sign_in(form.get("login", ""), form.get("password", ""), web.caller(), kind)
    except WrongCredentials:
        return _form("sign-in", 401, problem="That login and password do not belong together.")
    except TooManyAttempts as error:
        return _wait("sign-in", error)
    return _enter(signed_in)


def _try_setup() -> ResponseReturnValue:
    guard, form = web.current_guard(), request.form
    if form.get("password", "") != form.get("again", ""):
        return _form("setup", 400, problem="The two passwords differ.")
    try:
        first_run.reserve_attempt(guard.sign_ins, web.caller())
        user = first_run.create_first_administrator(
            guard.accounts,
            form.get("token", ""),
            login=form.get("login", ""),
            display_name=form.get("display_name", ""),
            password=form.get("password", ""),
        )
    except TooManyAttempts as error:
        return _wait("setup", error)
    except first_run.WrongToken:
        first_run.record_wrong_token(guard.sign_ins.storage)
        return _form("setup", 403, problem="That is not the token this server printed when it was last started.")
    except (AccountError, WeakPassword) as error:
        return _form("setup", 400, problem=str(error))
    return _enter(guard.sign_ins.open_session(user, web.caller(), SessionKind.NORMAL, how="setup"))


def _enter(signed_in: SignedIn) -> ResponseReturnValue:
    """Start afresh with the new session; one the browser had before ends."""
    guard = web.current_guard()
    if before := web.current_sign_in():
        guard.sign_ins.sign_out(before)
    web.forget_sign_in()
    response = redirect(_next(), 303)
    guard.set_cookies(response, signed_in)  # type: ignore[arg-type]  # flask's redirect makes a flask Response
    return response


def _wait(page: str, error: TooManyAttempts) -> Response:
    minutes, seconds = divmod(error.retry_after, 60)
    spell = f"{minutes + 1} minutes" if minutes else f"{seconds} seconds"
    response = _form(page, 429, problem=f"Too many attempts. Try again in {spell}.")
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _form(page: str, status: int, *, problem: str = "") -> Response:
    """One of the two forms, with a token that its post must bring back."""
    guard, signed_in = web.current_guard(), web.current_sign_in()
    known = request.cookies.get(origins.CSRF_COOKIE, "")
    token = known if guard.csrf.is_anonymous(known) else guard.csrf.anonymous()
    html = render_template(
        f"identity/{page}.html",
        token=web.csrf_token() or token,
        problem=problem,
        next=_next(),
        typed=request.form,
        offered=[(user.id, _role_names(user)) for user in _offered()],
        shortest=SHORTEST,
        longest=LONGEST,
    )
    response = current_app.make_response(html)
    response.status_code = status
    response.headers["Referrer-Policy"] = "same-origin"  # with no-referrer, browsers post a form with Origin: null
    if signed_in is None:
        response.set_cookie(origins.CSRF_COOKIE, token, secure=guard.over_tls, samesite="Lax", path="/")
    return response


def _offered() -> list[User]:
    guard = web.current_guard()
    if not guard.demo or guard.over_tls or not web.is_local(request):
        return []
    with guard.sign_ins.storage.read() as connection:
        found = users.demo_accounts(connection)
    order = {f"{name}@{first_run.DEMO_DOMAIN}": place for place, name in enumerate(first_run.DEMO_ROLES)}
    return sorted(found, key=lambda user: order.get(user.login, len(order)))


def _role_names(user: User) -> str:
    return " + ".join(ROLE_NAMES[role] for role in Role if role in user.roles)


def _next() -> str:
    return origins.safe_next(request.values.get("next"), request.script_root + "/")


@cache
def _stylesheet() -> bytes:
    return STYLESHEET.read_bytes()


@cache
def _stylesheet_version() -> str:
    return hashlib.sha256(_stylesheet()).hexdigest()[:12]


@blueprint.app_context_processor
def _stylesheet_address() -> dict[str, str]:
    return {"sign_in_css": url_for("identity.stylesheet", v=_stylesheet_version())}
