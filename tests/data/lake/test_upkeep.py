"""Compaction, undo, retention and migration change what they should, and nothing else."""

import dataclasses
import itertools
import random
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from dashapp.data import schema
from dashapp.data.lake import ROLLUP, Lake, LakeDamaged, LakeTooOld, UnknownBatch, compact
from dashapp.data.schema import TABLES, TEXT
from tests.data.lake.test_rollup import counted, rolled, some
from tests.lakes import at, publish, rows

NOW = datetime(2026, 4, 30, tzinfo=UTC)


def filled(path, batches=3):
    for seed in range(batches):
        lake = publish(path, "EmailEvents", **some(seed, 200))
        publish(path, "EmailUrlInfo", Timestamp=[at("2026-03-30"), at("2026-04-01")])
    return lake


def everything(lake, shown):
    return {name: shown(lake.snapshot(), name, "*") for name in TABLES}


class TestCompact:
    def test_months_become_one_sorted_file_with_the_same_rows(self, tmp_path, shown):
        lake = filled(tmp_path)
        before, hourly = everything(lake, shown), rolled(lake, shown)
        done = lake.compact()
        assert {(item.table, item.month, item.before, item.after) for item in done} == {
            (table, month, 3, 1) for table in ("EmailEvents", "EmailUrlInfo") for month in ("2026-03", "2026-04")
        }
        assert everything(lake, shown) == before
        for file in lake.snapshot().files("EmailEvents"):
            times = pq.read_table(file, partitioning=None)["Timestamp"].to_pylist()
            assert times == sorted(times)
        assert lake.snapshot().rollup().stale == ()
        assert rolled(lake, shown) == hourly

    def test_what_is_compact_is_left_alone(self, tmp_path):
        lake = filled(tmp_path)
        lake.compact()
        before = lake.snapshot()
        assert lake.compact() == []
        assert lake.snapshot() is before

    def test_large_months_become_several_files_that_do_not_overlap(self, tmp_path, shown, monkeypatch):
        monkeypatch.setattr(compact, "MOST_ROWS", 300)
        monkeypatch.setattr(compact, "FEWEST_ROWS", 100)
        monkeypatch.setattr(compact, "_SLICE_ROWS", 50)
        lake = filled(tmp_path)
        before = everything(lake, shown)
        lake.compact()
        files = lake.snapshot().data_files("EmailEvents")
        assert len(files) > 2
        assert all(one.last < other.first for one, other in itertools.pairwise(files))
        assert everything(lake, shown) == before

    def test_it_runs_by_itself_when_a_month_has_many_small_files(self, tmp_path, shown, monkeypatch):
        monkeypatch.setattr(compact, "MANY_SMALL", 5)
        counts = []
        for minute in range(12):
            lake = publish(tmp_path, "EmailEvents", Timestamp=[at(f"2026-03-01T10:{minute:02}")])
            counts.append(len(lake.snapshot().files("EmailEvents")))
        assert max(counts) < 5
        assert len(shown(lake.snapshot(), "EmailEvents", "Timestamp")) == 12
        assert lake.snapshot().rollup().stale == ()

    def test_replaced_files_stay_until_nobody_can_be_reading_them(self, tmp_path, shown):
        old = filled(tmp_path).snapshot()
        before = shown(old, "EmailEvents", "Timestamp")
        patient, hasty = Lake.open(tmp_path), Lake.open(tmp_path, grace_seconds=-1)
        patient.compact()
        assert shown(old, "EmailEvents", "Timestamp") == before
        assert patient.status().waiting_files > 0
        with hasty.begin("next") as batch:
            batch.commit()
        assert hasty.status().waiting_files == 0
        on_disk = {str(path) for path in tmp_path.glob("Email*/month=*/*.parquet")}
        assert on_disk == {file for name in (*TABLES, ROLLUP) for file in hasty.snapshot().files(name)}

    def test_a_broken_file_stops_it_and_is_named(self, tmp_path, shown):
        lake = filled(tmp_path)
        broken = lake.snapshot().data_files("EmailUrlInfo")[0]
        (tmp_path / "EmailUrlInfo" / broken.path).write_bytes(b"PAR1")
        before = lake.snapshot()
        with pytest.raises(LakeDamaged, match="EmailUrlInfo"):
            lake.compact()
        assert lake.snapshot() is before


