"""The job runner as processes: Redis as its queue, two workers, one killed in the middle."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.domain.saved_queries import Draft
from dashapp.domain.tracking import LEASE
from dashapp.identity.permissions import Role
from dashapp.jobs.runner import open_queue
from dashapp.query.urlstate import EXPLORER
from dashapp.saved_queries import SavedQueries
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, users
from dashapp.storage.trackers import TrackerRecords
from tests.jobs.test_runner import LONG, Store, runner
from tests.lakes import publish
from tests.services.program import ROOT, SECRET, environment, free_port

pytestmark = pytest.mark.services
TRIES = 600
AT_WORK = "The job runner is at work."


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of our own on loopback."""
    home, port = tmp_path_factory.mktemp("redis"), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError("Redis did not start")


def test_two_runners_share_one_redis(redis_url: str, tmp_path: Path) -> None:
    store = Store(*(f"query {number}" for number in range(20)))
    both = [runner(open_queue(tmp_path, redis_url=redis_url, secret=SECRET), store) for _ in range(2)]
    for one in both:
        one.start()
    assert store.done.wait(LONG)
    for one in both:
        one.stop()
    assert len(store.claimed) == len(set(store.claimed)) == 20
    assert not list(tmp_path.iterdir())


def test_a_worker_counts_what_a_killed_one_left(redis_url: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    now = datetime.now(UTC)
    publish(data / "lake", "EmailEvents", Timestamp=[now.replace(tzinfo=None)], recipient=["x@y.example"]).snapshot()
    storage = open_storage(Settings(secret_key=SECRET, data_dir=data))
    query_id = tracked(storage, now)
    # a runner that is killed in the middle of a run leaves this, and no job in the queue
    assert TrackerRecords(storage).claim(query_id, now - 2 * LEASE) is not None
    with start(tmp_path, redis_url) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline().strip() == AT_WORK
            assert counted(storage, query_id)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
    storage.close()


def tracked(storage: Storage, now: datetime) -> str:
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
    then = now - timedelta(hours=2)
    return SavedQueries(storage, lambda: then).save(ana.actor, Draft("Mail", EXPLORER, tracked=True)).id


def start(folder: Path, redis_url: str) -> "subprocess.Popen[str]":
    """A worker."""
    settings = environment(folder, SECRET_KEY=SECRET, REDIS_URL=redis_url, JOBS="worker")
    return subprocess.Popen(
        [sys.executable, "-m", "dashapp", "worker"], cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True
    )


def counted(storage: Storage, query_id: str) -> bool:
    """Whether the query has numbers before long."""
    from dashapp.storage import queries

    pause = threading.Event()
    for _ in range(TRIES):
        with storage.read() as connection:
            found = queries.by_id(connection, query_id, viewer_id="")
        if found and found.tracker and found.tracker.counts:
            return found.tracker.counts.today == 1
        pause.wait(0.1)
    return False
