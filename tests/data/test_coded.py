"""Coded text is the same text, in every shape it may have."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.data.coded import (
    CODED,
    LONGEST,
    all_text,
    as_text,
    coded,
    compacted,
    constant,
    no_text,
    repeats,
    spread,
    stacked,
)

SOME = st.lists(st.none() | st.sampled_from(["", "a", "b", "é", "long"]), max_size=30)


def sound(values: pa.Array) -> list[str | None]:
    """The text of a coded column, which is checked: no value twice, no null in the dictionary, no code beyond it."""
    values.validate(full=True)
    assert values.type == CODED
    assert values.dictionary.null_count == 0
    assert len(set(values.dictionary.to_pylist())) == len(values.dictionary)
    return as_text(values).to_pylist()  # type: ignore[no-any-return]


@given(SOME)
def test_text_that_repeats_is_coded_and_stays_the_same(values: list[str | None]) -> None:
    array = pa.array(values * 4, pa.string())
    assert sound(coded(array)) == values * 4


def test_text_that_does_not_repeat_or_is_long_is_left_alone() -> None:
    for values in ([f"{number}" for number in range(100)], ["x" * (LONGEST + 1)] * 100):
        assert coded(pa.array(values)).type == pa.string()
    assert coded(pa.array([1, 1])).type == pa.int64()
    assert not repeats(pa.chunked_array([["a"], ["b"]]))


@given(SOME.filter(bool), st.data())
def test_spreading_joins_equal_values_and_makes_nulls_null(values: list[str | None], data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.none() | st.integers(0, len(values) - 1)))
    found = spread(pa.array(values, pa.string()), pa.array(codes, pa.int32()))
    assert sound(found) == [None if code is None else values[code] for code in codes]


@given(SOME, st.integers(0, 30), st.integers(0, 30))
def test_compacting_drops_unused_values_only(values: list[str | None], start: int, length: int) -> None:
    part = pa.array(values, pa.string()).dictionary_encode().slice(start, length)
    found = compacted(part)
    assert sound(found) == values[start : start + length]
    assert set(found.dictionary.to_pylist()) == set(values[start : start + length]) - {None}


@given(SOME, SOME, st.booleans(), st.booleans())
def test_tables_can_be_stacked_whether_coded_or_not(
    above: list[str | None], below: list[str | None], first: bool, second: bool
) -> None:
    parts = [pa.array(values, pa.string()) for values in (above, below)]
    tables = [
        pa.table({"x": part.dictionary_encode() if code else part, "n": pa.nulls(len(part), pa.int64())})
        for part, code in zip(parts, (first, second), strict=True)
    ]
    found = stacked(tables)
    assert found["x"].type == (CODED if first and second else pa.string())
    assert all_text(found)["x"].to_pylist() == above + below
    assert found["n"].type == pa.int64()


def test_tables_of_other_types_are_not_stacked() -> None:
    with pytest.raises(pa.ArrowException):
        stacked([pa.table({"x": ["a"]}), pa.table({"x": [1]})])


def test_columns_of_one_value() -> None:
    assert sound(constant("a", 3)) == ["a"] * 3
    assert sound(constant("a", 0)) == []
    assert sound(no_text(2)) == [None, None]
