"""Columns of any type to ours; the hostile numbers and times of the corpus."""

import decimal
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.data.coded import as_text
from dashapp.data.schema import FLAG, SMALL, TEXT, TEXTS, TIME, WHOLE
from dashapp.ingest.normalise.values import read

PI_DAY = datetime(2026, 3, 14, 13, 5, 9, 250000)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array(["7", " 7 ", "7.0", "+7", ""]), [7, 7, 7, 7, None]),
        (pa.array([7.0, float("nan"), float("inf"), 7.5, -0.0]), [7, None, None, None, 0]),
        (pa.array([2**53 + 1, -(2**63), None], pa.int64()), [2**53 + 1, -(2**63), None]),
        (pa.array([2**63, 1], pa.uint64()), [None, 1]),
        (pa.array(["9223372036854775808", "1,5", "1e9", "nan", "0x10"]), [None] * 5),
        (pa.array([decimal.Decimal("12.00"), decimal.Decimal("1.50")]), [12, None]),
        (pa.array(["3", "4"]).dictionary_encode(), [3, 4]),
        (pa.array([True, None]), [1, None]),
        (pa.array([[1], None]), [None, None]),
    ],
)
def test_whole_numbers(values: pa.Array, wanted: list[int | None]) -> None:
    assert read(values, WHOLE).values.to_pylist() == wanted


def test_what_is_lost_is_told_and_what_was_missing_is_not() -> None:
    found = read(pa.array(["3", "many", "", None, "99999999999"]), SMALL)
    assert found.values.to_pylist() == [3, None, None, None, None]
    assert found.lost is not None
    assert found.lost.to_pylist() == [False, True, False, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-14T13:05:09.25Z",
        "2026-03-14T13:05:09.2500000Z",
        "2026-03-14 13:05:09.250",
        "2026-03-14T15:05:09.25+02:00",
        "2026-03-15T03:05:09.25+14:00",
        "2026-03-14T01:05:09.25-12:00",
        "2026-03-14 13:05:09.25 UTC",
        "3/14/2026 1:05:09.25 PM",
        "03/14/2026 13:05:09.25",
        "1773493509250",
        "1773493509250000",
    ],
)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_times_in_many_spellings(text: str, kind: pa.DataType) -> None:
    assert read(pa.array([text, None, text], kind), TIME).values.to_pylist() == [PI_DAY, None, PI_DAY]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sat, 14 Mar 2026 14:05:09 +0100", datetime(2026, 3, 14, 13, 5, 9)),
        ("Mar 14, 2026 1:05 PM", datetime(2026, 3, 14, 13, 5)),
        ("2026-03-14", datetime(2026, 3, 14)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59)),
        ("12/31/2026 12:00:00 AM", datetime(2026, 12, 31)),
    ],
)
def test_more_spellings(text: str, wanted: datetime) -> None:
    assert read(pa.array([text]), TIME).values.to_pylist() == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "yesterday",
        "13:05",
        "12345",
        "99999999999999999999",
        "292277-01-01",
        "0000-00-00",
        "nan",
    ],
)
def test_what_is_no_time_is_lost(text: str) -> None:
    found = read(pa.array([text, "2026-03-14T13:05:09.25Z"]), TIME)
    assert found.values.to_pylist() == [None, PI_DAY]
    assert found.lost is not None
    assert found.lost.to_pylist() == [True, False]


def test_days_first_only_where_the_column_shows_it() -> None:
    assert read(pa.array(["3/4/2026", "14/3/2026"]), TIME).values.to_pylist() == [
        datetime(2026, 4, 3),
        datetime(2026, 3, 14),
    ]
    assert read(pa.array(["3/4/2026", "3/14/2026"]), TIME).values.to_pylist() == [
        datetime(2026, 3, 4),
        datetime(2026, 3, 14),
    ]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_timestamps_of_any_unit_and_zone(unit: str, zone: str | None) -> None:
    instant = datetime(2026, 3, 14, 13, 5, 9, tzinfo=UTC)
    values = pa.array([int(instant.timestamp())], pa.timestamp("s")).cast(pa.timestamp(unit)).cast(pa.int64())
    found = read(values.cast(pa.timestamp(unit, zone)), TIME)
    assert found.values.to_pylist() == [instant.replace(tzinfo=None)]


