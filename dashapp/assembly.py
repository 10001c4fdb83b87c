"""From a launch to a server: opens what the app stands on, and tells monitors about it."""

from dataclasses import replace

from flask import Flask

from dashapp.data.engine import Engine, open_engine
from dashapp.data.lake import Lake, LakeError
from dashapp.factory import create_app
from dashapp.identity.sign_ins import utc_now
from dashapp.job_status import jobs_check, publish_jobs
from dashapp.jobs.runner import JobRunner, open_queue
from dashapp.jobs.tracking import Tracking
from dashapp.kept_lists import KeptLists
from dashapp.launch import Launch
from dashapp.operations import Check, Metrics, NotReady, add_operations, enough_disk
from dashapp.services import Services
from dashapp.storage import Storage, StorageError, open_storage
from dashapp.storage.trackers import TrackerRecords


def assemble(launch: Launch) -> Flask:
    """Open the lake, the engine and the database of ``launch`` and put the app on them.

    Raises:
        LakeError: The lake was written by a newer version, or its pointer cannot be read.
        StorageError: The database cannot be used.
    """
    lake = Lake.open(launch.folder / "lake", codec=launch.settings.parquet_codec)
    engine = open_engine(lake, launch.settings)
    storage = open_storage(launch.settings, launch.folder)
    jobs = assemble_jobs(launch, storage, engine)
    app = create_app(Services(launch.settings, storage, lake, engine, demo=launch.demo, jobs=jobs))
    server: Flask = app.server
    metrics = Metrics()
    _publish(metrics, lake, engine)
    publish_jobs(metrics, jobs, storage)
    checks = {
        "database": _database(storage),
        "lake": lake_check(lake),
        "disk": enough_disk(launch.folder),
        "jobs": jobs_check(storage),
    }
    token = launch.settings.metrics_token.get_secret_value()
    add_operations(server, checks=checks, metrics=metrics, token=token)
    return server


def assemble_jobs(launch: Launch, storage: Storage, engine: Engine) -> JobRunner:
    """The job runner of ``launch``, not started."""
    settings = launch.settings
    queue = open_queue(launch.folder, redis_url=settings.redis_url, secret=settings.secret_key.get_secret_value())
    engine = replace(engine, lists=KeptLists(storage).values)
    tracking = Tracking(TrackerRecords(storage), engine, settings.tracker_minutes, utc_now)
    return JobRunner(queue, tracking, threads=settings.job_threads)


def _database(storage: Storage) -> Check:
    def check() -> None:
        try:
            storage.check()
        except StorageError as error:
            raise NotReady(str(error)) from error

    return check


def lake_check(lake: Lake) -> Check:
    """A check that the lake can be opened; it remarks on lost files."""

    def check() -> str:
        try:
            lost = lake.snapshot().lost_files()
        except LakeError as error:
            raise NotReady(str(error)) from error
        # Questions about other times are answered as ever, so a proxy must not turn everybody away.
        return f"{lost:,} data files are missing or broken; `lake repair` tells which" if lost else ""

    return check


def _publish(metrics: Metrics, lake: Lake, engine: Engine) -> None:
    metrics.gauge("lake_messages", "Rows of EmailEvents.", lambda: lake.snapshot().rows("EmailEvents"))
    metrics.gauge("lake_lost_files", "Data files missing or cut off.", lambda: lake.snapshot().lost_files())
    metrics.gauge("lake_ingested_timestamp_seconds", "When data was last loaded.", lambda: _ingested(lake))
    metrics.gauge("questions_in_flight", "Questions running or waiting in the engine.", lambda: engine.load)


def _ingested(lake: Lake) -> float:
    at = lake.snapshot().ingested_at
    return at.timestamp() if at else 0.0
