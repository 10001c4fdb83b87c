"""A filter in words, as a pill says it: ``Sender domain is a.example``. What an attacker wrote is made visible."""

from dashapp.domain.kept_lists import size_of
from dashapp.domain.text import visible
from dashapp.query.fields import Field, Kind, find_field
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
    Leaf,
    Listed,
    Match,
    Node,
    Not,
    Or,
    Present,
    Regex,
    Value,
    Word,
)

MOST_VALUES = 3
LONGEST_VALUE = 60
_ORDERS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}
_TIMES = {">": "after", ">=": "since", "<": "before", "<=": "until"}


def in_words(node: Node) -> str:
    """What ``node`` keeps, as a phrase without a full stop."""
    match node:
        case Everything():
            return "Everything"
        case And(children):
            return " and ".join(_inside(child, Or) for child in children)
        case Or(children):
            return " or ".join(_inside(child, And) for child in children)
        case Not(child):
            return _without(child)
        case _:
            subject, verb, rest = _parts(node)
            return f"{subject} {verb}{rest}"


def _inside(node: Node, *bracketed: type) -> str:
    return f"({in_words(node)})" if isinstance(node, bracketed) else in_words(node)


def _without(node: Node) -> str:
    if isinstance(node, Present):
        return f"{label_of(node.field)} has no value"
    if isinstance(node, Everything):
        return "Nothing"
    if isinstance(node, And | Or | Not):
        return f"NOT ({in_words(node)})"
    subject, verb, rest = _parts(node)
    return f"{subject} {_NEGATED.get(verb, f'NOT {verb}')}{rest}"


_NEGATED = {"is": "is NOT", "contains": "does NOT contain", "matches": "does NOT match"}


def label_of(name: str) -> str:
    """What people call a field."""
    field = find_field(name)
    return field.label if field else name


def _parts(leaf: Leaf) -> tuple[str, str, str]:
    """Subject, verb, and the rest with its leading space."""
    if isinstance(leaf, Word):
        return "Message", "contains", f" {value_words(leaf.value)}"
    field = find_field(leaf.field)
    label = field.label if field else leaf.field
    match leaf:
        case Match(_, values):
            verb = _verb(field, values)
            return label, verb, f" {_any_of(values)}"
        case Exact(_, values):
            return label, "is", f" exactly {_any_of(values)}"
        case Compare(_, operator, value):
            order = _TIMES if field and field.kind is Kind.TIME else _ORDERS
            return label, "is", f" {order[operator]} {value_words(value)}"
        case Between(_, low, high):
            return label, "is", f" {_span(low, high)}"
        case Present():
            return label, "has a value", ""
        case Regex(_, pattern):
            return label, "matches", f" the pattern {_shown(pattern)}"
        case Listed(_, list_id):
            size = size_of(list_id)
            rest = f" one of {size:,} listed values" if size else f" in the list {_shown(list_id)}"
            return label, _verb(field, ()), rest


def _verb(field: Field | None, values: tuple[Value, ...]) -> str:
    if field and field.kind is Kind.TEXT:
        return "contains"
    wild = any(not value.literal and {"*", "?"} & set(value.text) for value in values)
    return "matches" if wild else "is"


def _any_of(values: tuple[Value, ...]) -> str:
    words = [value_words(value) for value in values[:MOST_VALUES]]
    if len(values) > MOST_VALUES:
        return f"any of {', '.join(words)} and {len(values) - MOST_VALUES:,} more"
    return " or ".join(words)


def _span(low: Value, high: Value) -> str:
    if _is_open(low) and _is_open(high):
        return "anything"
    if _is_open(low):
        return f"at most {value_words(high)}"
    return f"at least {value_words(low)}" if _is_open(high) else f"from {value_words(low)} to {value_words(high)}"


def _is_open(value: Value) -> bool:
    return value == Value("*")


def value_words(value: Value) -> str:
    """A value as people read it; the empty one is named."""
    return _shown(value.text)


def _shown(text: str) -> str:
    return (
        visible(text, most=LONGEST_VALUE)
        if text.strip()
        else f"\N{LEFT DOUBLE QUOTATION MARK}{visible(text)}\N{RIGHT DOUBLE QUOTATION MARK}"
    )
