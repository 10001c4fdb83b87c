"""What a monitor asks: is it alive, is it ready, what does it count."""

import hmac
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from dashapp.identity.web import is_local

LEAST_FREE_DISK = 0.05

Check = Callable[[], str | None]
"""Returns when the app can work, with a remark if something is wrong all the same; else raises ``NotReady``."""


class NotReady(Exception):
    """Something the app cannot work without is missing; the message says what, in words for an administrator."""


class Metrics:
    """The counters of one app, in a registry of their own so that two apps in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "threatboard_requests_total", "Requests answered.", ["endpoint", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "threatboard_request_seconds", "Time to answer a request.", ["endpoint"], registry=self.registry
        )

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Publish the number that ``read`` gives at each scrape."""
        Gauge(f"threatboard_{name}", text, registry=self.registry).set_function(read)

    def count(self, response: Response) -> Response:
        """Count one answered request (an ``after_request`` hook)."""
        endpoint = request.endpoint or "none"
        self.requests.labels(endpoint, str(response.status_code)).inc()
        if "started_at" in g:
            self.seconds.labels(endpoint).observe(time.perf_counter() - g.started_at)
        return response


def enough_disk(folder: Path) -> Check:
    """A check that at least 5 % of the disk under ``folder`` is free."""

    def check() -> None:
        usage = shutil.disk_usage(folder)
        if usage.free < LEAST_FREE_DISK * usage.total:
            raise NotReady(f"the disk is {100 - 100 * usage.free // usage.total} % full")

    return check


def add_operations(server: Flask, *, checks: Mapping[str, Check], metrics: Metrics, token: str) -> None:
    """Add ``/livez``, ``/readyz`` and ``/metrics`` to ``server``.

    ``/livez`` answers anyone. The other two tell details only to this machine, or to who sends
    ``Authorization: Bearer <token>``; anyone else gets 404, and from ``/readyz`` the bare verdict.

    Args:
        server: Where to add them.
        checks: What ``/readyz`` asks, by name.
        metrics: What ``/metrics`` prints.
        token: Opens the details from other machines; empty opens nothing.
    """
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/livez")
    def livez() -> ResponseReturnValue:
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> ResponseReturnValue:
        results = {name: _outcome(check) for name, check in checks.items()}
        ready = all(fine for fine, _ in results.values())
        told = {name: text for name, (_, text) in results.items()}
        body = {"ready": ready} | ({"checks": told} if _trusted(token) else {})
        return jsonify(body), 200 if ready else 503

    @blueprint.get("/metrics")
    def metrics_page() -> ResponseReturnValue:
        if not _trusted(token):
            return Response("not found\n", status=404, mimetype="text/plain")
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    server.register_blueprint(blueprint)
    server.after_request(metrics.count)


def _outcome(check: Check) -> tuple[bool, str]:
    try:
        remark = check()
    except NotReady as failure:
        return False, str(failure)
    return True, f"ok, but {remark}" if remark else "ok"


def _trusted(token: str) -> bool:
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return is_local(request)
