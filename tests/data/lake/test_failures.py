"""A full disk, a failing disk, a second writer: clear words, nothing lost, nothing half."""

import errno
import os
import resource
import threading
from contextlib import contextmanager

import pytest

from dashapp.data.lake import Lake, LakeBusy, LakeError, LakeWriteError, writer
from tests.data.lake.crashing import ingest, sources
from tests.lakes import at, publish, rows


@contextmanager
def largest_file(size):
    """The system refuses to let a file grow beyond ``size`` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_abandons_the_batch_and_the_next_one_works(tmp_path):
    ingest(tmp_path, 0)
    before = Lake.open(tmp_path).snapshot().id
    with largest_file(1500), pytest.raises(LakeWriteError, match=r"cannot write .*Email"):
        ingest(tmp_path, 1)
    lake = Lake.open(tmp_path)
    assert lake.snapshot().id == before
    assert sources(lake.snapshot()) == {0}
    ingest(tmp_path, 1)
    assert sources(lake.snapshot()) == {0, 1}


def test_every_wait_for_the_disk_may_fail(tmp_path, monkeypatch):
    """The n-th fsync of a batch fails, for every n: the batch is there wholly or not at all, and can be repeated."""
    real, calls, failing = os.fsync, [], 0

    def fsync(handle):
        calls.append(handle)
        if len(calls) == failing:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    ingest(tmp_path, 0)
    usual = len(calls)
    assert usual > 15
    for failing in range(1, usual, 5):  # read by fsync
        calls.clear()
        before = sources(Lake.open(tmp_path).snapshot())
        with pytest.raises(LakeError, match="Input/output error"):
            ingest(tmp_path, failing)
        assert sources(Lake.open(tmp_path).snapshot()) - before <= {failing}
        calls.clear()
        calls.extend([0] * 10_000)
        ingest(tmp_path, failing)
        assert sources(Lake.open(tmp_path).snapshot()) == before | {failing}


def test_a_second_writer_waits_says_so_and_comes_in(tmp_path):
    lake, told, waiting = Lake.open(tmp_path), [], threading.Event()

    def second():
        def on_wait(text):
            told.append(text)
            waiting.set()

        with Lake.open(tmp_path).begin("second", on_wait=on_wait) as batch:
            batch.write("AlertInfo", rows("AlertInfo", Timestamp=[at("2026-03-01")], AlertId=["b"]))
            batch.commit()

    with lake.begin("first") as batch:
        other = threading.Thread(target=second)
        other.start()
        assert waiting.wait(60)
        batch.write("AlertInfo", rows("AlertInfo", Timestamp=[at("2026-03-01")] * 2, AlertId=["a", "b"]))
        batch.commit()
    other.join(30)
    assert "waiting for it" in told[0]
    assert lake.snapshot().rows("AlertInfo") == 2
    assert [(info.source, info.new, info.duplicate) for info in lake.batches()] == [
        ("second", {"AlertInfo": 0}, {"AlertInfo": 1}),
        ("first", {"AlertInfo": 2}, {"AlertInfo": 0}),
    ]


def test_waiting_has_an_end(tmp_path):
    lake = Lake.open(tmp_path)
    with lake.begin("first"), pytest.raises(LakeBusy, match="try again later"):
        Lake.open(tmp_path).begin("second", wait_seconds=0.05)


def test_upkeep_that_finds_the_lake_taken_does_not_fail_the_batch(tmp_path, monkeypatch):
    lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01")])

    @contextmanager
    def taken(*_, **__):
        raise LakeBusy("taken")
        yield

    with lake.begin("next") as batch:
        batch.write("AlertInfo", rows("AlertInfo", Timestamp=[at("2026-03-01")]))
        monkeypatch.setattr("dashapp.data.lake.lake.open_writer", taken)
        monkeypatch.setattr("dashapp.data.lake.compact.MANY_SMALL", 2)
        batch.commit()
    assert lake.snapshot().rows("AlertInfo") == 2


def test_nothing_can_be_written_where_the_folder_is_a_file(tmp_path):
    (tmp_path / "lake").write_text("")
    with pytest.raises(LakeWriteError, match="cannot make the folder"):
        Lake.open(tmp_path / "lake")


def test_debris_of_any_kind_is_removed(tmp_path):
    ingest(tmp_path, 0)
    visible = sources(Lake.open(tmp_path).snapshot())
    (tmp_path / writer.MARKER).touch()
    (tmp_path / "EmailEvents" / "month=2026-03" / "half.parquet").write_bytes(b"PAR1")
    (tmp_path / "EmailEvents" / "_delta_log" / "_commit_1.json.tmp").write_text("{")
    (tmp_path / "UrlClickEvents" / "_delta_log").mkdir(parents=True)
    (tmp_path / "_published.json.new").write_text("{")
    with (tmp_path / "_journal.jsonl").open("a") as journal:
        journal.write('{"kind": "ba')
    lake = Lake.open(tmp_path)
    assert sources(lake.snapshot()) == visible
    ingest(tmp_path, 1)
    assert sources(lake.snapshot()) == visible | {1}
    assert [info.source for info in lake.batches()] == ["1", "0"]
    left = {path.name for path in tmp_path.rglob("*")}
    assert left.isdisjoint({"half.parquet", "_commit_1.json.tmp", "UrlClickEvents", "_published.json.new", "_writing"})


@pytest.mark.parametrize("name", ["we'ird [1] dir*", "ü ?", "month=2020-01"])
def test_any_folder_name_will_do(tmp_path, name):
    for day in (1, 2):
        lake = publish(tmp_path / name, "AlertInfo", Timestamp=[at(f"2026-03-0{day}")], AlertId=[f"a\0{day}"])
    assert [(done.before, done.after) for done in lake.compact()] == [(2, 1)]
    assert [table.damaged for table in lake.status().tables if table.damaged] == []
    assert publish(tmp_path / name, "AlertInfo", Timestamp=[at("2026-03-02")], AlertId=["a\x002"]).batches()[0].new == {
        "AlertInfo": 0
    }
    assert lake.snapshot().rows("AlertInfo") == 2


def test_failing_to_clean_up_does_not_fail_the_batch(tmp_path, monkeypatch, caplog):
    lake = Lake.open(tmp_path, grace_seconds=-1)
    ingest(tmp_path, 0)
    lake.compact()
    monkeypatch.setattr(writer, "CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(writer.delta, "shorten", fails_to_shorten)
    ingest(tmp_path, 1)
    assert "could not be cleaned up: no" in caplog.text
    assert sources(lake.snapshot()) == {0, 1}


def fails_to_shorten(folder, version):
    raise LakeWriteError("no")
