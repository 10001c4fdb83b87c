"""The job runner: Huey's queue and threads around our jobs, embedded in the web process or as a process of its own.

The queue may lose a job (a process is killed in the middle of one) or hold one twice. Neither matters: every minute
the runner asks the database what is due, and the database gives each run to one runner only.
"""

import hashlib
import hmac
import logging
import sqlite3
import threading
from pathlib import Path

from huey import Huey, SqliteHuey, crontab
from huey.api import RedisHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from redis.exceptions import RedisError

from dashapp.jobs.tracking import Tracking

QUEUE_FILE = "jobs.db"
GRACE_SECONDS = 15
POLL_SECONDS = 2
UNREACHABLE = (RedisError, sqlite3.Error, OSError)
"""What a queue that cannot be used raises."""
log = logging.getLogger(__name__)


class JobRunner:
    """The queue, and the threads that empty it once it is started.

    Args:
        huey: The queue.
        tracking: What is done.
        threads: How many jobs at the same time.
    """

    def __init__(self, huey: Huey, tracking: Tracking, *, threads: int) -> None:
        self._huey = huey
        self._tracking = tracking
        self._threads = threads
        self._consumer: Consumer | None = None
        self._thread: threading.Thread | None = None
        self._run = huey.task(name="track")(tracking.run)
        self._tick = huey.periodic_task(crontab(minute="*"), name="tick")(self.tick)

    def tick(self) -> None:
        """Say that the runner is alive, and queue what is due."""
        self._tracking.store.tick(self._tracking.clock())
        if self.waiting:
            return  # what is lost on the way is due again when the queue is empty
        for query_id in self._tracking.due():
            self._run(query_id)

    def wake(self, query_id: str) -> None:
        """Queue a query that has become due; without a queue it waits for the next minute."""
        try:
            self._run(query_id)
        except UNREACHABLE as error:
            log.warning("the job queue does not answer: %s", error)

    @property
    def waiting(self) -> int:
        """How many jobs are in the queue.

        Raises:
            UNREACHABLE: The queue does not answer.
        """
        return int(self._huey.pending_count())

    @property
    def running(self) -> bool:
        """Whether the threads of this process are at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the threads; the first tick comes at once."""
        if self.running:
            return
        logging.getLogger("huey").setLevel(logging.WARNING)  # else six lines a minute about nothing
        self._consumer = _Consumer(
            self._huey, workers=self._threads, max_delay=POLL_SECONDS, shutdown_timeout=GRACE_SECONDS
        )
        self._thread = threading.Thread(target=self._consumer.run, name="job-runner", daemon=True)
        self._thread.start()
        self._tick_soon()

    def stop(self) -> None:
        """Take no further job, and wait for those under way; one that takes too long runs again later."""
        if self._consumer is None or self._thread is None:
            return
        self._consumer.stop(graceful=True)
        self._thread.join(GRACE_SECONDS)
        self._consumer = self._thread = None
        self._huey.storage.close()

    def _tick_soon(self) -> None:
        try:
            self._tick()
        except UNREACHABLE as error:
            log.warning("the job queue does not answer: %s", error)


class _Consumer(Consumer):  # type: ignore[misc]  # huey is untyped
    """Huey's consumer inside a process that has signals of its own to listen to."""

    def _set_signal_handlers(self) -> None:
        """Leave them alone."""


def open_queue(folder: Path, *, redis_url: str, secret: str) -> Huey:
    """The queue: in Redis, or in a file of ``folder``.

    Args:
        folder: Of the data.
        redis_url: Empty: the file.
        secret: Signs what is queued, so that nobody who can write to Redis can have code run here.
    """
    key = hmac.digest(secret.encode(), b"threatboard job queue 1", "sha256").hex()
    serializer = SignedSerializer(secret=key, salt="jobs")
    if redis_url:
        # Several installations may share one Redis; their keys differ.
        name = "threatboard-" + hashlib.sha256(key.encode()).hexdigest()[:12]
        return RedisHuey(name, url=redis_url, results=False, serializer=serializer)
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("threatboard", filename=str(folder / QUEUE_FILE), results=False, serializer=serializer)
