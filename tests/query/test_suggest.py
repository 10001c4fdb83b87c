"""Suggestions fit the place of the cursor, and taking one gives a text that is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from dashapp.query.suggest import Sort, rest_of, suggestions, typed_value, written
from dashapp.query.tree import Between, Compare, Match
from tests.query.strategies import texts


def shown(text: str, cursor: int | None = None) -> list[str]:
    return [item.text for item in suggestions(text, len(text) if cursor is None else cursor)]


def taken(text: str, index: int = 0) -> str:
    item = suggestions(text, len(text))[index]
    return text[: item.start] + item.text + text[item.end :]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "Timestamp:"),
        ("subj", "Subject:"),
        ("fami", "ThreatFamily:"),
        ("threat:malware AND coun", "SenderCountry:"),
        ("(NOT pri", "PrimaryThreat:"),
        ("threat", ":"),
        ("size", ":"),
        ("date", ">="),
        ("threat:", "Malware"),
        ("threat:ph", "Phish"),
        ("threat: ph", "Phish"),
        ("threat:(malware, s", "Spam"),
        ("threat:(", "Malware"),
        ('delivery:"deliv', '"Delivered to junk"'),
        ("delivery:del", '"Delivered to junk"'),
        ("simulation:", "true"),
        ("date:[now-7d TO n", "now-1h"),
        ("spf:non", "None"),
        ("threat:malware ", "AND "),
        ("threat:malware AND ", "Timestamp:"),
        ('"a b" ', "AND "),
        ("threat:(malware, phish) s", "Subject:"),
    ],
)
def test_first_suggestion(text: str, first: str):
    found = shown(text)
    assert found[0] == first
    assert len(found) <= 10


def test_suggestion_replaces_only_what_was_typed_of_it():
    assert taken("spf:pass threat:ph") == "spf:pass threat:Phish"
    assert taken("threat:(malware, ph") == "threat:(malware, Phish"
    assert taken("(a OR subj") == "(a OR Subject:"
    assert taken("fami") == "ThreatFamily:"
    assert taken("delivery:junk") == 'delivery:"Delivered to junk"'


def test_suggestion_in_the_middle_leaves_the_rest():
    text = "threat:ph AND spf:fail"
    item = suggestions(text, 9)[0]
    assert text[: item.start] + item.text + text[item.end :] == "threat:Phish AND spf:fail"


def test_every_value_offered_is_read():
    for text in ("tech:", "delivery:", "spf:", "OverrideSource:", "click:", "date>=", "simulation:"):
        for index in range(len(suggestions(text, len(text)))):
            assert isinstance(parse(taken(text, index)), Match | Between | Compare)


@pytest.mark.parametrize("text", ["nosuchfield:x", "subject:x", "asn:"])
def test_nothing_to_offer(text: str):
    assert not [item for item in suggestions(text, len(text)) if item.sort is Sort.VALUE]


@given(st.one_of(texts, st.lists(texts, max_size=5).map(" ".join)), st.integers(-3, 60))
def test_any_text_and_cursor(text: str, cursor: int):
    for item in suggestions(text, cursor):
        assert 0 <= item.start <= item.end <= len(text)


@pytest.mark.parametrize(
    ("text", "cursor", "operator", "typed", "end"),
    [
        ("domain:ab", 9, ":", "ab", 9),
        ("domain:abcd spf:fail", 9, ":", "ab", 11),
        ('domain:"ab"', 10, ":", "ab", 11),
        ("domain:(a, bc, d)", 13, ":", "bc", 13),
        ("domain=*ab", 10, "=", "ab", 10),
        ("size>=3", 7, ">=", "3", 7),
    ],
)
def test_the_value_under_the_cursor(text: str, cursor: int, operator: str, typed: str, end: int) -> None:
    found = typed_value(text, cursor)
    assert found is not None
    assert (found.operator, found.text, found.end) == (operator, typed, end)


@pytest.mark.parametrize("text", ["domain", "spf:fail ", "", "nosuchfield:a"])
def test_no_value_is_typed(text: str) -> None:
    assert typed_value(text, len(text)) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("domain:|", ""),
        ("spf:fail domain:a|", "Spf:fail"),
        ("domain:a|bc AND spf:fail", "Spf:fail"),
        ("spf:fail AND domain:a| AND dkim:pass", "Spf:fail AND Dkim:pass"),
        ("spf:fail AND NOT domain:a|", "Spf:fail"),
        ("spf:fail OR domain:a|", ""),
        ("spf:fail AND (dkim:pass OR domain:a|)", "Spf:fail"),
        ("spf:fail AND (dkim:pass AND domain:a|", "Spf:fail AND Dkim:pass"),
        ("spf:fail AND domain:(x, a|, b) AND dkim:pass", "Spf:fail AND Dkim:pass"),
        ("spf: AND domain:a|", ""),
        ('spf:fail domain:"a|" dkim:pass', "Spf:fail AND Dkim:pass"),
    ],
)
def test_the_rest_is_what_holds_whatever_is_typed(text: str, rest: str) -> None:
    cursor = text.index("|")
    plain = text.replace("|", "")
    typed = typed_value(plain, cursor)
    assert typed is not None
    assert to_text(rest_of(plain, typed)) == rest


@given(st.one_of(texts, st.lists(texts, max_size=5).map(" ".join)), st.integers(-3, 60))
def test_any_text_has_a_rest(text: str, cursor: int) -> None:
    text = f"domain:a {text} sender:{text}"
    if typed := typed_value(text, cursor):
        rest = rest_of(text, typed)
        assert parse(to_text(rest)) == rest


@given(texts)
def test_a_written_value_is_read_as_itself(value: str) -> None:
    node = parse(f"SenderFromDomain:{written(value)}")
    assert isinstance(node, Match)
    assert node.values[0].text == value.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
