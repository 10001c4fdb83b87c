"""A small protected Dash app on a fresh database, and people who can sign in to it."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dash
import pytest
from dash import Dash, Input, Output, State, dcc, html
from flask import Flask

from dashapp.identity import first_run, passwords, web
from dashapp.identity.accounts import Accounts
from dashapp.identity.permissions import Actor, Permission, Role
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, users
from tests import postgresql
from tests.identity.browser import Browser

SECRET = "test-only-6f1d0c5a9b3e4d7282f0c1b5"
ROOT = Actor("root", "Root", frozenset({Role.GLOBAL_ADMINISTRATOR}))
PASSWORD = "correct horse battery staple"
NEW = "an entirely other phrase"


@dataclass
class Clock:
    """Stands still until told otherwise."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **spell: float) -> None:
        self.now += timedelta(**spell)


@dataclass(frozen=True)
class Rule:
    permission: Permission
    polling: bool = False


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.server() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgresql_server").database() if request.param == "postgresql" else ""
    return Settings(secret_key=SECRET, data_dir=tmp_path, database_url=url)


@pytest.fixture
def storage(settings: Settings) -> Iterator[Storage]:
    storage = open_storage(settings)
    yield storage
    storage.close()


@pytest.fixture
def accounts(storage: Storage, settings: Settings, clock: Clock) -> Accounts:
    return Accounts(storage, settings, clock)


@pytest.fixture
def people(storage: Storage, clock: Clock) -> dict[str, str]:
    """Login by role; each has ``PASSWORD``."""
    logins = {role.value: f"{role.value.lower()}@example.com" for role in Role}
    with storage.write() as connection:
        for role in Role:
            users.add(
                connection,
                login=logins[role.value],
                display_name=role.name.title(),
                password_hash=_hashed(),
                roles=[role],
                time_zone="UTC",
                now=clock(),
            )
    return logins


@functools.cache
def _hashed() -> str:
    return passwords.hash_of(PASSWORD)


def build_app(settings: Settings, storage: Storage, clock: Clock, *, demo: bool = False) -> Dash:
    """An app as the factory makes it: guard first, Dash after, rules last."""
    server = Flask("small")
    guard = web.protect(server, settings=settings, storage=storage, demo=demo, clock=clock, public_endpoints={"open"})
    server.add_url_rule("/open", "open", lambda: "open", methods=["GET", "POST"])
    server.add_url_rule("/crash", "crash", lambda: 1 // 0)
    server.add_url_rule("/people", "people", lambda: "people")
    server.add_url_rule("/change", "change", lambda: web.change_own_password(PASSWORD, NEW) or "changed")
    guard.permissions["people"] = Permission.PEOPLE_MANAGE
    app = Dash("small", server=server, enable_mcp=False, suppress_callback_exceptions=True)  # type: ignore[arg-type]
    app.layout = html.Div([dcc.Input(id="in"), dcc.Store(id="kept"), html.Div(id="out"), html.Div(id="now")])

    @app.callback(Output("out", "children"), Input("in", "value"), State("kept", "data"))
    def show(value: object, _kept: object) -> str:
        if value == "crash":
            raise ValueError("marker-8f3a of the inside")
        return f"{web.current_actor().name}: {value}"

    @app.callback(Output("now", "children"), Input("in", "n_submit"))
    def tick(_value: object) -> str:
        return "tick"

    server.extensions[web.CALLBACK_RULES] = {
        "out.children": Rule(Permission.MESSAGE_READ),
        "now.children": Rule(Permission.DASHBOARD_READ, polling=True),
    }
    guard.callback_map = app.callback_map
    guard.script_hashes.extend(app.csp_hashes())
    return app


@pytest.fixture
def app(settings: Settings, storage: Storage, clock: Clock) -> Iterator[Dash]:
    yield build_app(settings, storage, clock)
    dash.page_registry.clear()


@pytest.fixture
def browser(app: Dash) -> Browser:
    """Nobody is signed in; ``people`` decides whether anybody could."""
    return Browser(app.server)


@pytest.fixture
def demo_browser(settings: Settings, storage: Storage, clock: Clock) -> Browser:
    first_run.create_demo_accounts(storage, settings)
    return Browser(build_app(settings, storage, clock, demo=True).server)


@pytest.fixture
def reader(browser: Browser, people: dict[str, str]) -> Browser:
    """A Security Reader's browser."""
    assert browser.sign_in(people["SR"]).status_code == 303
    return browser
