"""From filter tree to canonical text: one line of printable characters that ``parse`` reads as the same tree."""

from collections.abc import Sequence

from dashapp.query.defang import refang
from dashapp.query.recognise import recognise
from dashapp.query.scan import FIELD, KEYWORDS
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
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

__all__ = ["quote", "spans", "to_text"]

_AND = " AND "
_RESERVED = frozenset('(),"\\')


def to_text(node: Node) -> str:
    """The canonical text of a tree; empty for ``Everything``.

    ``parse(to_text(node)) == node`` for every tree whose fields exist and whose values suit them.
    """
    return "" if isinstance(node, Everything) else _text(node)


def spans(terms: Sequence[Node]) -> tuple[tuple[int, int], ...]:
    """Where each of ``terms`` stands in the text of all joined by AND: first character, and just behind the last."""
    if len(terms) == 1:
        return ((0, len(to_text(terms[0]))),)
    found, at = [], 0
    for term in terms:
        end = at + len(_inside(term, And, Or))
        found.append((at, end))
        at = end + len(_AND)
    return tuple(found)


def reference(list_id: str) -> str:
    """A stored list as the value of a field."""
    plain = list_id.isascii() and list_id.replace("-", "_").isidentifier() and len(list_id) <= 64
    return f"@{list_id if plain else quote(list_id)}"


def quote(text: str) -> str:
    """``text`` in quotes, whatever it holds: printable characters only, on one line."""
    parts = []
    for index, char in enumerate(text):
        following = text[index + 1 : index + 2]
        if char == '"' or (char == "\\" and (following in {"", "\\", '"', "u"} or not following.isprintable())):
            parts.append(f"\\{char}")
        else:
            parts.append(_visible(char))
    return '"' + "".join(parts) + '"'


def _text(node: Node) -> str:
    match node:
        case Everything():
            return "()"
        case And(children):
            return _AND.join(_inside(child, And, Or) for child in children)
        case Or(children):
            return " OR ".join(_inside(child, Or) for child in children)
        case Not(child):
            return f"NOT {_inside(child, And, Or)}"
        case _:
            return _leaf(node)


def _inside(node: Node, *bracketed: type) -> str:
    return f"({_text(node)})" if isinstance(node, bracketed) else _text(node)


def _leaf(node: Node) -> str:
    match node:
        case Match(field, values):
            return f"{field}:{_values(values)}"
        case Exact(field, values):
            return f"{field}={_values(values)}"
        case Compare(field, operator, value):
            return f"{field}{operator}{_value(value)}"
        case Between(field, low, high):
            return f"{field}:[{_bound(low)} TO {_bound(high)}]"
        case Present(field):
            return f"{field}:*"
        case Regex(field, pattern):
            return f"{field}~{quote(pattern)}"
        case Listed(field, list_id):
            return f"{field}:{reference(list_id)}"
        case Word(value):
            return _word(value)
        case _:
            raise TypeError(f"{type(node).__name__} is no node of a filter")


def _values(values: tuple[Value, ...]) -> str:
    if len(values) == 1 and values[0] != Value("*"):
        return _value(values[0])
    return f"({', '.join(_value(value) for value in values)})"


def _value(value: Value) -> str:
    if value.literal:
        return quote(value.text)
    # a keyword or a defanged form would be read as what it stands for
    special = value.text.upper() in KEYWORDS or refang(value.text) != value.text
    lead = "\\" if value.text[:1] in {"[", "@"} and not special else ""
    return lead + _plain(value.text, special=special, reserved=_RESERVED)


def _bound(value: Value) -> str:
    if value.literal:
        return quote(value.text)
    return _plain(value.text, special=value.text.upper() == "TO", reserved=_RESERVED | {"]"})


def _word(value: Value) -> str:
    if value.literal:
        return quote(value.text)
    special = value.text.upper() in KEYWORDS or recognise(value.text) is not None or FIELD.match(value.text) is not None
    return _plain(value.text, special=special, reserved=_RESERVED)


def _plain(text: str, *, special: bool, reserved: frozenset[str]) -> str:
    if not text:
        return "\\u{}"
    shown = [f"\\{char}" if char in reserved or char == " " else _visible(char) for char in text]
    if special:
        shown[0] = f"\\u{{{ord(text[0]):x}}}"
    return "".join(shown)


def _visible(char: str) -> str:
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"
