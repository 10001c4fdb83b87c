"""Text, pills and builder are faces of one tree: nothing is lost on the way through all of them and the address."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashapp.query.draft import (
    ONLY_OUTERMOST,
    Condition,
    DraftError,
    Group,
    Problem,
    Written,
    draft_of,
    finished,
    read_draft,
    told,
)
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.pills import Pills, read_pills
from dashapp.query.printing import to_text
from dashapp.query.tree import Everything, Node
from dashapp.query.urlstate import EXPLORER, ViewState
from tests.query.strategies import leaves, trees


def readable(node: Node) -> bool:
    try:
        parse(to_text(node))
    except QueryError:
        return False
    return True


nodes = trees(leaves()).filter(readable)


def through_all_faces(text: str) -> Pills:
    """Text, pills, draft, JSON, draft, pills, address, pills."""
    draft = read_draft(json.loads(json.dumps(told(draft_of(read_pills(text))))))
    made = finished(draft)
    assert made.problems == ()
    query, disabled = made.pills.texts()
    state = ViewState.from_search(ViewState(query=query, disabled=disabled).to_search(EXPLORER), EXPLORER)
    return read_pills(state.query, state.disabled)


@given(nodes)
@settings(max_examples=200, deadline=None)
def test_any_tree_comes_back_from_text_pills_builder_and_address(node: Node) -> None:
    assert through_all_faces(to_text(node)).node == node


@given(nodes, nodes)
@settings(max_examples=60, deadline=None)
def test_terms_switched_off_come_back_too(node: Node, off: Node) -> None:
    pills = read_pills(to_text(node), to_text(off))
    made = finished(read_draft(told(draft_of(pills))))

    assert made.problems == ()
    assert made.pills.texts() == pills.texts()


@given(nodes)
@settings(max_examples=60, deadline=None)
def test_a_condition_means_the_same_when_the_text_it_came_from_is_forgotten(node: Node) -> None:
    """What somebody sees is what is built, also when a neighbour was changed."""
    draft = draft_of(read_pills(to_text(node)))
    made = finished(forgetful(draft))

    assert draft_of(made.pills) == draft_of(read_pills(*made.pills.texts()))
    assert _seen(draft_of(made.pills)) == _seen(draft)


def forgetful(row: Any) -> Any:
    if isinstance(row, Group):
        return Group(tuple(map(forgetful, row.rows)), row.any_of, row.negated, row.off)
    return Condition(row.field, row.way, row.values, row.negated, row.off) if isinstance(row, Condition) else row


def _seen(row: Any) -> Any:
    """What is on the screen; a condition in text and the condition it could be are told apart by nobody."""
    if isinstance(row, Group):
        return (row.any_of if len(row.rows) > 1 else None, row.negated, [_seen(inner) for inner in row.rows])
    if isinstance(row, Written):
        return to_text(parse(row.text))
    return (row.field, row.way, row.values, row.negated)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("subject:invoice", Condition("Subject", "contains", ("invoice",))),
        ('subject="invoice"', Condition("Subject", "is", ("invoice",))),
        ("from:(a@b.example, c@d.example)", Condition("SenderFromAddress", "is", ("a@b.example", "c@d.example"))),
        ('from="a@b.example"', Condition("SenderFromAddress", "is", ("a@b.example",))),
        ("from:*evil*", Condition("SenderFromAddress", "contains", ("evil",))),
        ("from:bill*", Condition("SenderFromAddress", "starts", ("bill",))),
        ("from:*@*.example", Condition("SenderFromAddress", "wildcard", ("*@*.example",))),
        ('subject~"^(?:in\\.v|x)"', Condition("Subject", "starts", ("in.v", "x"))),
        ('subject~"^inv"', Condition("Subject", "regex", ("^inv",))),
        ("subject:*", Condition("Subject", "has")),
        ("EmailSize>=3", Condition("EmailSize", "least", ("3",))),
        ("EmailSize:[1 TO *]", Condition("EmailSize", "between", ("1", "*"))),
        ("ip:192.0.2.0/24", Condition("SenderIP", "is", ("192.0.2.0/24",))),
        ("invoice", Condition("", "contains", ("invoice",))),
        ("NOT from:*evil*", Condition("SenderFromAddress", "contains", ("evil",), negated=True)),
        ("subject:@mine", Written("Subject:@mine")),
        ('from:(a*, "b*")', Written('SenderFromAddress:(a*, "b*")')),
    ],
)
def test_what_a_condition_looks_like(text: str, row: Condition | Written) -> None:
    (found,) = draft_of(read_pills(text)).rows
    kept = "" if isinstance(row, Written) else to_text(parse(text)).removeprefix("NOT ")
    assert found == (row if isinstance(row, Written) else Condition(**{**vars(row), "kept": kept}))


def test_groups_are_what_the_brackets_are() -> None:
    draft = draft_of(read_pills("a AND (b OR NOT (c AND d))", "e"))

    assert draft.rows[1] == Group(
        (
            Condition("", "contains", ("b",), kept="b"),
            Group(
                (Condition("", "contains", ("c",), kept="c"), Condition("", "contains", ("d",), kept="d")), negated=True
            ),
        ),
        any_of=True,
    )
    assert draft.rows[2] == Condition("", "contains", ("e",), off=True, kept="e")
    assert draft_of(read_pills("a OR b")).any_of
    assert draft_of(read_pills("NOT (a b)")).negated


def test_a_changed_condition_is_built_anew() -> None:
    group = Group((Condition("Subject", "contains", ("new",), kept="Subject:old"), Condition("Spf", "is", ("fail",))))
    assert finished(group).pills.texts()[0] == 'Subject:"new" AND Spf:"fail"'


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (Condition("Subject", "contains"), "A value is missing."),
        (Condition("Subject", ""), "Choose how to compare."),
        (Condition("Nonsense", "is", ("1",)), "There is no property 'Nonsense'."),
        (Condition("EmailSize", "is", ("big",)), "'big' is not a number; EmailSize takes numbers such as 3."),
        (Condition("EmailSize", "between", ("1", "")), "Both ends are needed."),
        (
            Condition("SenderIP", "is", ("evil.example",)),
            "'evil.example' is not an IP address or a block such as 192.0.2.0/24.",
        ),
        (Condition("Subject", "regex", ("(?=x)",)), "Patterns know no look-ahead, look-behind or back-references."),
        (Condition("SenderFromAddress", "contains", ("a*b",)), "To look for * or ? itself here, use a pattern."),
        (Condition("SenderFromAddress", "starts", ("",)), "A value is empty."),
        (Written(" "), "A condition is missing."),
    ],
)
def test_what_is_wrong_is_said_at_its_place(row: Condition | Written, message: str) -> None:
    made = finished(Group((Condition("", "contains", ("fine",)), Group((row,), any_of=True))))
    assert made.problems == (Problem((1, 0), message),)
    assert made.pills == Pills()


def test_a_date_that_is_none_is_said() -> None:
    (problem,) = finished(Group((Condition("Timestamp", "least", ("yesterday-ish",)),))).problems
    assert "yesterday-ish" in problem.message


def test_a_text_that_cannot_be_read_is_pointed_at() -> None:
    (problem,) = finished(Group((Written("subject:(a"),))).problems
    assert problem.message == "This list is not closed.\nsubject:(a\n        ^"


@pytest.mark.parametrize(
    ("draft", "part"),
    [
        (Group(tuple(Condition("", "contains", (f"w{n}",)) for n in range(101))), "100 terms"),
        (Group((Condition("", "contains", ("x" * 2001,)),)), "2,000 characters"),
    ],
)
def test_limits_are_said_in_words(draft: Group, part: str) -> None:
    (problem,) = finished(draft).problems
    assert problem.at == ()
    assert part in problem.message


def test_too_deep_a_draft_is_said() -> None:
    draft = Group((Condition("", "contains", ("x",)),))
    for level in range(22):
        draft = Group((draft, Condition("", "contains", ("y",))), any_of=level % 2 == 0)
    (problem,) = finished(draft).problems
    assert "10 deep" in problem.message


@pytest.mark.parametrize(
    "draft",
    [
        Group((Group((Condition("", "contains", ("x",), off=True),)),)),
        Group((Condition("", "contains", ("x",), off=True), Condition("", "contains", ("y",))), any_of=True),
    ],
)
def test_what_cannot_be_switched_off_is_said(draft: Group) -> None:
    assert [problem.message for problem in finished(draft).problems] == [ONLY_OUTERMOST]


def test_the_engine_may_refuse_a_leaf() -> None:
    made = finished(Group((Written("a OR b"),)), check=lambda leaf: "No." if leaf == parse("b") else "")
    assert made.problems == (Problem((0,), "No."),)


def test_an_empty_draft_keeps_everything() -> None:
    assert finished(Group()).pills.node == Everything()


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["join", "rows", "not", "off", "field", "way", "values", "kept", "text"]), inner, max_size=5
        ),
    ),
    max_leaves=12,
)


@given(json_values)
@example({"rows": [{"field": "Subject", "way": "regex", "values": ["("]}]})
@example({"rows": [{"field": "Subject", "way": "starts", "values": ["\ud800"], "kept": "NOT x"}]})
@settings(max_examples=300, deadline=None)
def test_whatever_the_browser_sends_is_a_draft_or_refused(sent: object) -> None:
    try:
        draft = read_draft(sent)
    except DraftError:
        return
    made = finished(draft)
    if not made.problems:
        assert read_pills(*made.pills.texts()).texts() == made.pills.texts()


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"field": "Subject"},
        {"rows": [{"rows": {}}]},
        {"rows": [{"text": 1}]},
        {"rows": [{}] * 500},
        {"rows": [{"text": "x" * 300_000}]},
    ],
)
def test_what_is_no_draft_is_refused(sent: object) -> None:
    with pytest.raises(DraftError):
        read_draft(sent)


def test_a_draft_nested_beyond_any_query_is_refused() -> None:
    sent: dict[str, Any] = {"rows": []}
    for _ in range(150):
        sent = {"rows": [sent]}
    with pytest.raises(DraftError):
        read_draft(sent)
