"""Whatever a tree says, the compiler answers or says what is wrong; NOT is always the complement."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.data.engine import Engine, FilterError, open_engine
from dashapp.data.filtering import columns_of, where
from dashapp.data.lake import Lake
from dashapp.query.fields import FIELDS
from dashapp.query.tree import And, Between, Compare, Exact, Listed, Match, Node, Not, Or, Present, Regex, Value, Word
from dashapp.settings import Settings
from tests.data.sample import fill
from tests.query.strategies import texts, trees, values

COUNT = {"n": "int64"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("robust") / "lake"
    fill(path)
    opened = open_engine(Lake.open(path), Settings(query_memory_mb=200))
    yield opened
    opened.close()


def matching(engine: Engine, node: Node) -> int:
    rows = engine.table("EmailEvents", columns={"NetworkMessageId", *columns_of(node)})
    kept = where(engine, rows, node)
    return int(engine.frame(kept.agg(n=kept.count()), COUNT)["n"].iloc[0])


@st.composite
def wild_leaves(draw: st.DrawFn) -> Node:
    """Any operator on any field with any value: more than the grammar would let through."""
    name = draw(st.one_of(st.sampled_from(sorted(FIELDS)), texts))
    some = st.lists(values, min_size=1, max_size=3).map(tuple)
    return draw(
        st.one_of(
            st.builds(Match, st.just(name), some),
            st.builds(Exact, st.just(name), some),
            st.builds(Compare, st.just(name), st.sampled_from((">", ">=", "<", "<=")), values),
            st.builds(Between, st.just(name), values, values),
            st.builds(Regex, st.just(name), texts),
            st.builds(Listed, st.just(name), texts),
            st.builds(Word, values),
            st.just(Present(name)),
        )
    )


relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer(engine: Engine, node: Node) -> int | str:
    try:
        return matching(engine, node)
    except FilterError as error:
        return error.message


@given(trees(wild_leaves(), most=4))
@relaxed
def test_any_tree_is_answered_or_refused_in_words(engine: Engine, node: Node) -> None:
    found = answer(engine, node)
    assert found != ""
    if isinstance(found, int):
        assert found + matching(engine, Not(node)) == 10


def test_the_largest_tree_the_limits_allow_compiles(engine: Engine) -> None:
    leaf: Node = Match("Subject", (Value("invoice"),))
    hundred = Or(tuple(And((leaf, Match("UrlDomain", (Value(f"{n}.example"),)))) for n in range(50)))
    assert matching(engine, hundred) == 0
    deep = leaf
    for _ in range(10):
        deep = Not(And((deep, Present("Subject"))))
    assert matching(engine, deep) in range(11)
