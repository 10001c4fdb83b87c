"""What a monitor is told of the job runner: how much waits, and when it last gave a sign of life."""

import math
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from dashapp.domain.numbers import age
from dashapp.identity.sign_ins import utc_now
from dashapp.jobs.runner import UNREACHABLE, JobRunner
from dashapp.operations import Check, Metrics
from dashapp.storage import Storage, trackers

SILENT = timedelta(minutes=5)


def jobs_check(storage: Storage) -> Check:
    """A check that never fails, since pages work without jobs; it remarks on a runner that is silent."""

    def check() -> str:
        try:
            with storage.read() as connection:
                ticked = trackers.last_tick(connection)
        except OperationalError:
            return ""  # the database has a check of its own
        now = utc_now()
        if ticked is None:
            return "no job runner has run yet"
        return f"the job runner was last alive {age(now - ticked)}" if now - ticked > SILENT else ""

    return check


def publish_jobs(metrics: Metrics, jobs: JobRunner, storage: Storage) -> None:
    """Publish what waits in the queue, what is due, and the last tick; NaN for what does not answer."""

    def queued() -> float:
        try:
            return jobs.waiting
        except UNREACHABLE:
            return math.nan

    def due() -> float:
        with storage.read() as connection:
            return trackers.waiting(connection, utc_now())

    def ticked() -> float:
        with storage.read() as connection:
            at = trackers.last_tick(connection)
        return at.timestamp() if at else 0.0

    metrics.gauge("jobs_queued", "Jobs in the queue.", queued)
    metrics.gauge("jobs_due", "Tracked queries that are due and not being counted.", due)
    metrics.gauge("jobs_ticked_timestamp_seconds", "When a job runner was last alive.", ticked)
