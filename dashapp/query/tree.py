"""The filter as a tree: what the text, the pills and the builder all say. Immutable, comparable, hashable."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Value:
    """One value as typed.

    Attributes:
        text: Without quotes.
        literal: It was quoted, so ``*`` and ``?`` are ordinary characters.
    """

    text: str
    literal: bool = False


@dataclass(frozen=True)
class Match:
    """``field:value`` or ``field:(a, b)``: any of the values, in the way of the field's kind (see ``fields``)."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Exact:
    """``field="value"``: equal, whatever the field's kind; case-insensitive."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Compare:
    """``field>=3``: a number or a time against one bound."""

    field: str
    operator: Literal[">", ">=", "<", "<="]
    value: Value


@dataclass(frozen=True)
class Between:
    """``field:[a TO b]``: both ends included; ``*`` leaves an end open."""

    field: str
    low: Value
    high: Value


@dataclass(frozen=True)
class Present:
    """``field:*``: the field has a value."""

    field: str


@dataclass(frozen=True)
class Regex:
    """``field~"pattern"``: RE2, unanchored, case-insensitive."""

    field: str
    pattern: str


@dataclass(frozen=True)
class Listed:
    """``field:@list``: any value of a stored list."""

    field: str
    list_id: str


@dataclass(frozen=True)
class Word:
    """A bare word: looked for in subject, sender, display name, recipient and ids."""

    value: Value


@dataclass(frozen=True)
class Not:
    """The exact complement; a missing value matches nothing, so ``NOT x`` finds it."""

    child: "Node"


@dataclass(frozen=True)
class And:
    """All of two or more."""

    children: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of two or more."""

    children: tuple["Node", ...]


@dataclass(frozen=True)
class Everything:
    """No condition: the empty text."""


Leaf: TypeAlias = Match | Exact | Compare | Between | Present | Regex | Listed | Word
Node: TypeAlias = Leaf | Not | And | Or | Everything


def all_of(*nodes: Node) -> Node:
    """``nodes`` joined by AND, without what says nothing and without nesting AND in AND."""
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, And):
            flat.extend(node.children)
        elif not isinstance(node, Everything):
            flat.append(node)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def leaves(node: Node) -> Iterator[Leaf]:
    """The single conditions of ``node``, from left to right."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child)
        case Not(child):
            yield from leaves(child)
        case Everything():
            return
        case _:
            yield node
