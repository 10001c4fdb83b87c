"""Files hold the rows sorted by time, whether text is written as it is or as numbers of a dictionary."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dashapp.data.coded import CODED
from dashapp.data.lake import parquet
from dashapp.data.lake.layout import stored_schema
from dashapp.data.lake.rewrite import fitted

ROWS = 20_000


def mixed() -> pa.Table:
    random = np.random.default_rng(5)
    picks = random.integers(0, 40, ROWS)
    start = np.datetime64("2026-01-30T00:00:00", "us")
    given = pa.table(
        {
            "Timestamp": start + random.integers(0, 4 * 86_400, ROWS).astype("timedelta64[s]"),
            "NetworkMessageId": [f"m{number}" for number in range(ROWS)],
            "SenderFromDomain": [None if pick == 0 else f"d{pick}.example" for pick in picks],
            "RecipientEmailAddress": [f"u{number % 15_000}@b.example" for number in range(ROWS)],
            "DeliveryAction": ["Blocked"] * (ROWS // 2) + ["Delivered"] * (ROWS // 2),
            "EmailLanguage": ["en"] * 10_000 + [f"x{number}" for number in range(10_000)],
        }
    )
    whole = fitted(given, stored_schema("EmailEvents"))
    return pa.concat_tables([whole.slice(0, 7_000), whole.slice(7_000)])


def written(folder: Path, rows: pa.Table) -> tuple[pa.Table, list[object]]:
    found = parquet.write_months(folder / "EmailEvents", [rows], prefix="p", codec="LZ4_RAW")
    paths = [folder / "EmailEvents" / file.path for file in found]
    ranges = []
    for footer in map(pq.read_metadata, paths):
        for group in range(footer.num_row_groups):
            columns = [footer.row_group(group).column(number) for number in range(footer.num_columns)]
            stats = [each.statistics for each in columns]
            ranges.append([(s.min, s.max, s.null_count) if s and s.has_min_max else s is None for s in stats])
    return pa.concat_tables(pq.ParquetFile(path).read() for path in paths), ranges


def test_coded_text_is_the_same_text_with_the_same_statistics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 3_000)
    rows = mixed()
    kinds = parquet.in_time_order([rows], "Timestamp").schema
    assert kinds.field("SenderFromDomain").type == CODED
    assert kinds.field("RecipientEmailAddress").type == pa.string()
    coded = written(tmp_path / "coded", rows)
    monkeypatch.setattr(parquet, "_code", lambda _name, values: values)
    plain = written(tmp_path / "plain", rows)

    assert coded[0].schema.equals(plain[0].schema)
    assert coded[0].equals(plain[0])
    assert coded[1] == plain[1]


def test_rows_are_sorted_and_those_of_one_time_keep_their_order(tmp_path: Path) -> None:
    rows = mixed()
    found, _ = written(tmp_path, rows)
    order = pc.sort_indices(rows["Timestamp"])
    assert found.num_rows == ROWS
    assert found["Timestamp"].to_pylist() == rows["Timestamp"].take(order).to_pylist()
    stable = np.argsort(rows["Timestamp"].to_numpy(), kind="stable")
    assert found["NetworkMessageId"].to_pylist() == [f"m{number}" for number in stable]


def test_a_month_with_most_of_the_rows_is_two_files_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "SPLIT_ROWS", 1_000)
    start = np.datetime64("2026-01-30T00:00:00", "us")
    times = start + (np.arange(5_000) // 100 % 48).astype("timedelta64[h]")
    rows = fitted(pa.table({"Timestamp": times, "NetworkMessageId": ["m"] * 5_000}), stored_schema("EmailEvents"))
    files = parquet.write_months(tmp_path / "EmailEvents", [rows], prefix="p", codec="LZ4_RAW")
    assert [file.month for file in files] == ["2026-01", "2026-01"]
    assert sum(file.rows for file in files) == 5_000
    assert files[0].last < files[1].first


def test_only_the_rows_to_keep_are_written(tmp_path: Path) -> None:
    rows, keep = mixed(), np.arange(ROWS) % 3 == 0
    parts = [rows.slice(0, 9_000), rows.slice(9_000)]
    files = parquet.write_months(tmp_path / "EmailEvents", parts, prefix="p", codec="LZ4_RAW", keep=keep)
    found = pa.concat_tables(pq.ParquetFile(tmp_path / "EmailEvents" / file.path).read() for file in files)
    assert parts == []
    assert sorted(found["NetworkMessageId"].to_pylist()) == sorted(f"m{number}" for number in np.flatnonzero(keep))