class TestUndo:
    @pytest.mark.parametrize("compacted", [False, True])
    def test_the_rows_of_that_batch_go_everywhere(self, tmp_path, shown, compacted):
        filled(tmp_path, 2)
        lake = Lake.open(tmp_path)
        kept = everything(lake, shown)
        with lake.begin("wrong") as batch:
            batch.write("EmailEvents", rows("EmailEvents", **some(9, 100)))
            batch.write("AlertInfo", rows("AlertInfo", Timestamp=[at("2026-03-29")]))
            batch.commit()
        if compacted:
            lake.compact()
        assert lake.undo(batch.id) == {"EmailEvents": 100, "AlertInfo": 1}
        assert everything(lake, shown) == kept
        assert rolled(lake, shown) == counted(lake, shown)
        assert lake.snapshot().rollup().stale == ()
        assert lake.batches()[0].state == "undone"

    def test_what_was_undone_can_come_in_again(self, tmp_path):
        given = {"Timestamp": [at("2026-03-29")], "AlertId": ["a"]}
        lake = publish(tmp_path, "AlertInfo", **given)
        lake.undo(lake.batches()[0].id)
        assert lake.snapshot().rows("AlertInfo") == 0
        assert publish(tmp_path, "AlertInfo", **given).snapshot().rows("AlertInfo") == 1

    def test_a_batch_is_undone_once(self, tmp_path):
        lake = filled(tmp_path, 1)
        batch = lake.batches()[0].id
        lake.undo(batch)
        with pytest.raises(UnknownBatch, match="undone already"):
            lake.undo(batch)
        with pytest.raises(UnknownBatch, match="there is no batch 'x'"):
            lake.undo("x")


class TestRetain:
    def test_older_rows_go_from_every_table(self, tmp_path, shown):
        lake = filled(tmp_path)
        edge = at("2026-03-31")
        before = everything(lake, shown)
        removed = lake.retain(30, NOW)
        after = everything(lake, shown)
        for name in TABLES:
            assert after[name] == [row for row in before[name] if row[0] >= edge]
        assert removed == {name: len(before[name]) - len(after[name]) for name in ("EmailUrlInfo", "EmailEvents")}
        assert rolled(lake, shown) == counted(lake, shown)
        assert lake.snapshot().rollup().stale == ()
        assert lake.retain(30, NOW) == {}

    def test_the_latest_row_of_each_account_stays(self, tmp_path, shown):
        times = [at("2025-01-01"), at("2025-02-01"), at("2026-04-20"), at("2025-03-01"), at("2025-03-02")]
        lake = publish(tmp_path, "IdentityInfo", Timestamp=times, AccountObjectId=["a", "a", "a", "b", "b"])
        assert lake.retain(30, NOW) == {"IdentityInfo": 3}
        assert shown(lake.snapshot(), "IdentityInfo", "AccountObjectId", '"Timestamp"') == [
            ("a", at("2026-04-20")),
            ("b", at("2025-03-02")),
        ]

    def test_nothing_old_changes_nothing(self, tmp_path):
        lake = filled(tmp_path, 1)
        before = lake.snapshot()
        assert lake.retain(3650, NOW) == {}
        assert lake.snapshot() is before

    def test_days_must_be_positive(self, lake):
        with pytest.raises(ValueError, match="1 or more"):
            lake.retain(0, NOW)


