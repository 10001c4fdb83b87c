"""Logs: one JSON object a line in production, short text while developing; each carries its request's id.

Nothing here logs bodies, tokens, cookies or query strings (a filter may hold addresses).
"""

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

from dashapp.domain.text import visible

LONGEST_LINE = 10_000
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

access_log = logging.getLogger("threatboard.access")


class JsonLines(logging.Formatter):
    """One JSON object per record, ASCII only, so that no control or bidirectional character reaches a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as one line: time (UTC), level, logger, message, request_id, the extras, and a trace if any."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        line |= {
            key: value for key, value in record.__dict__.items() if key not in _STANDARD and key != "color_message"
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class PlainLines(logging.Formatter):
    """Short text for a terminal; what a stranger wrote cannot steer it or start a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line of ``record``, every control and direction character written out."""
        return visible(super().formatMessage(record), most=LONGEST_LINE)


def set_up_logs(level: str, *, as_json: bool) -> None:
    """Send every log record of this process to standard error, once.

    Args:
        level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
        as_json: For machines; otherwise for a person at a terminal.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for talkative in ("werkzeug", "alembic"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))


def log_requests(server: Flask) -> None:
    """Write one access record per request of ``server``: method, path without query, status, milliseconds, user id."""
    server.before_request(_remember_start)
    server.after_request(_write_access)


def _remember_start() -> None:
    g.started_at = time.perf_counter()


def _write_access(response: Response) -> Response:
    spent = time.perf_counter() - g.get("started_at", time.perf_counter())
    access_log.info(
        "%s %s %s",
        request.method,
        request.path,
        response.status_code,
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round(spent * 1000, 1),
            "address": request.remote_addr,
            "user": g.get("actor_id"),
        },
    )
    return response
