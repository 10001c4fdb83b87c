"""Long lists are found, stored once and named; everything else stays as typed."""

import pytest

from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.lists import needs_stored_list, store_long_lists
from dashapp.query.tree import And, Listed, Match, Value, Word


def addresses(count: int) -> list[str]:
    return [f"user{number}@x.example" for number in range(count)]


def test_fifty_values_stay_and_fifty_one_are_stored():
    short, long = (f"to:({', '.join(addresses(count))})" for count in (50, 51))
    assert not needs_stored_list(short)
    assert needs_stored_list(long)
    assert store_long_lists(short, lambda _field, _values: pytest.fail("stored")) == short


def test_text_is_rewritten_around_the_reference():
    kept: dict[str, tuple[str, ...]] = {}

    def store(field: str, values: tuple[str, ...]) -> str:
        kept[field] = values
        return f"{field} {len(values)}"

    pasted = "\n".join([*addresses(60), addresses(1)[0]])
    text = store_long_lists(f"invoice from:({pasted}) threat:(malware, phish)", store)
    assert kept == {"SenderFromAddress": tuple(addresses(60))}
    assert parse(text) == And(
        (
            Word(Value("invoice")),
            Listed("SenderFromAddress", "SenderFromAddress 60"),
            Match("ThreatTypes", (Value("malware"), Value("phish"))),
        )
    )


def test_bare_pasted_lines_become_a_list():
    lines = "\n".join(f"{number:064x}" for number in range(900))
    assert needs_stored_list(lines)
    assert parse(store_long_lists(lines, lambda _field, values: f"l{len(values)}")) == Listed("SHA256", "l900")


def test_list_of_patterns_stays():
    assert not needs_stored_list(f"from:({', '.join(f'*{number}' for number in range(60))})")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"to:({', '.join(addresses(10_001))})", "10,000 values"),
        ("x" * 200_001, "200,000 characters"),
        ("to:(a", "not closed"),
    ],
)
def test_limits(text: str, says: str):
    assert not needs_stored_list(text)
    with pytest.raises(QueryError, match=says):
        store_long_lists(text, lambda _field, _values: "x")