class TestMigrate:
    @pytest.fixture
    def older(self, tmp_path, monkeypatch):
        lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01"), at("2026-04-01")])
        newer = dataclasses.replace(TABLES["AlertInfo"], derived={"mood": TEXT})
        monkeypatch.setitem(TABLES, "AlertInfo", newer)
        monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
        return Lake.open(lake.path)

    def test_an_older_lake_can_be_read_but_not_added_to(self, older):
        assert "mood" not in older.snapshot().schema("AlertInfo").names
        with pytest.raises(LakeTooOld, match="lake migrate"):
            older.begin("x")

    def test_missing_columns_become_null(self, older, shown):
        assert older.migrate() == {"AlertInfo": 2}
        assert shown(older.snapshot(), "AlertInfo", "mood") == [(None,), (None,)]
        assert older.snapshot().schema("AlertInfo") == TABLES["AlertInfo"].schema
        with older.begin("x") as batch:
            given = rows("AlertInfo", Timestamp=[at("2026-04-02")], mood=["well"])
            assert batch.write("AlertInfo", given).new == 1
            batch.commit()
        assert shown(older.snapshot(), "AlertInfo", "mood") == [("well",), (None,), (None,)]
        assert older.migrate() == {}


class TestStatus:
    def test_it_tells_what_is_there(self, tmp_path):
        lake = filled(tmp_path / "lake", 2)
        (tmp_path / "quarantine").mkdir()
        (tmp_path / "quarantine" / "b.jsonl").write_text("{}\n{}\n")
        status = lake.status()
        tables = {table.name: table for table in status.tables}
        assert (tables["EmailEvents"].rows, tables["EmailEvents"].files) == (400, 4)
        assert tables["EmailEvents"].small_files == 4
        assert tables["EmailEvents"].damaged == ()
        assert tables["AlertInfo"].time_range is None
        assert (status.batches, status.quarantined, status.stale_days) == (4, 2, ())
        assert status.last_batch == lake.batches()[0]

    def test_it_names_missing_and_broken_files_and_the_rest_can_be_read(self, tmp_path, shown):
        lake = filled(tmp_path, 2)
        missing, cut, other = lake.snapshot().data_files("EmailEvents")[:3]
        (tmp_path / "EmailEvents" / missing.path).unlink()
        content = (tmp_path / "EmailEvents" / cut.path).read_bytes()
        (tmp_path / "EmailEvents" / cut.path).write_bytes(content[:-1])
        (tmp_path / "EmailEvents" / other.path).write_bytes(b"x" * other.size)
        lake = Lake.open(tmp_path)
        damaged = {table.name: table.damaged for table in lake.status().tables}
        assert [text.split(": ")[0] for text in damaged["EmailEvents"]] == [missing.path, cut.path, other.path]
        assert [text.split(": ")[1][:7] for text in damaged["EmailEvents"]] == [
            "missing",
            f"has {cut.size - 1}"[:7],
            "cannot ",
        ]
        assert lake.snapshot().rows("EmailEvents") == 400
        assert len(shown(lake.snapshot(), "EmailUrlInfo", "Url")) == 4


def test_a_random_life_of_a_lake(tmp_path, shown):
    """Batches, undoing, compacting, forgetting, in random order, against a plain dictionary of rows."""
    draw = random.Random(7)
    lake, expected, batches = Lake.open(tmp_path, grace_seconds=-1), {}, []
    for step in range(14):
        match draw.choice(["add", "add", "add", "undo", "compact", "retain"]):
            case "add":
                ids = [f"id{draw.randrange(400)}" for _ in range(60)]
                times = [at("2026-03-20") + timedelta(hours=int(key[2:])) for key in ids]
                with lake.begin(f"{step}") as batch:
                    given = rows("EmailEvents", Timestamp=times, NetworkMessageId=ids, recipient=["x"] * 60)
                    result = batch.write("EmailEvents", given)
                    batch.commit()
                fresh = set(ids) - expected.keys()
                assert result.new == len(fresh)
                expected |= dict.fromkeys(fresh, batch.id)
                batches.append(batch.id)
            case "undo" if batches:
                gone = batches.pop(draw.randrange(len(batches)))
                assert sum(lake.undo(gone).values()) == sum(batch == gone for batch in expected.values())
                expected = {key: batch for key, batch in expected.items() if batch != gone}
            case "compact":
                lake.compact()
            case "retain":
                lake.retain(365, NOW)
        assert dict(shown(lake.snapshot(), "EmailEvents", "NetworkMessageId", "batch_id")) == expected
        assert lake.snapshot().rows("EmailEvents") == len(expected)
        assert rolled(lake, shown) == counted(lake, shown)
        assert lake.snapshot().rollup().stale == ()
