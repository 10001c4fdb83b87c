"""Suggestions fit the place of the cursor, and taking one gives a text that is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.grammar import parse
from dashapp.query.suggest import Sort, suggestions
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
            parse(taken(text, index))


@pytest.mark.parametrize("text", ["nosuchfield:x", "subject:x", "asn:"])
def test_nothing_to_offer(text: str):
    assert not [item for item in suggestions(text, len(text)) if item.sort is Sort.VALUE]


@given(st.one_of(texts, st.lists(texts, max_size=5).map(" ".join)), st.integers(-3, 60))
def test_any_text_and_cursor(text: str, cursor: int):
    for item in suggestions(text, cursor):
        assert 0 <= item.start <= item.end <= len(text)
