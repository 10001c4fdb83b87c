"""CSV is written once, and any text in it is harmless and comes back."""

import csv
import io
import re
import sys
from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dashapp.data.csv_text import header_line, lines
from dashapp.domain.spreadsheet import formula_proof, formula_restored

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "=1+1",
        " =1",
        "\u3000@x",
        "\uff1dcmd",
        "'=1",
        "''",
        "\t",
        "\r\n",
        '"',
        'a"b',
        "a,b",
        "a\nb",
        "\x00",
        "\u202e",
        "-1",
    ]
)


def read(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline="")))


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=20))
def test_any_text_is_proof_and_comes_back(texts: list[str | None]) -> None:
    rows = read(lines(pa.table({"a": pa.array(texts, pa.string()), "b": [1] * len(texts)})))
    assert [row[0] for row in rows] == [formula_proof(text or "") for text in texts]
    assert [formula_restored(row[0]) for row in rows] == [text or "" for text in texts]


def test_one_pattern_says_what_a_formula_is_in_python_and_in_arrow() -> None:
    spaces = [letter for letter in map(chr, range(sys.maxunicode)) if re.match(r"\s", letter)]
    texts = [f"{space}=1" for space in spaces]
    assert [row[0] for row in read(lines(pa.table({"a": texts})))] == [f"'{text}" for text in texts]
    assert [formula_proof(text) for text in texts] == [f"'{text}" for text in texts]


def test_kinds_of_values() -> None:
    moment = datetime(2026, 3, 1, 10, 0, 0, 5, tzinfo=UTC)
    table = pa.table(
        {
            "aware": pa.array([moment], pa.timestamp("us", "UTC")),
            "elsewhere": pa.array([moment], pa.timestamp("us", "Asia/Tokyo")),
            "naive": pa.array([moment.replace(tzinfo=None)], pa.timestamp("us")),
            "flag": [True],
            "number": [-1],
            "list": [["=a", "b"]],
        }
    )
    time = '"2026-03-01T10:00:00.000005Z"'
    assert lines(table).decode() == f'{time},{time},{time},"True",-1,"\'=a, b"\n'
    assert lines(table.slice(1)) == b""


def test_the_header_is_quoted() -> None:
    assert header_line(["a", 'b"c']) == b'"a","b""c"\n'
