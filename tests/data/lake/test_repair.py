"""Lost files: what was in them is told, they leave the tables in one step, their sources bring the rows back once."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashapp.data.lake import ROLLUP, Lake, LakeDamaged
from tests.data.lake.crashing import ingest, sources
from tests.data.lake.test_rollup import counted, rolled
from tests.lakes import at, publish

TABLES = ("EmailEvents", "EmailUrlInfo", "AlertInfo", ROLLUP)


def lose(lake: Lake, table: str, place: int = 0, *, bytes_left: int | None = None) -> Path:
    path = lake.path / table / lake.snapshot().data_files(table)[place].path
    if bytes_left is None:
        path.unlink()
    else:
        os.truncate(path, bytes_left)
    return path


def faults(lake: Lake) -> list[str]:
    return [text for table in lake.status().tables for text in table.damaged]


def test_what_is_lost_is_told_with_rows_times_and_batch(tmp_path):
    publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01T10:00"), at("2026-03-02T11:00")])
    lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-04-01")])
    lose(lake, "AlertInfo")
    (file,) = lake.lost()
    assert (file.table, file.fault, file.rows, file.batches) == ("AlertInfo", "missing", 2, (lake.batches()[1].id,))
    assert file.time_range == (datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC))
    assert lake.snapshot().lost_files() == 1


def test_after_a_compaction_every_batch_that_may_be_in_the_file_is_named(tmp_path):
    for day in ("2026-03-01", "2026-03-02", "2026-04-01"):
        lake = publish(tmp_path, "AlertInfo", Timestamp=[at(day)])
    lake.compact()
    lose(lake, "AlertInfo")
    assert set(lake.lost()[0].batches) == {lake.batches()[1].id, lake.batches()[2].id}
    lake.undo(lake.batches()[0].id)
    assert set(lake.lost()[0].batches) == {lake.batches()[1].id, lake.batches()[2].id}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("bytes_left", [None, 0, 100])
def test_a_repaired_lake_answers_and_the_source_brings_the_rows_back_once(tmp_path, table, bytes_left):
    for number in range(3):
        ingest(tmp_path, number)
    lake = Lake.open(tmp_path)
    lose(lake, table, bytes_left=bytes_left)
    assert faults(lake)
    agreed = lake.lost()
    assert lake.repair(agreed) == {table: agreed[0].rows}
    assert (faults(lake), lake.lost(), lake.snapshot().lost_files()) == ([], [], 0)
    assert lake.snapshot().rollup().stale == ()
    assert lake.repair(agreed) == {}
    for number in range(3):
        ingest(tmp_path, number)
    assert sources(lake.snapshot()) == {0, 1, 2}


def test_all_tables_are_repaired_in_one_step_and_the_counts_agree(tmp_path, shown):
    for number in range(2):
        ingest(tmp_path, number)
    lake = Lake.open(tmp_path)
    before = lake.snapshot()
    for table in TABLES:
        lose(lake, table)
    assert set(lake.repair(lake.lost())) == set(TABLES)
    after = lake.snapshot()
    assert int(after.id.split("-")[0]) == int(before.id.split("-")[0]) + 1
    assert rolled(lake, shown) == counted(lake, shown)


def test_all_files_of_a_table_may_be_lost(tmp_path):
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01"), at("2026-04-01")])
    for path in (tmp_path / "EmailEvents").glob("month=*"):
        shutil.rmtree(path)
    assert lake.repair(lake.lost()) == {"EmailEvents": 2}
    assert (lake.snapshot().rows("EmailEvents"), lake.snapshot().files(ROLLUP)) == (0, [])
    publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01")])
    assert lake.snapshot().rollup().stale == ()


def test_a_batch_can_be_undone_after_a_repair(tmp_path):
    for number in range(2):
        ingest(tmp_path, number)
    lake = Lake.open(tmp_path)
    lose(lake, "EmailEvents")
    lake.repair(lake.lost())
    left = lake.snapshot().rows("EmailEvents")
    gone = sum(lake.undo(batch.id)["EmailEvents"] for batch in lake.batches())
    assert gone == left
    assert sources(lake.snapshot()) == set()


def test_only_what_was_agreed_to_and_is_still_lost_is_removed(tmp_path):
    for day in (1, 2, 3):
        lake = publish(tmp_path, "AlertInfo", Timestamp=[at(f"2026-03-0{day}")])
    shutil.copytree(tmp_path, tmp_path / "copy")
    restored = lose(lake, "AlertInfo", 0)
    lose(lake, "AlertInfo", 1)
    agreed = lake.lost()
    lose(lake, "AlertInfo", 2)
    shutil.copy(tmp_path / "copy" / restored.relative_to(tmp_path), restored)
    assert lake.repair(agreed) == {"AlertInfo": 1}
    assert lake.snapshot().rows("AlertInfo") == 2
    assert len(lake.lost()) == 1


def test_a_file_that_may_not_be_read_is_no_loss(tmp_path, monkeypatch):
    lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01")])
    lose(lake, "AlertInfo", bytes_left=10)
    agreed = lake.lost()
    monkeypatch.setattr(os, "access", lambda *_: False)  # what root is never told
    with pytest.raises(LakeDamaged, match="may not be read by this user"):
        lake.repair(agreed)
    assert lake.snapshot().rows("AlertInfo") == 1
