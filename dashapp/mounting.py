"""The app under a path of a larger site."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def mount_under(server: Flask, prefix: str) -> None:
    """Serve ``server`` under ``prefix`` (``/`` or ``/name/``), whether or not the proxy in front removes it."""
    if prefix == "/":
        return
    root = prefix.rstrip("/")
    inner: Wsgi = server.wsgi_app

    def mounted(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environment.get("PATH_INFO", ""))
        if path == root or path.startswith(prefix):
            environment["PATH_INFO"] = path[len(root) :] or "/"
        environment["SCRIPT_NAME"] = root
        return inner(environment, start)

    server.wsgi_app = mounted  # type: ignore[method-assign,assignment]
