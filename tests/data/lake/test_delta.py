"""The Delta log: what is written into it can be read back at every version."""

import json
import os
import time

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from dashapp.data.lake import LakeDamaged, delta, writer
from dashapp.data.lake.delta import DataFile
from tests.lakes import at, publish, rows

FIRST = 1_772_000_000_123_457  # odd microseconds: the log must keep them


def file(number):
    return DataFile(f"month=2026-02/{number}.parquet", number + 1, 10 * number, FIRST + number, FIRST + 2 * number)


def test_every_version_shows_its_files_across_a_checkpoint(tmp_path):
    folder = tmp_path / "AlertInfo"
    delta.create(folder, "AlertInfo")
    expected = {0: ()}
    for version in range(1, 16):
        gone = expected[version - 1][:1] if version % 3 == 0 else ()
        made = delta.commit(folder, add=[file(version)], remove=gone, metadata={"batch": f"{version}"}, moved=False)
        assert made == version
        expected[version] = tuple(one for one in (*expected[version - 1], file(version)) if one not in gone)
        if version == 10:
            delta.shorten(folder, version)
    assert (folder / "_delta_log" / f"{10:020}.checkpoint.parquet").exists()
    for version, files in expected.items():
        assert delta.files_at(folder, version) == files
    assert delta.head(folder) == 15


def test_commits_carry_the_batch(tmp_path):
    lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01")])
    latest = DeltaTable(str(lake.path / "AlertInfo")).history(1)[0]
    assert latest["threatboard.batch"] == lake.batches()[0].id


def test_old_versions_are_forgotten_behind_a_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "CHECKPOINT_EVERY", 5)
    log = tmp_path / "AlertInfo" / "_delta_log"
    for day in range(1, 5):
        lake = publish(tmp_path, "AlertInfo", Timestamp=[at(f"2026-03-0{day}")])
    for path in log.glob("*.json"):
        os.utime(path, (time.time() - 40 * 86400,) * 2)
    publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-05")])
    assert sorted(path.name for path in log.glob("0*")) == [f"{5:020}.checkpoint.parquet", f"{5:020}.json"]
    assert lake.snapshot().rows("AlertInfo") == 5
    assert publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-06")]).snapshot().rows("AlertInfo") == 6


def test_a_log_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LakeDamaged, match="cannot read the log of Nothing"):
        delta.head(tmp_path / "Nothing")


def test_the_log_knows_time_range_and_rows_of_every_file(tmp_path):
    times = [at("2026-03-01T10:00:00.000001"), at("2026-03-02T10:00:00.999999")]
    lake = publish(tmp_path, "AlertInfo", Timestamp=times)
    path = next((lake.path / "AlertInfo" / "_delta_log").glob("*1.json"))
    added = [json.loads(line)["add"] for line in path.read_text().splitlines() if '"add"' in line]
    stats = json.loads(added[0]["stats"])
    assert stats["numRecords"] == 2
    assert stats["minValues"] == {"Timestamp": "2026-03-01T10:00:00.000001"}
    assert stats["maxValues"] == {"Timestamp": "2026-03-02T10:00:00.999999"}
    assert added[0]["partitionValues"] == {"month": "2026-03"}


def test_a_filtered_delta_reader_finds_what_we_find(tmp_path):
    given = rows("AlertInfo", Timestamp=[at("2026-03-01"), at("2026-04-01")], AlertId=["a", "b"])
    lake = publish(tmp_path, "AlertInfo", **{name: given[name].to_pylist() for name in ("Timestamp", "AlertId")})
    read = DeltaTable(str(lake.path / "AlertInfo")).to_pyarrow_table(filters=[("month", "=", "2026-04")])
    assert read["AlertId"].to_pylist() == ["b"]
    assert read.schema.field("Timestamp").type == pa.timestamp("us")
