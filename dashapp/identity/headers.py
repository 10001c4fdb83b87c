"""What every answer says to the browser: what may run, what may be kept, who may frame it."""

import re
from collections.abc import Iterable

from flask import Flask, Response, request

YEAR = 365 * 24 * 3600
STATIC_ENDPOINTS = frozenset({"static", "_dash_assets.static", "identity.stylesheet"})
_SUITES = "/_dash-component-suites/"
# Dash: async-graph.v4_4_1m1731.js. Ours: app.3f9c2a7b.js or app-3F9C2A7B.css.
_FINGERPRINT = re.compile(r"\.v\d[\w-]*m\d+\.|[.-][0-9A-Za-z]{8,}\.[a-z0-9.]+$")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}


def content_security_policy(script_hashes: Iterable[str]) -> str:
    """The one policy of all pages.

    Args:
        script_hashes: Of Dash's inline scripts, quoted as in ``'sha256-…'`` (``app.csp_hashes()``).
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def add_headers(server: Flask, policy: Iterable[str], *, over_tls: bool) -> None:
    """Send the headers with every answer of ``server``.

    Args:
        server: Whose answers.
        policy: Script hashes; read at every answer, so it may be filled later.
        over_tls: Browsers are told to come by https only.
    """

    @server.after_request
    def add(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if over_tls:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
        response.headers.setdefault("Content-Security-Policy", content_security_policy(policy))
        response.headers["Cache-Control"] = _cache_control(response)
        return response


def _cache_control(response: Response) -> str:
    static = request.endpoint in STATIC_ENDPOINTS or _SUITES in request.path
    if static and response.status_code in {200, 206, 304}:
        versioned = {"m", "v"} & request.args.keys()  # Dash adds ?m=<time of change> to assets
        if versioned or _FINGERPRINT.search(request.path) or "immutable" in response.headers.get("Cache-Control", ""):
            return f"public, max-age={YEAR}, immutable"
        if _SUITES in request.path:  # Dash's later chunks carry no version, but a tag to ask again with
            return "no-cache"
    return "no-store"
