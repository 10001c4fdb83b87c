"""Pills and text are two faces of one tree: nothing is lost on the way from one to the other and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.pills import Pill, Pills, opposite, read_pills
from dashapp.query.printing import to_text
from dashapp.query.tree import And, Everything, Match, Node, Not, Value
from dashapp.query.urlstate import EXPLORER, ViewState
from tests.query.strategies import leaves, trees

nodes = trees(leaves())


def through_address(pills: Pills) -> Pills:
    query, disabled = pills.texts()
    search = ViewState(query=query, disabled=disabled).to_search(EXPLORER)
    state = ViewState.from_search(search, EXPLORER)
    return read_pills(state.query, state.disabled)


def readable(node: Node) -> bool:
    try:
        parse(to_text(node))
    except QueryError:
        return False
    return True


def shown(pills: Pills) -> list[tuple[str, bool]]:
    return [(to_text(pill.node), pill.enabled) for pill in pills.row]


@given(nodes.filter(readable))
def test_any_tree_comes_back_from_text_pills_and_address(node: Node) -> None:
    pills = read_pills(to_text(node))

    assert pills.node == node
    assert through_address(pills).node == node


@given(nodes.filter(readable), st.data())
def test_switching_off_and_on_again_keeps_the_terms(node: Node, data: st.DataObject) -> None:
    pills = read_pills(to_text(node))
    if not pills.row:
        return
    place = data.draw(st.integers(0, len(pills.row) - 1))

    off = through_address(pills.switched(place))
    on = off
    while any(not pill.enabled for pill in on.row):
        on = through_address(on.switched(len(on.row) - 1))

    assert not isinstance(off.disabled, Everything) or pills.row[place].node == Everything()
    assert flat(on) == flat(pills)


def flat(pills: Pills) -> list[str]:
    """The terms without regard to order; one that is itself an AND counts as its parts."""
    found: list[str] = []
    for pill in pills.row:
        found.extend(_parts(pill.node))
    return sorted(found)


def _parts(node: Node) -> list[str]:
    if isinstance(node, And):
        return [part for child in node.children for part in _parts(child)]
    return [] if isinstance(node, Everything) else [to_text(node)]


@given(nodes.filter(readable))
def test_each_term_is_where_its_span_says(node: Node) -> None:
    pills = read_pills(to_text(node))
    text, _ = pills.texts()

    for pill, (start, end) in zip(pills.row, pills.spans(), strict=True):
        inner = text[start:end]
        assert inner in {to_text(pill.node), f"({to_text(pill.node)})", "()"}


@given(nodes.filter(readable), st.data())
def test_turning_round_twice_changes_nothing(node: Node, data: st.DataObject) -> None:
    pills = read_pills(to_text(node))
    if not pills.row:
        return
    place = data.draw(st.integers(0, len(pills.row) - 1))

    twice = pills.negated(place).negated(place).row[place].node
    assert twice in (pills.row[place].node, opposite(opposite(pills.row[place].node)))
    assert len(pills.without(place).row) == len(pills.row) - 1


def test_the_top_level_terms_are_the_pills() -> None:
    pills = read_pills("PrimaryThreat:Phish (a OR b) NOT sender:x@y.example", "Spf:fail")

    assert shown(pills) == [
        ("PrimaryThreat:Phish", True),
        ("a OR b", True),
        ("NOT SenderFromAddress:x@y.example", True),
        ("Spf:fail", False),
    ]
    assert pills.texts() == ("PrimaryThreat:Phish AND (a OR b) AND NOT SenderFromAddress:x@y.example", "Spf:fail")


def test_a_switched_off_term_stays_but_is_not_applied() -> None:
    pills = read_pills("PrimaryThreat:Phish AND Spf:fail").switched(0)

    assert pills.texts() == ("Spf:fail", "PrimaryThreat:Phish")
    assert pills.switched(1).texts() == ("Spf:fail AND PrimaryThreat:Phish", "")


@pytest.mark.parametrize(
    ("query", "off", "expected"),
    [
        ("", "", ("Spf:fail", "")),
        ("PrimaryThreat:Phish", "", ("PrimaryThreat:Phish AND Spf:fail", "")),
        ("Spf:fail", "", ("Spf:fail", "")),
        ("NOT Spf:fail", "", ("Spf:fail", "")),
        ("", "Spf:fail", ("Spf:fail", "")),
        ("", "NOT Spf:fail AND Dkim:pass", ("Spf:fail", "Dkim:pass")),
    ],
)
def test_a_new_term_takes_the_place_of_its_like(query: str, off: str, expected: tuple[str, str]) -> None:
    term = Match("Spf", (Value("fail"),))

    assert read_pills(query, off).narrowed(term).texts() == expected


def test_negating_is_the_exact_complement() -> None:
    assert read_pills("Spf:fail").negated(0).row == (Pill(Not(Match("Spf", (Value("fail"),)))),)
    assert read_pills("NOT Spf:fail").negated(0).texts() == ("Spf:fail", "")


@pytest.mark.parametrize("text", ["((", "Nonsense:1", "x" * (MOST_CHARACTERS + 1)])
def test_what_cannot_be_read_has_no_pills(text: str) -> None:
    with pytest.raises(QueryError):
        read_pills(text)
    with pytest.raises(QueryError):
        read_pills("", text)
