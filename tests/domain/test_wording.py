"""Filters in words."""

import pytest
from hypothesis import given

from dashapp.domain.text import visible
from dashapp.domain.wording import in_words
from dashapp.query.grammar import parse
from dashapp.query.tree import Node
from tests.query.strategies import leaves, trees


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("domain:a.example", "Sender domain is a.example"),
        ("NOT domain:a.example", "Sender domain is NOT a.example"),
        ("domain:*.example", "Sender domain matches *.example"),
        ("domain:(a.example, b.example)", "Sender domain is a.example or b.example"),
        ("domain:(a, b, c, d, e)", "Sender domain is any of a, b, c and 2 more"),
        ("subject:invoice", "Subject contains invoice"),
        ("NOT subject:invoice", "Subject does NOT contain invoice"),
        ('subject="an invoice"', "Subject is exactly an invoice"),
        ("invoice", "Message contains invoice"),
        ("size>=3", "Email size is at least 3"),
        ("date>=now-7d", "Date is since now-7d"),
        ("size:[3 TO *]", "Email size is at least 3"),
        ("size:[3 TO 5]", "Email size is from 3 to 5"),
        ("family:*", "Malware family has a value"),
        ("NOT family:*", "Malware family has no value"),
        ('subject~"a+"', "Subject matches the pattern a+"),
        ("domain:@partners", "Sender domain is in the list partners"),
        ("spf:fail OR dkim:fail", "SPF is fail or DKIM is fail"),
        ("NOT (spf:fail AND dkim:fail)", "NOT (SPF is fail and DKIM is fail)"),
        ('subject:""', "Subject contains \u201c\u201d"),
        ('subject:"a\u202eb"', "Subject contains a\u27e6U+202E\u27e7b"),
        ("", "Everything"),
        ("NOT ()", "Nothing"),
    ],
)
def test_words(query: str, words: str) -> None:
    assert in_words(parse(query)) == words


@given(trees(leaves()))
def test_any_filter_has_words_of_one_line(node: Node) -> None:
    words = in_words(node)

    assert words
    assert words == visible(words, most=len(words))
