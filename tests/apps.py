"""Whole apps for tests: the real factory over a real database and a real lake in a temporary folder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashapp.browser_files import ASSETS
from dashapp.data.lake import Lake
from dashapp.factory import create_app
from dashapp.identity.permissions import Role
from dashapp.identity.sign_ins import Caller, SignedIn
from dashapp.identity.web import Guard, guard_of
from dashapp.services import Services
from dashapp.settings import Settings
from dashapp.storage import open_storage, users
from dashapp.storage.sessions import SessionKind
from tests.identity.browser import Browser

SECRET = "test-only-6f1d0c5a9b3e4d7282f0c1b5"


@dataclass
class Board:
    """One app with its parts, and people who can sign in without a password being hashed for each test."""

    app: Dash
    services: Services

    @property
    def guard(self) -> Guard:
        return guard_of(self.app.server)

    def session(self, *roles: Role, kind: SessionKind = SessionKind.NORMAL, theme: str = "auto") -> SignedIn:
        """A session of a new person with ``roles``."""
        storage, now = self.services.storage, datetime.now(UTC)
        with storage.write() as connection:
            login = f"{'-'.join(roles).lower()}-{now.timestamp()}@example.com"
            person = users.add(
                connection,
                login=login,
                display_name=f"Ana {' '.join(roles)}",
                password_hash=None,
                roles=roles,
                time_zone="UTC",
                now=now,
            )
            users.change(connection, person.id, now, theme=theme)
        return self.guard.sign_ins.open_session(person, Caller("127.0.0.1", "Firefox/140 Windows"), kind, how="test")

    def browser(self, *roles: Role, kind: SessionKind = SessionKind.NORMAL) -> Browser:
        """A signed-in test client, with the cookies a browser would hold; nobody is signed in without roles."""
        browser = Browser(self.app.server)
        if roles:
            signed_in = self.session(*roles, kind=kind)
            browser.client.set_cookie(self.guard.session_cookie, signed_in.cookie)
            browser.client.set_cookie("_csrf_token", self.guard.csrf.of_session(signed_in.cookie))
        return browser

    def body(self, output: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """What Dash's renderer posts for the callback of ``output``; ``values`` by ``id.property``, else null."""
        entry, given = self.app.callback_map[output], values or {}

        def filled(dependencies: Iterable[dict[str, str]]) -> list[Any]:
            sent: list[Any] = []
            for one in dependencies:
                if one["id"].startswith("{"):
                    sent.append([])
                    continue
                value = given.get(f"{one['id']}.{one['property']}")
                sent.append({"id": one["id"], "property": one["property"], "value": value})
            return sent

        names = output.strip(".").split("...") if output.startswith("..") else [output]
        outputs = [dict(zip(("id", "property"), name.split("@")[0].rsplit(".", 1), strict=True)) for name in names]
        inputs = filled(entry["inputs"])
        first = next((one for one in inputs if isinstance(one, dict)), None)
        return {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": inputs,
            "state": filled(entry["state"]),
            "changedPropIds": [f"{first['id']}.{first['property']}"] if first else [],
        }

    def output_of(self, component: str) -> str:
        """Dash's name of the server callback that writes ``component`` (``id.property``)."""
        return next(name for name in self.app.callback_map if component in name.strip(".").split("..."))


def build(folder: Path, *, lake: Lake | None = None, demo: bool = False, engine: Any = None, **settings: Any) -> Board:
    """A board in ``folder``; skips the test where ``make setup`` has not built the browser's files."""
    if not (ASSETS / "vendor" / "manifest.json").is_file():
        pytest.skip("make setup has not built the browser's files")
    chosen = Settings(secret_key=SECRET, data_dir=folder, enrichment_dir=folder / "build" / "enrichment", **settings)
    services = Services(
        settings=chosen,
        storage=open_storage(chosen),
        lake=lake or Lake.open(folder / "lake"),
        whole_engine=engine,
        demo=demo,
    )
    return Board(create_app(services), services)
