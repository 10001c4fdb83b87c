"""What ``python -m dashapp lake`` prints, and with which exit code it ends."""

import pytest
from typer.testing import CliRunner

from dashapp.cli import build
from tests.lakes import at, publish


@pytest.fixture
def run(tmp_path):
    def call(*words):
        return CliRunner().invoke(build("lake"), ["lake", *words, "--lake", str(tmp_path / "lake")])

    return call


def test_status_of_an_empty_lake(run):
    result = run("status")
    assert result.exit_code == 0
    assert "Batches: 0; the last: none" in result.stdout


def test_status_names_a_damaged_file_and_fails(run, tmp_path):
    lake = publish(tmp_path / "lake", "AlertInfo", Timestamp=[at("2026-03-01")])
    file = lake.snapshot().data_files("AlertInfo")[0]
    (lake.path / "AlertInfo" / file.path).unlink()
    result = run("status")
    assert result.exit_code == 1
    assert f"AlertInfo/{file.path}: missing" in result.stdout.replace("\n", "")


def test_repair_says_what_is_lost_and_gives_it_up_when_told_to(run, tmp_path):
    assert "Nothing to do" in run("repair").stdout
    lake = publish(tmp_path / "lake", "AlertInfo", Timestamp=[at("2026-03-01T10:00")])
    publish(tmp_path / "lake", "AlertInfo", Timestamp=[at("2026-03-02T10:00")])
    file = lake.snapshot().data_files("AlertInfo")[0]
    (lake.path / "AlertInfo" / file.path).unlink()
    told = run("repair")
    batch = lake.batches()[1]
    assert told.exit_code == 1
    lost = f"AlertInfo/{file.path}: missing; 1 rows from 2026-03-01 10:00 to 2026-03-01 10:00 UTC, batch {batch.id}"
    assert lost in told.stdout
    assert f"batch {batch.id} had there, ingest again: {batch.source}" in told.stdout
    assert "--yes" in told.stdout
    assert lake.snapshot().rows("AlertInfo") == 2
    done = run("repair", "--yes")
    assert done.exit_code == 0
    assert "AlertInfo: 1 rows given up" in done.stdout
    assert lake.snapshot().rows("AlertInfo") == 1
    assert run("status").exit_code == 0


def test_compact_then_nothing_to_do(run, tmp_path):
    for day in (1, 2):
        publish(tmp_path / "lake", "AlertInfo", Timestamp=[at(f"2026-03-0{day}")])
    assert "AlertInfo 2026-03: 2 files -> 1, 2 rows" in run("compact").stdout
    assert "Nothing to do" in run("compact").stdout


def test_retain_says_what_went(run, tmp_path):
    publish(tmp_path / "lake", "AlertInfo", Timestamp=[at("2001-03-01")])
    assert "AlertInfo: 1 rows removed" in run("retain", "--days", "30").stdout
    assert "Nothing to do" in run("retain", "--days", "30").stdout
    assert run("retain", "--days", "0").exit_code == 2


def test_migrate_of_a_present_lake(run):
    assert "Nothing to do" in run("migrate").stdout


def test_a_lake_that_cannot_be_read_is_one_line(run, tmp_path):
    lake = publish(tmp_path / "lake", "AlertInfo", Timestamp=[at("2026-03-01")])
    (lake.path / "_published.json").write_text("{")
    result = run("status")
    assert result.exit_code == 2
    assert result.stderr.startswith("threatboard: cannot read _published.json")