def test_times_beyond_the_calendar_are_lost() -> None:
    found = read(pa.array([9223372036854775, 1773493509], pa.timestamp("s")), TIME)
    assert found.values.to_pylist() == [None, datetime(2026, 3, 14, 13, 5, 9)]
    assert found.lost is not None


def test_small_numbers_are_no_epoch() -> None:
    found = read(pa.array([0, 1773493509, 1773493509250, 5, -1]), TIME)
    assert found.values.to_pylist() == [None, PI_DAY.replace(microsecond=0), PI_DAY, None, None]


def test_flags() -> None:
    assert read(pa.array(["True", "no", "1", "maybe", None, ""]), FLAG).values.to_pylist() == [
        True,
        False,
        True,
        None,
        None,
        None,
    ]
    assert read(pa.array([0, 1, 2]), FLAG).values.to_pylist() == [False, True, None]


def test_lists() -> None:
    assert read(pa.array(['["a", "b"]', "c; d", "[]", None, "e"]), TEXTS).values.to_pylist() == [
        ["a", "b"],
        ["c", "d"],
        None,
        None,
        ["e"],
    ]
    assert read(pa.array([["x", None], None]), TEXTS).values.to_pylist() == [["x"], None]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array([b"abc", b"\xff\xfe", None]), ["abc", "��", None]),
        (pa.array([1, None]), ["1", None]),
        (pa.array([1.0, 1.5]), ["1", "1.5"]),
        (pa.array([{"a": [1]}, None]), ['{"a":[1]}', None]),
        (pa.array(["", "x"]), [None, "x"]),
        (pa.array([], pa.null()), []),
        (pa.chunked_array([], pa.string()), []),
        (pa.chunked_array([["a"], ["b", ""]]), ["a", "b", None]),
        (pa.array(["a\0b", "\u202e"]), ["a\0b", "\u202e"]),
    ],
)
def test_text(values: pa.Array, wanted: list[str | None]) -> None:
    assert read(values, TEXT).values.to_pylist() == wanted


def test_text_that_is_not_utf_8_is_mended_as_engines_refuse_the_file_else() -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")])
    assert read(broken, TEXT).values.to_pylist() == ["a�b"]


ANYTHING = st.one_of(
    st.lists(st.none() | st.text(max_size=30)),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.none() | st.floats()),
    st.lists(st.none() | st.booleans()),
    st.lists(st.none() | st.binary(max_size=20)),
    st.lists(st.none() | st.datetimes(datetime(1678, 1, 1), datetime(2261, 1, 1))),
    st.lists(st.none() | st.lists(st.text(max_size=5), max_size=3)),
    st.lists(st.none() | st.dates()),
)


@given(ANYTHING, st.sampled_from([TEXT, WHOLE, SMALL, FLAG, TIME, TEXTS]))
def test_any_column_can_be_read_as_any_type(values: list[object], wanted: pa.DataType) -> None:
    array = pa.array(values)
    found = read(array, wanted)
    assert as_text(found.values).type == wanted
    assert len(found.values) == len(values)
    found.values.validate(full=True)
    if found.lost is not None:
        lost = found.lost.to_pylist()
        assert all(value is None for value, gone in zip(found.values.to_pylist(), lost, strict=True) if gone)
        assert all(value is not None for value, gone in zip(values, lost, strict=True) if gone)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    st.sampled_from(["T", " "]),
    st.sampled_from(["Z", "+00:00", ""]),
)
def test_iso_times_come_back(instant: datetime, between: str, zone: str) -> None:
    text = instant.isoformat(between) + zone
    assert read(pa.array([text]), TIME).values.to_pylist() == [instant]
