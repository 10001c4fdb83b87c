"""What monitors are told of the job runner, also when it has never run, is silent, or its queue does not answer."""

import math
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dashapp.domain.saved_queries import Draft
from dashapp.identity.permissions import Role
from dashapp.identity.sign_ins import utc_now
from dashapp.job_status import SILENT, jobs_check, publish_jobs
from dashapp.jobs.runner import open_queue
from dashapp.operations import Metrics
from dashapp.query.urlstate import EXPLORER
from dashapp.saved_queries import SavedQueries
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, users
from dashapp.storage.trackers import TrackerRecords
from tests.jobs.test_runner import SECRET, Store, runner


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(Settings(secret_key=SECRET, data_dir=tmp_path))
    yield opened
    opened.close()


def test_the_check_remarks_on_a_silent_runner_and_never_fails(storage: Storage) -> None:
    check = jobs_check(storage)
    assert check() == "no job runner has run yet"
    TrackerRecords(storage).tick(utc_now() - SILENT - timedelta(minutes=2))
    assert check() == "the job runner was last alive 7 min ago"
    TrackerRecords(storage).tick(utc_now())
    assert check() == ""


def test_metrics(storage: Storage, tmp_path: Path) -> None:
    metrics, now = Metrics(), utc_now()
    jobs = runner(open_queue(tmp_path, redis_url="", secret=SECRET), Store("a"))
    publish_jobs(metrics, jobs, storage)
    assert told(metrics) == {"queued": 0, "due": 0, "ticked_timestamp_seconds": 0}
    with storage.write() as connection:
        ana = users.add(
            connection,
            login="ana",
            display_name="Ana",
            password_hash=None,
            roles=[Role.SECURITY_READER],
            time_zone="UTC",
            now=now,
        )
    SavedQueries(storage).save(ana.actor, Draft("Mail", EXPLORER, tracked=True))
    TrackerRecords(storage).tick(now)
    jobs.tick()
    found = told(metrics)
    assert (found["queued"], found["due"]) == (1, 1)
    assert found["ticked_timestamp_seconds"] == pytest.approx(now.timestamp(), abs=1)


def test_a_queue_that_does_not_answer_is_not_a_number(storage: Storage, tmp_path: Path) -> None:
    metrics = Metrics()
    publish_jobs(
        metrics, runner(open_queue(tmp_path, redis_url="redis://127.0.0.1:1/0", secret=SECRET), Store()), storage
    )
    assert math.isnan(told(metrics)["queued"])


def told(metrics: Metrics) -> dict[str, float]:
    names = ("queued", "due", "ticked_timestamp_seconds")
    found = {name: metrics.registry.get_sample_value(f"threatboard_jobs_{name}") for name in names}
    return {name: math.inf if value is None else value for name, value in found.items()}
