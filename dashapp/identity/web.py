"""The door of the server: who is asking, may they, and what the answer says. The only part that knows Flask.

``protect(server, …)`` comes before ``Dash(server=server)``: Flask runs its hooks in the order they were added, and
Dash's own first-request hook calls page layouts.
"""

import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import flask
from flask import Flask, Request, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from dashapp.identity import errors, headers, limits, origins
from dashapp.identity.accounts import Accounts
from dashapp.identity.permissions import ANONYMOUS, Actor, Permission, ensure
from dashapp.identity.sign_ins import KIOSK_LIFE, Caller, Clock, SignedIn, SignIns, utc_now
from dashapp.settings import Settings
from dashapp.storage import AuditContext, Storage, audit_context
from dashapp.storage.sessions import SessionKind

PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "_dash_assets.static",
        "identity.sign_in",
        "identity.demo_sign_in",
        "identity.setup",
        "identity.stylesheet",
        "operations.livez",
        "operations.readyz",  # these two decide themselves whom to tell details
        "operations.metrics_page",
    }
)
CALLBACK_RULES = "threatboard.callbacks"  # key of Flask.extensions
_KEY = "threatboard.guard"
_CALLBACK_PATH = "/_dash-update-component"


class CallbackRule(Protocol):
    """What the app's callback registry says of one callback."""

    @property
    def permission(self) -> Permission:
        """What the caller must hold."""

    @property
    def polling(self) -> bool:
        """A timer sends it, not a person."""


@dataclass
class Guard:
    """What protects one server.

    Attributes:
        settings: How strict to be.
        sign_ins: Opens and checks sessions.
        accounts: Services over users.
        csrf: Makes and checks tokens.
        demo: The sign-in page offers the demonstration's accounts at a click, on this machine.
        public: Endpoints that need no sign-in.
        permissions: Endpoints that need more than a sign-in.
        polling: Endpoints that a timer asks, which must not keep an idle session alive.
        script_hashes: Of inline scripts that may run; fill with ``app.csp_hashes()`` once callbacks are registered.
        callback_map: Dash's own table of callbacks (``app.callback_map``); lets the guard refuse forged shapes.
    """

    settings: Settings
    sign_ins: SignIns
    accounts: Accounts
    csrf: origins.CsrfTokens
    demo: bool = False
    public: set[str] = field(default_factory=lambda: set(PUBLIC_ENDPOINTS))
    permissions: dict[str, Permission] = field(default_factory=dict)
    polling: set[str] = field(default_factory=set)
    script_hashes: list[str] = field(default_factory=list)
    callback_map: Mapping[str, Any] | None = None

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach this server by https; only plain http on this machine is the exception."""
        settings = self.settings
        if settings.public_url:
            return settings.public_url.startswith("https://")
        return settings.proxy_hops > 0 or settings.host not in origins.LOOPBACK_NAMES

    @property
    def session_cookie(self) -> str:
        """The cookie's name; ``__Host-`` makes browsers insist on Secure, Path=/ and this very host."""
        return "__Host-threatboard" if self.over_tls else "threatboard"

    def set_cookies(self, response: Response, signed_in: SignedIn) -> None:
        """Give the browser its session and the token that goes with it."""
        # Ours end with the browser; a wall screen comes back after a power cut.
        life = KIOSK_LIFE if signed_in.session.kind is SessionKind.KIOSK else None
        options: dict[str, Any] = {"secure": self.over_tls, "samesite": "Lax", "path": "/", "max_age": life}
        response.set_cookie(self.session_cookie, signed_in.cookie, httponly=True, **options)
        response.set_cookie(origins.CSRF_COOKIE, self.csrf.of_session(signed_in.cookie), **options)

    def drop_cookies(self, response: Response) -> None:
        """Take both away."""
        for name in (self.session_cookie, origins.CSRF_COOKIE):
            response.delete_cookie(name, path="/", secure=self.over_tls, samesite="Lax")


