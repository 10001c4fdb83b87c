"""A disk that is truly full: clear words, nothing half, nothing lost, and work goes on when there is room again."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.data.lake import Lake, LakeError
from dashapp.identity.permissions import Role
from tests.apps import build
from tests.data.lake import crashing
from tests.identity.browser import Browser
from tests.services.ingesting import counts, events, finished, start, watched
from tests.services.program import SECRET, command
from tests.services.small_disk import SmallDisk, small_disk

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.xdist_group("ingesting")]

STEP = 16 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path, 12) as made:
        yield made


def test_a_batch_that_fills_the_disk_at_any_moment_is_taken_back(disk: SmallDisk) -> None:
    """With a little more room each time, so that another write is the one that fails, until there is enough."""
    path, failures = disk.path / "lake", []
    crashing.ingest(path, 0)
    for room in range(0, 100 * STEP, STEP):
        disk.fill(but=room)
        try:
            crashing.ingest(path, 1)
        except LakeError as error:
            failures.append(str(error))
        lake = Lake.open(path)
        shown = crashing.sources(lake.snapshot())
        assert shown in ({0}, {0, 1})
        if 1 in shown:
            break
        disk.empty()
        crashing.ingest(path, 2)  # what was left behind is cleared away by whoever comes next
        lake.undo(lake.batches()[0].id)
    assert len(failures) > 3
    assert all("No space left" in text or "space" in text for text in failures), failures
    disk.empty()
    crashing.ingest(path, 1)
    crashing.ingest(path, 2)
    assert crashing.sources(Lake.open(path).snapshot()) == {0, 1, 2}


def test_the_ingest_command_on_a_full_disk(disk: SmallDisk, tmp_path: Path) -> None:
    first, second = events(tmp_path / "1", seed=1), events(tmp_path / "2", seed=2)
    lake = Lake.open(tmp_path / "elsewhere" / "data" / "lake")
    expected = [counts(lake.snapshot())]
    for source in (first, second):
        assert finished(start(tmp_path / "elsewhere", source))[0] == 0
        expected.append(counts(lake.snapshot()))
    lake = Lake.open(disk.path / "data" / "lake")
    assert finished(start(disk.path, first))[0] == 0
    with watched(lake.path, expected[1:]):
        for room in (0, 200_000, 600_000):
            disk.fill(but=room)
            code, _out, err = finished(start(disk.path, second))
            assert code == 2
            assert re.fullmatch(r"threatboard: cannot .*(No space left|space).*\n", err), err
            assert counts(Lake.open(lake.path).snapshot()) == expected[1]
        disk.empty()
        code, out, err = finished(start(disk.path, second))
        assert code == 0, out + err
    assert counts(lake.snapshot()) == expected[2]
    assert [table.damaged for table in lake.status().tables if table.damaged] == []


def test_records_on_a_full_disk(disk: SmallDisk) -> None:
    board = build(disk.path / "data")
    try:
        reading = board.browser(Role.SECURITY_READER)
        stranger = Browser(board.app.server)
        with board.services.storage.read() as connection:
            rows = board.services.storage.audit.verify(connection).rows
        disk.fill()
        for _ in range(30):  # until the pages that the log has in store are used up
            answer = stranger.sign_in("nobody@example.com", "wrong password 123")
            if answer.status_code != 401:
                break
        assert answer.status_code == 503
        assert answer.headers["X-Request-ID"] in answer.text
        assert "cannot write" in answer.text
        board.guard.sign_ins.clock = lambda: datetime.now(UTC) + timedelta(minutes=5)  # the use is to be noted by now
        assert reading.get("/").status_code == 200  # who only reads is not disturbed
        database = disk.path / "data" / "threatboard.db"
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        disk.empty()
        assert stranger.sign_in("nobody@example.com", "wrong password 123").status_code in {401, 429}
        with board.services.storage.read() as connection:
            verdict = board.services.storage.audit.verify(connection)
        assert verdict.problems == ()
        assert verdict.rows > rows
    finally:
        board.services.storage.close()


def test_a_command_on_a_full_disk_is_one_line(disk: SmallDisk) -> None:
    disk.fill()
    done = command("user", "add", "a@example.com", "--role", "SR", folder=disk.path, SECRET_KEY=SECRET)
    assert done.returncode == 2
    assert re.fullmatch(r"threatboard: .*\n", done.stderr), done.stderr
    disk.empty()
    done = command("user", "add", "a@example.com", "--role", "SR", folder=disk.path, SECRET_KEY=SECRET)
    assert done.returncode == 0, done.stderr
