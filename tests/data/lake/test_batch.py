"""Rows come in once, in every table at the same moment, or not at all."""

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from dashapp.data.lake import LakeError, WriteResult, batch
from dashapp.data.schema import TABLES
from tests.lakes import at, rows

NOON = at("2026-03-01T12:00")


def messages(*keys, time=NOON):
    ids, recipients = zip(*keys, strict=True)
    return rows("EmailEvents", Timestamp=[time] * len(keys), NetworkMessageId=ids, recipient=recipients)


def test_a_batch_is_visible_after_commit_only(lake, shown):
    with lake.begin("a file") as new:
        assert new.write("EmailEvents", messages(("a", "x"), ("b", "x"))) == WriteResult(2, 0)
        assert lake.snapshot().rows("EmailEvents") == 0
        info = new.commit()
    assert shown(lake.snapshot(), "EmailEvents", "NetworkMessageId", "batch_id") == [("a", info.id), ("b", info.id)]
    assert lake.batches() == [info]
    assert (info.source, info.new, info.duplicate) == ("a file", {"EmailEvents": 2}, {"EmailEvents": 0})


def test_leaving_without_commit_takes_everything_back(lake):
    with lake.begin("a file") as new:
        new.write("EmailEvents", messages(("a", "x")))
    with pytest.raises(LakeError, match="is over"):
        new.write("EmailEvents", messages(("a", "x")))
    assert lake.snapshot().rows("EmailEvents") == 0
    assert lake.batches() == []
    assert list(lake.path.rglob("*.parquet")) == []


def test_the_first_of_a_key_stands(lake, shown):
    twice = rows(
        "EmailEvents", Timestamp=[NOON] * 3, NetworkMessageId=["a", "a", "b"], recipient=["x"] * 3, Subject="123"
    )
    with lake.begin("one") as new:
        assert new.write("EmailEvents", twice) == WriteResult(2, 1)  # inside the rows
        assert new.write("EmailEvents", twice) == WriteResult(0, 3)  # inside the batch
        new.commit()
    with lake.begin("two") as new:
        assert new.write("EmailEvents", twice) == WriteResult(0, 3)  # in the lake
        new.commit()
    assert shown(lake.snapshot(), "EmailEvents", "NetworkMessageId", "Subject") == [("a", "1"), ("b", "3")]


def test_a_missing_part_of_a_key_equals_another_missing_one(lake):
    with lake.begin("one") as new:
        assert new.write("EmailEvents", messages(("a", None), ("a", None), ("a", "x"), (None, None))).new == 3
        assert new.write("EmailEvents", messages(("a", None), (None, None))).new == 0
        new.commit()
    with lake.begin("two") as new:
        assert new.write("EmailEvents", messages(("a", None), (None, None), (None, "x"))).new == 1


def test_units_written_earlier_in_the_batch_are_searched(lake, monkeypatch):
    monkeypatch.setattr(batch, "UNIT_ROWS", 2)
    with lake.begin("one") as new:
        assert new.write("EmailEvents", messages(("a", "x"), ("b", "x"))).new == 2
        assert new.write("EmailEvents", messages(("b", "x"), ("c", "x"))).new == 1
        new.commit()
    assert lake.snapshot().rows("EmailEvents") == 3


def test_the_same_key_is_found_a_day_away_and_not_a_year_away(lake):
    with lake.begin("one") as new:
        new.write("EmailEvents", messages(("a", "x")))
        new.commit()
    with lake.begin("two") as new:
        assert new.write("EmailEvents", messages(("a", "x"), time=at("2026-03-02T11:00"))).new == 0
        assert new.write("EmailEvents", messages(("a", "x"), time=at("2027-03-02"))).new == 1


def test_an_alert_is_found_however_far_away(lake):
    with lake.begin("one") as new:
        for year, expected in ((2024, 1), (2026, 0)):
            alert = rows("AlertInfo", Timestamp=[at(f"{year}-03-01")], AlertId=["a"])
            assert new.write("AlertInfo", alert).new == expected


def test_rows_are_split_by_month_and_sorted_by_time(lake, shown):
    times = [at("2026-04-01"), at("2026-03-31T23:59:59.999999"), at("2026-03-05"), at("2026-04-01T00:00:00.000001")]
    with lake.begin("one") as new:
        new.write("EmailEvents", rows("EmailEvents", Timestamp=times))
        new.commit()
    files = lake.snapshot().data_files("EmailEvents")
    assert [(file.month, file.rows) for file in files] == [("2026-03", 2), ("2026-04", 2)]
    table = pa.parquet.read_table(lake.path / "EmailEvents" / files[0].path, partitioning=None)
    assert table["Timestamp"].to_pylist() == [at("2026-03-05"), at("2026-03-31T23:59:59.999999")]
    assert table.schema.names == TABLES["EmailEvents"].schema.names


@pytest.mark.parametrize("name", TABLES)
def test_every_table_can_be_written_and_read_by_any_delta_reader(lake, name):
    with lake.begin("one") as new:
        new.write(name, rows(name, Timestamp=[NOON, at("2026-05-01")]))
        new.commit()
    table = DeltaTable(str(lake.path / name))
    assert sorted(table.file_uris()) == sorted(lake.snapshot().files(name))
    read = table.to_pyarrow_table()
    assert read.num_rows == 2
    assert set(read["month"].to_pylist()) == {"2026-03", "2026-05"}
    assert lake.snapshot().schema(name).names == [column for column in read.column_names if column != "month"]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("Nothing", pa.table({}), "unknown table 'Nothing'"),
        ("AlertInfo", pa.table({"Timestamp": pa.array([NOON], pa.timestamp("us"))}), "missing columns"),
        ("AlertInfo", rows("AlertInfo", Timestamp=[None]), "1 rows have no Timestamp"),
        ("AlertInfo", rows("AlertInfo", Timestamp=[at("1601-01-01")]), "absurd"),
    ],
)
def test_rows_that_do_not_fit_are_refused(lake, name, given, message):
    with lake.begin("one") as new, pytest.raises(ValueError, match=message):
        new.write(name, given)


def test_a_column_of_another_type_is_refused(lake):
    given = rows("AlertInfo", Timestamp=[NOON])
    wrong = given.set_column(1, "AlertId", pa.array([1]))
    with lake.begin("one") as new, pytest.raises(ValueError, match="AlertId is int64, not string"):
        new.write("AlertInfo", wrong)


def test_no_rows_is_no_change_of_a_table(lake):
    with lake.begin("one") as new:
        assert new.write("AlertInfo", rows("AlertInfo", Timestamp=[])) == WriteResult(0, 0)
        new.commit()
    assert lake.snapshot().files("AlertInfo") == []