class CurrentUser(UserMixin):  # type: ignore[misc]  # flask-login is untyped
    """What Flask-Login's ``current_user`` is here: a shim over our own sessions."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.id = signed_in.actor.user_id
        self.actor = signed_in.actor


def protect(
    server: Flask,
    *,
    settings: Settings,
    storage: Storage,
    demo: bool = False,
    public_endpoints: Iterable[str] = (),
    clock: Clock = utc_now,
) -> Guard:
    """Require a signed-in user on every endpoint of ``server`` that is not declared public.

    Adds the sign-in, setup and sign-out pages, error pages, security headers, and limits on what may be posted.

    Args:
        server: The Flask server, before Dash gets it.
        settings: Cookies, proxies, session times.
        storage: Users, sessions, audit.
        demo: Offer the demonstration's accounts on the sign-in page, to this machine only.
        public_endpoints: Further endpoints for strangers.
        clock: Tells the time, aware.

    Returns:
        The guard; give it ``script_hashes`` and ``callback_map`` once the callbacks are registered.
    """
    from dashapp.identity import views

    secret = settings.secret_key.get_secret_value()
    guard = Guard(
        settings,
        SignIns(storage, settings, clock),
        Accounts(storage, settings, clock),
        origins.CsrfTokens(secret),
        demo=demo,
        public=set(PUBLIC_ENDPOINTS) | set(public_endpoints),
    )
    server.extensions[_KEY] = guard
    server.config["MAX_CONTENT_LENGTH"] = limits.LARGEST_BODY
    server.secret_key = secret
    if hops := settings.proxy_hops:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    _install_login_manager(server)
    headers.add_headers(server, guard.script_hashes, over_tls=guard.over_tls)
    server.before_request(_begin)
    server.before_request(_check)
    server.after_request(_finish)
    server.teardown_request(_forget)
    errors.add_error_pages(server, storage)
    server.register_blueprint(views.blueprint)
    return guard


def guard_of(server: Flask) -> Guard:
    """The guard that ``protect`` gave ``server``."""
    found = server.extensions[_KEY]
    if not isinstance(found, Guard):
        raise TypeError("the guard of this server was replaced")
    return found


def current_guard() -> Guard:
    """The guard of the server that handles the current request."""
    return guard_of(flask.current_app)


def current_sign_in() -> SignedIn | None:
    """The session of the current request, if somebody is signed in."""
    found: SignedIn | None = g.get("signed_in")
    return found


def current_actor() -> Actor:
    """Who is asking; ``ANONYMOUS``, who may do nothing, if nobody is signed in."""
    signed_in = current_sign_in()
    return signed_in.actor if signed_in else ANONYMOUS


def forget_sign_in() -> None:
    """The session of the current request has ended: give its browser no cookies on the way out."""
    g.signed_in = None


def csrf_token() -> str:
    """The token of the present session, for a hidden field named ``csrf_token`` in a form of ours."""
    signed_in = current_sign_in()
    return current_guard().csrf.of_session(signed_in.cookie) if signed_in else ""


def caller() -> Caller:
    """Where the current request comes from; behind declared proxies, what the last trusted one says."""
    return Caller(request.remote_addr or "", request.headers.get("User-Agent", ""))


def change_own_password(current: str, new: str) -> None:
    """Replace the password of whoever asks; all their other sessions end and this one gets a new id.

    Raises:
        PermissionDenied: Nobody is signed in, or only a wall screen.
        TooManyAttempts: ``current`` was wrong too often.
        WrongCredentials: ``current`` is wrong.
        WeakPassword: ``new`` is not accepted.
    """
    guard, signed_in = current_guard(), current_sign_in()
    keep = signed_in.session.id_hash if signed_in else ""
    guard.accounts.change_password(current_actor(), current, new, keep=keep)
    if signed_in:
        g.signed_in = g.renewed = guard.sign_ins.renew(signed_in, caller())


def _install_login_manager(server: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # it would trust X-Forwarded-For; our sessions have their own rules
    manager._session_identifier_generator = lambda: ""
    manager.init_app(server)
    manager.request_loader(lambda _request: CurrentUser(found) if (found := current_sign_in()) else None)


def _begin() -> None:
    """Name the request and find out who sends it."""
    guard = current_guard()
    g.request_id = secrets.token_hex(8)
    cookie = request.cookies.get(guard.session_cookie)
    signed_in = guard.sign_ins.find(cookie) if cookie else None
    g.signed_in = signed_in
    g.actor_id = signed_in.actor.user_id if signed_in else None
    session_id = signed_in.session.public_id if signed_in else ""
    audit_context.set(AuditContext(session_id, request.remote_addr or "", g.request_id))


def _check() -> ResponseReturnValue | None:
    """Let the request pass, or answer it."""
    guard, signed_in = current_guard(), current_sign_in()
    _ensure_known_host(guard)
    if request.method not in origins.SAFE_METHODS:
        _ensure_meant(guard, signed_in)
    if request.endpoint in guard.public:
        return None
    if signed_in is None:
        return _ask_to_sign_in()
    if wanted := guard.permissions.get(request.endpoint or ""):
        ensure(signed_in.actor, wanted)
    if not _is_polling(guard, signed_in.actor) and request.endpoint not in guard.polling:
        guard.sign_ins.touch(signed_in)
    return None


def _ensure_known_host(guard: Guard) -> None:
    """A page elsewhere may point its own name at this machine (DNS rebinding) and so become 'same origin'."""
    settings = guard.settings
    if settings.host not in origins.LOOPBACK_NAMES or settings.proxy_hops:
        return
    known = origins.LOOPBACK_NAMES | ({origins.host_name_of(settings.public_url)} - {""})
    # A name that is none for Werkzeug, such as a_b.example, is empty here; browsers take it all the same.
    if origins.host_name(request.host) not in known:
        abort(400, "This server does not answer to that name; set THREATBOARD_PUBLIC_URL.")


def _ensure_meant(guard: Guard, signed_in: SignedIn | None) -> None:
    meant = origins.is_same_origin(request, guard.settings.public_url)
    if signed_in is None and request.endpoint not in guard.public:
        return  # nobody's rights to misuse; the answer will be 401
    if not meant or not guard.csrf.accepts(request, signed_in.cookie if signed_in else None):
        abort(403, "This page has expired or was not ours. Reload it and try again.")


def _ask_to_sign_in() -> ResponseReturnValue:
    navigating = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if request.method != "GET" or errors.wants_json(request) or not navigating:
        abort(401)
    here = request.script_root + request.full_path.rstrip("?")
    return redirect(url_for("identity.sign_in", next=here), 302)


def _is_polling(guard: Guard, actor: Actor) -> bool:
    """Whether a timer sent the request; on the way, refuse callbacks that are malformed, unknown or not allowed."""
    if not request.path.endswith(_CALLBACK_PATH) or request.method != "POST":
        return False
    body = limits.checked_json(request)
    limits.ensure_callback_shape(body, None)
    rules: Mapping[str, CallbackRule] = flask.current_app.extensions.get(CALLBACK_RULES, {})
    output = body["output"]
    if guard.callback_map is not None:
        if output not in guard.callback_map:
            abort(404)
        limits.ensure_callback_shape(body, guard.callback_map[output])
    if (rule := rules.get(output)) is None:
        return False
    ensure(actor, rule.permission)
    return rule.polling


def _finish(response: Response) -> Response:
    guard, signed_in = current_guard(), current_sign_in()
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if "renewed" in g:
        guard.set_cookies(response, g.renewed)
    elif signed_in and _lacks_token(guard, request, signed_in):
        guard.set_cookies(response, signed_in)
    return response


def _forget(_error: BaseException | None) -> None:
    audit_context.set(AuditContext())  # the thread's next work may be no request


def _lacks_token(guard: Guard, asked: Request, signed_in: SignedIn) -> bool:
    page = asked.method == "GET" and asked.endpoint not in guard.public
    return page and asked.cookies.get(origins.CSRF_COOKIE) != guard.csrf.of_session(signed_in.cookie)


def is_local(asked: Request) -> bool:
    """Whether ``asked`` comes from this machine, not through a proxy on it, which makes every visitor look local."""
    if any(name in asked.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ipaddress.ip_address(asked.remote_addr or "").is_loopback
    except ValueError:
        return False
