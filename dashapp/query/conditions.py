"""Conditions made from values that were seen, rather than typed: they find exactly what has these values."""

from collections.abc import Sequence

from dashapp.query.fields import Field, Kind
from dashapp.query.tree import Exact, Match, Node, Not, Present, Value


def having(field: Field, values: Sequence[str]) -> list[Node]:
    """The terms that all hold for a message with these ``values``; without any, that there is none."""
    if not values:
        return [Not(Present(field.name))]
    return [_equal(field, value) for value in dict.fromkeys(values)]


def _equal(field: Field, value: str) -> Node:
    exact = Value(value, literal=True)
    return Exact(field.name, (exact,)) if field.kind is Kind.TEXT else Match(field.name, (exact,))
