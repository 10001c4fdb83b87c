"""The web process: gunicorn, one worker, many threads."""

import logging
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import BadRequest

from dashapp.launch import Launch

GRACE_SECONDS = 20
SENDING_SECONDS = 15  # to send a whole request, a megabyte at most; then a thread waits for it no longer

log = logging.getLogger(__name__)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no annotations
    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._built: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        settings = self._launch.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        options = {
            "bind": f"{host}:{settings.port}",
            "worker_class": PatientWorker,
            "workers": 1,
            "threads": settings.threads,
            "timeout": 120,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 75,
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",  # ProxyFix counts hops; gunicorn is to trust no one
            "loglevel": "warning",
            "logger_class": PlainLogger,
            "post_worker_init": self._announce,
            "worker_exit": self._stop_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        self._built = build(self._launch)
        return self._built

    def _stop_jobs(self, _arbiter: Any, _worker: Any) -> None:
        from dashapp.services import services_of

        if self._built is not None and (jobs := services_of(self._built).jobs):
            jobs.stop()

    def _announce(self, _worker: Any) -> None:
        print(f"Threatboard is at {self._launch.address}", flush=True)  # noqa: T201 # for the person at the terminal
        if self._launch.demo:
            print(  # noqa: T201
                "This is a demonstration. To see your own data: .venv/bin/python -m dashapp ingest PATH,\n"
                "then start again. Ctrl+C stops it.",
                flush=True,
            )


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """Threads that do not wait for ever: without this, sixteen requests that never end would take the whole server.

    Only reading is shut after ``SENDING_SECONDS``. Who has sent everything by then still gets the answer, however long
    that takes, and asks again on a new connection.
    """

    def init_process(self) -> None:
        """Start watching, then serve."""
        self._begun: dict[object, tuple[float, socket.socket]] = {}
        threading.Thread(target=self._stop_listening_to_the_late, name="late-senders", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Handle one request of ``conn``, with a time limit on its sender."""
        mark = object()
        self._begun[mark] = (time.monotonic(), conn.sock)
        try:
            return super().handle(conn)
        finally:
            del self._begun[mark]

    def _stop_listening_to_the_late(self) -> None:
        while True:
            time.sleep(1)
            for begun, sender in list(self._begun.values()):
                if begun < time.monotonic() - SENDING_SECONDS:
                    with suppress(OSError):  # it has gone meanwhile
                        sender.shutdown(socket.SHUT_RD)


class PlainLogger(Logger):  # type: ignore[misc]  # gunicorn has no annotations
    """Gunicorn's logger, handed to ours, so that there is one format and one place."""

    def setup(self, cfg: Any) -> None:
        """Let the records go up to the root logger instead of to handlers of gunicorn's own."""
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True


def serve_forever(launch: Launch) -> None:
    """Serve until a signal comes; SIGTERM lets requests in flight finish for up to 20 seconds."""
    _Server(launch).run()


def build(launch: Launch) -> Flask:
    """The app's WSGI callable for ``launch``, with its jobs; the demonstration is topped up to now meanwhile."""
    from dashapp.assembly import assemble
    from dashapp.services import services_of

    server = assemble(launch)

    @server.errorhandler(ParseException)
    def refuse_broken_body(_error: Exception) -> ResponseReturnValue:
        """A body in chunks that are none is the sender's fault; gunicorn only sees it once we read."""
        return server.handle_user_exception(BadRequest())

    if launch.settings.jobs == "embedded" and (jobs := services_of(server).jobs):
        jobs.start()
    if launch.demo:
        threading.Thread(target=_top_up, args=(launch,), name="demo-top-up", daemon=True).start()
    return server


def _top_up(launch: Launch) -> None:
    from dashapp.data.lake import LakeError
    from dashapp.demo.lake import bring_up_to_date

    try:
        bring_up_to_date(launch.folder, launch.settings)
    except (LakeError, OSError):
        log.exception("the demonstration could not be topped up")
