"""Files hold the rows sorted by time, whether text is written as it is or as numbers of a dictionary."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

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
    found = parquet.write_months(folder / "EmailEvents", rows, prefix="p", codec="LZ4_RAW")
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
    kinds = parquet._coded(rows).schema
    assert pa.types.is_dictionary(kinds.field("SenderFromDomain").type)
    assert kinds.field("RecipientEmailAddress").type == pa.string()
    assert kinds.field("EmailLanguage").type == pa.string()
    coded = written(tmp_path / "coded", rows)
    monkeypatch.setattr(parquet, "_coded", lambda rows: rows)
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
