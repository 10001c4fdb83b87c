"""A test client that does what a browser does by itself: cookies, ``Sec-Fetch-Site``, the form's token."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

SAME = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One person's browser."""

    def __init__(self, server: Flask, *, address: str = "127.0.0.1") -> None:
        self.server = server
        self.client = server.test_client()
        self.address = {"REMOTE_ADDR": address}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, environ_overrides=self.address, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """A bare post; nothing is added."""
        return self.client.post(path, environ_overrides=self.address, **options)

    def submit(self, path: str, **fields: str) -> TestResponse:
        """Open the form at ``path``, fill it in, send it."""
        token = token_in(self.get(path).text) or self.token
        return self.post(path, data={"csrf_token": token, **fields}, headers=SAME)

    def sign_in(self, login: str, password: str = "correct horse battery staple", **fields: str) -> TestResponse:
        return self.submit("/sign-in", login=login, password=password, **fields)

    def sign_out(self) -> TestResponse:
        return self.post("/sign-out", data={"csrf_token": self.token}, headers=SAME)

    def fire(self, body: Any, **headers: str) -> TestResponse:
        """Post a callback as Dash's renderer does."""
        sent = SAME | {"X-CSRFToken": self.token} | headers
        return self.post("/_dash-update-component", json=body, headers=sent)

    def cookie(self, name: str) -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""

    @property
    def token(self) -> str:
        return self.cookie("_csrf_token")


def token_in(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]*)"', html)
    return found[1] if found else ""


def show(value: object = "hello") -> dict[str, Any]:
    """The body for the callback that needs ``message:read``."""
    return {
        "output": "out.children",
        "outputs": {"id": "out", "property": "children"},
        "inputs": [{"id": "in", "property": "value", "value": value}],
        "state": [{"id": "kept", "property": "data", "value": None}],
        "changedPropIds": ["in.value"],
    }


def tick() -> dict[str, Any]:
    """The body for the callback that a timer sends."""
    return {
        "output": "now.children",
        "outputs": {"id": "now", "property": "children"},
        "inputs": [{"id": "in", "property": "n_submit", "value": 1}],
        "changedPropIds": ["in.n_submit"],
    }
