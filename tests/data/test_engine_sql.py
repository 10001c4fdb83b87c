"""One text of SQL for all questions that differ in their times only, and none for two that differ in more."""

from datetime import datetime, timedelta

import pytest

from dashapp.data import grid
from dashapp.data.engine import Engine
from dashapp.data.engine_sql import Compiler, Shape, asked, one_of, shape_of, stored
from dashapp.query.grammar import parse
from dashapp.query.window import Window
from tests.data.sample import WINDOW

LATER = Window(WINDOW.start + timedelta(minutes=1), WINDOW.end + timedelta(minutes=1))


def shape(engine: Engine, window: Window, sender: str = "a@b.example", *, other: datetime | None = None) -> Shape:
    rows = engine.table("EmailEvents", window, columns=("sender_address",))
    rows = rows.filter(rows["sender_address"] == sender)
    if other is not None:
        rows = rows.filter(rows["Timestamp"] != stored(other))
    return shape_of(rows.op())


def test_another_time_is_the_same_pattern_with_other_instants(engine: Engine) -> None:
    first, second = shape(engine, WINDOW), shape(engine, LATER)
    assert first.pattern == second.pattern
    assert hash(first.pattern) == hash(second.pattern)
    assert first.instants != second.instants
    assert [source.window for source in second.sources] == [LATER]


def test_another_value_is_another_pattern(engine: Engine) -> None:
    assert shape(engine, WINDOW).pattern != shape(engine, WINDOW, "c@d.example").pattern


def test_other_keys_are_the_same_pattern(engine: Engine) -> None:
    rows = engine.table("EmailEvents", WINDOW, columns=("NetworkMessageId",))
    first, second = (shape_of(one_of(rows, "NetworkMessageId", keys).op()) for keys in ({"m1", "m2"}, {"$l0", "x"}))
    assert first.pattern == second.pattern
    assert (first.lists, second.lists) == ((("m1", "m2"),), (("$l0", "x"),))
    found = engine.frame(one_of(rows, "NetworkMessageId", {"m2", "m9", "none"}), {"NetworkMessageId": "str"})
    assert sorted(found["NetworkMessageId"]) == ["m2", "m9"]


def test_another_text_asked_about_is_the_same_pattern(engine: Engine) -> None:
    rows = engine.table("EmailEvents", WINDOW, columns=("NetworkMessageId",))
    first, second = (shape_of(rows.filter(rows["NetworkMessageId"] == asked(text)).op()) for text in ("m2", "$s0'"))
    assert first.pattern == second.pattern
    assert (first.texts, second.texts) == (("m2",), ("$s0'",))
    for text, many in (("m2", 1), ("$s0'", 0), ("m1", 2)):
        found = rows.filter(rows["NetworkMessageId"] == asked(text))
        assert len(engine.frame(found, {"NetworkMessageId": "str"})) == many


def test_whether_two_instants_are_the_same_one_belongs_to_the_pattern(engine: Engine) -> None:
    same = shape(engine, WINDOW, other=WINDOW.start)
    different = shape(engine, WINDOW, other=WINDOW.start + timedelta(hours=1))
    assert same.pattern != different.pattern
    assert different.pattern == shape(engine, LATER, other=LATER.start + timedelta(hours=2)).pattern


def test_a_pattern_is_compiled_once(engine: Engine) -> None:
    compiler = Compiler()
    texts = []
    for window in (WINDOW, LATER):
        rows = engine.table("EmailEvents", window, columns=("sender_address",))
        texts.append(compiler.text(rows.op(), shape_of(rows.op()), ()))
    assert texts[0] is texts[1]
    assert "$t0" in texts[0]
    assert "2026" not in texts[0]


@pytest.mark.parametrize("hostile", ["$t0", "$f0", "'$t1'", "$t0::text"])
def test_text_that_looks_like_a_parameter_stays_text(engine: Engine, hostile: str) -> None:
    assert grid.count(engine, parse(f'Subject:"{hostile}"'), WINDOW).matching == 0


def test_each_time_gets_its_own_answer(engine: Engine) -> None:
    day = timedelta(days=1)
    days = [Window(WINDOW.start + n * day, WINDOW.start + (n + 1) * day) for n in range(7)]
    counts = [grid.count(engine, parse(""), window).matching for window in days]
    assert sum(counts) == grid.count(engine, parse(""), WINDOW).matching
    assert len(set(counts)) > 1


def test_instants_in_the_filter_are_parameters_too(engine: Engine) -> None:
    before = parse("Timestamp<2026-03-02")
    after = parse("Timestamp>=2026-03-02")
    split = [grid.count(engine, node, WINDOW).matching for node in (before, after)]
    assert split == [3, grid.count(engine, parse(""), WINDOW).matching - 3]
