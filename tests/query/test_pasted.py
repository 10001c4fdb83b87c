"""Whatever is put into the search box becomes a query that can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.pasted import query_for
from dashapp.query.tree import Everything, Value, Word


@pytest.mark.parametrize(
    ("pasted", "query"),
    [
        (" 203[.]0[.]113[.]7 ", "SenderIP:203.0.113.7"),
        ("<abc@x.example>", "InternetMessageId:<abc@x.example>"),
        ("from:a@b.example NOT Subject:x", "from:a@b.example NOT Subject:x"),
        ("invoice overdue", "invoice overdue"),
        ("Re: invoice (urgent)!", '"Re: invoice (urgent)!"'),
        ('say "hello', '"say \\"hello"'),
        ("two\n lines: of text", '"two lines: of text"'),
        ("", ""),
        ("  ", ""),
    ],
)
def test_what_becomes_of_it(pasted: str, query: str) -> None:
    assert query_for(pasted) == query


@pytest.mark.parametrize("between", ["\n", " ", "\r\n", ",\n"])
def test_several_things_are_any_of_them(between: str) -> None:
    assert query_for(between.join(["203.0.113.7", "203.0.113.8"])) == "SenderIP:(203.0.113.7, 203.0.113.8)"


def test_what_is_too_long_is_left_for_the_query_bar_to_refuse() -> None:
    text = "word " * MOST_CHARACTERS
    assert query_for(text) == text.strip()


@given(st.text(max_size=200))
def test_it_can_always_be_read(text: str) -> None:
    assert isinstance(parse(query_for(text)), Everything) == (not text.strip())


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80))
def test_what_is_no_query_is_looked_for_as_it_stands(text: str) -> None:
    query = query_for(f"({text}")  # a bracket that never closes, unless the text closes it
    node = parse(query)
    if isinstance(node, Word) and node.value.literal:
        assert node.value == Value(" ".join(f"({text}".split()), literal=True)
    assert not isinstance(node, Everything)
