"""Every tree is printed as a text that reads as the same tree."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from dashapp.query.check import pattern_complaint
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.printing import quote, to_text
from dashapp.query.tree import And, Everything, Exact, Match, Node, Not, Or, Regex, Value, Word
from tests.query.strategies import HOSTILE, leaves, texts, trees


@given(trees(leaves()))
@example(Match("AdditionalAction", (Value("x"), Value("0{@"))))
@settings(max_examples=250, deadline=None)
def test_tree_to_text_to_tree(tree: Node):
    text = to_text(tree)
    assume(len(text) <= 2000)
    assume(not _has_refused_pattern(tree))
    assert text.isprintable()
    assert parse(text) == tree


def _has_refused_pattern(tree: Node) -> bool:
    if isinstance(tree, Regex):
        return pattern_complaint(tree.pattern) is not None
    if isinstance(tree, Not):
        return _has_refused_pattern(tree.child)
    return isinstance(tree, And | Or) and any(_has_refused_pattern(child) for child in tree.children)


@pytest.mark.parametrize("literal", [True, False])
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_each_hostile_value_in_each_place(text: str, literal: bool):
    value = Value(text, literal)
    for tree in (
        Word(value),
        Match("Subject", (value,)),
        Match("UrlDomain", (value,)),
        Match("Subject", (value, Value("x"), value)),
        Match("SHA256", (Value("x"), value)),
        Exact("SenderFromAddress", (value,)),
        Not(Match("Subject", (value,))),
        And((Word(value), Word(value))),
    ):
        assert parse(to_text(tree)) == tree


@given(texts)
@example("x\\")
@example("\\u{41}")
@example("\\\u200d")
def test_quotes_hold_any_text(text: str):
    assert parse(f"Subject:{quote(text)}") == Match("Subject", (Value(text, literal=True),))


@given(
    st.one_of(
        texts, st.lists(texts, max_size=12).map(" ".join), st.text(alphabet="ab:=()[]\"\\ ,*NOTAD@'<>~", max_size=40)
    )
)
@settings(max_examples=250)
def test_any_text_is_read_or_refused_inside_itself(text: str):
    tree = _read(text)
    if isinstance(tree, QueryError):
        assert 0 <= tree.position <= len(text)
        assert tree.length >= 1
        assert tree.message
        assert len(tree.pointed_at(text).splitlines()) == 2
    else:
        assert parse(to_text(tree)) == tree


def _read(text: str) -> Node | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Everything(), ""),
        (And((Word(Value("a")), Or((Word(Value("b")), Word(Value("c")))))), "a AND (b OR c)"),
        (Or((And((Word(Value("a")), Word(Value("b")))), Word(Value("c")))), "a AND b OR c"),
        (Not(Word(Value("a"))), "NOT a"),
        (Not(And((Word(Value("a")), Word(Value("b"))))), "NOT (a AND b)"),
        (Match("Subject", (Value("a b"),)), "Subject:a\\ b"),
        (Match("Subject", (Value("[EXT]"),)), "Subject:\\[EXT]"),
        (Match("Subject", (Value("a"), Value("b c", literal=True))), 'Subject:(a, "b c")'),
        (Match("Subject", (Value("*"),)), "Subject:(*)"),
        (Regex("Subject", r"inv\d+"), r'Subject~"inv\d+"'),
    ],
)
def test_canonical_text(tree: Node, text: str):
    assert to_text(tree) == text
