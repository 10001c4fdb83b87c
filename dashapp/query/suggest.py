"""What may be typed next, for a cursor in a query text: fields, operators, usual values, AND and OR."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dashapp.query import limits
from dashapp.query.errors import QueryError
from dashapp.query.fields import Field, Kind, find_field
from dashapp.query.grammar import parse
from dashapp.query.printing import quote
from dashapp.query.scan import FIELD, KEYWORDS
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import And, Everything, Node, Not, Or, Value, Word, all_of

MOST = 10
_FLAGS = ("true", "false")
_TIMES = ("now-1h", "now-1d", "now-7d", "now-30d", "now/d")
_OPERATORS = {
    Kind.TEXT: ((":", "contains"), ("=", "equals"), ("~", "matches the pattern"), (":*", "has a value")),
    Kind.KEYWORD: ((":", "is; takes * and ?"), ("=", "equals"), ("~", "matches the pattern"), (":*", "has a value")),
    Kind.NUMBER: ((":", "is"), (">=", "at least"), ("<=", "at most"), (":[", "from … to"), (":*", "has a value")),
    Kind.TIME: ((">=", "since"), ("<", "before"), (":[", "from … to"), (":*", "has a value")),
    Kind.FLAG: ((":", "is"), (":*", "is known")),
    Kind.IP: ((":", "is, or lies in a block"), (":*", "has a value")),
}
_PLAIN = re.compile(r"[\w./-][\w./@+-]*")
_REST_OF_WORD = re.compile(r'"?[^\s(),"\]]*"?')
_HERE = Word(Value("\ue000 here", literal=True))  # stands for the term under the cursor


class Sort(StrEnum):
    """What a suggestion is."""

    FIELD = "field"
    OPERATOR = "operator"
    VALUE = "value"
    CONNECTIVE = "connective"


@dataclass(frozen=True)
class Suggestion:
    """One thing that may be typed.

    Attributes:
        sort: What it is.
        text: Replaces the characters from ``start`` to ``end`` of the query text.
        label: For people, beside the text.
        start: First character it replaces.
        end: Just behind the last.
    """

    sort: Sort
    text: str
    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Typed:
    """A value that is being typed.

    Attributes:
        field: Whose value.
        operator: Between field and value.
        text: What is there of the value up to the cursor, without quotes and stars at its ends.
        term: First character of the whole term in the query text.
        start: First character of the value.
        end: Just behind the word under the cursor.
    """

    field: Field
    operator: str
    text: str
    term: int
    start: int
    end: int


def typed_value(text: str, cursor: int, subject: Subject = MESSAGES) -> Typed | None:
    """The value at ``cursor``; None if no value of a field of ``subject`` is being typed there."""
    cursor = min(max(cursor, 0), len(text))
    before = text[:cursor]
    term = _term_start(before)
    match = FIELD.match(before, term)
    field = _field_called(match[1], subject) if match else None
    if match is None or field is None:
        return None
    start = _value_start(before, match.end())
    return Typed(field, match[2], before[start:].strip('"*'), term, start, _word_end(text, start, cursor))


def rest_of(text: str, typed: Typed) -> Node:
    """The terms that are applied whatever the value at the cursor becomes; ``Everything`` if that cannot be told."""
    ahead, behind = text[: typed.term], text[typed.end :]
    if text[typed.term : typed.start].rstrip().endswith(("(", "[", ",", "TO")):
        behind = re.sub(r"^[^)\]]*[)\]]?", "", behind, count=1)
    for closing in range(limits.MOST_DEPTH):
        try:
            node = parse(f"{ahead}{quote(_HERE.value.text)}{behind}{')' * closing}")
        except QueryError:
            continue
        return all_of(*(term for term in _all_terms(node) if not _holds(term)))
    return Everything()


def _all_terms(node: Node) -> tuple[Node, ...]:
    return tuple(inner for child in node.children for inner in _all_terms(child)) if isinstance(node, And) else (node,)


def _holds(node: Node) -> bool:
    """Whether the term under the cursor is in ``node``."""
    if isinstance(node, And | Or):
        return any(_holds(child) for child in node.children)
    return _holds(node.child) if isinstance(node, Not) else node == _HERE


def suggestions(text: str, cursor: int, subject: Subject = MESSAGES) -> list[Suggestion]:
    """What may stand at ``cursor``, best first, at most 10.

    Args:
        text: As typed so far; need not be complete or right.
        cursor: Index of the character behind the cursor; anything outside the text is brought inside.
        subject: Whose fields may be named.
    """
    if value := typed_value(text, cursor, subject):
        return _values(value)
    cursor = min(max(cursor, 0), len(text))
    before = text[:cursor]
    start = _term_start(before)
    typed = before[start:]
    if exact := _field_called(typed, subject):
        return [*_operators(exact, cursor), *_fields(typed, start, cursor, subject)][:MOST]
    if not typed and _ends_a_term(before):
        return _connectives(cursor)
    return _fields(typed, start, cursor, subject)


def _field_called(name: str, subject: Subject) -> Field | None:
    known = find_field(name)
    return subject.find(known.name) if known else None


def _term_start(before: str) -> int:
    """Where the term under the cursor begins: behind the last space or bracket outside quotes and lists."""
    start, in_quotes, lists, at = 0, False, 0, 0
    while at < len(before):
        char = before[at]
        if char == "\\":
            at += 1
        elif char == '"':
            in_quotes = not in_quotes
        elif in_quotes:
            pass
        elif char in "([" and before[:at].rstrip().endswith((":", "=")):
            lists += 1
        elif char in ")]" and lists:
            lists -= 1
        elif not lists and (char.isspace() or char in "()") and not _is_before_value(before, start, at):
            start = at + 1
        at += 1
    return start


def _is_before_value(before: str, start: int, at: int) -> bool:
    """Whether the space at ``at`` stands between an operator and its value."""
    match = FIELD.match(before, start)
    return bool(match and find_field(match[1]) and not before[match.end() : at].strip())


def _value_start(before: str, start: int) -> int:
    """Where the value under the cursor begins: behind the operator, or behind the last comma of a list."""
    value = before[start:]
    start += len(value) - len(value.lstrip())
    if before[start : start + 1] not in {"(", "["}:
        return start
    inner = re.split(r",\s*|\sTO\s+|^[(\[]\s*", before[start:])[-1]
    return len(before) - len(inner)


def _word_end(text: str, start: int, cursor: int) -> int:
    """Behind the word under the cursor; in quotes, behind the closing one only if it stands right there."""
    if text[start : start + 1] == '"' and text.count('"', start, cursor) % 2:
        return cursor + (text[cursor : cursor + 1] == '"')
    match = _REST_OF_WORD.match(text, cursor)
    return match.end() if match and text[cursor : cursor + 1] != '"' else cursor


def written(value: str) -> str:
    """``value`` as it stands in a query, in quotes where it needs them."""
    return value if _PLAIN.fullmatch(value) and value.upper() not in KEYWORDS else quote(value)


def _values(typed: Typed) -> list[Suggestion]:
    field = typed.field
    usual = {Kind.FLAG: _FLAGS, Kind.TIME: _TIMES}.get(field.kind, field.values) if typed.operator != "~" else ()
    return [
        Suggestion(Sort.VALUE, text, value, typed.start, typed.end)
        for value, text in _ranked([(value, written(value)) for value in usual], typed.text.casefold())
    ][:MOST]


def _operators(field: Field, cursor: int) -> list[Suggestion]:
    return [Suggestion(Sort.OPERATOR, sign, label, cursor, cursor) for sign, label in _OPERATORS[field.kind]]


def _connectives(cursor: int) -> list[Suggestion]:
    return [
        Suggestion(Sort.CONNECTIVE, "AND ", "both", cursor, cursor),
        Suggestion(Sort.CONNECTIVE, "OR ", "either", cursor, cursor),
        Suggestion(Sort.CONNECTIVE, "AND NOT ", "the first without the second", cursor, cursor),
    ]


def _fields(typed: str, start: int, cursor: int, subject: Subject) -> list[Suggestion]:
    folded = typed.casefold()
    ranked = [(rank, field) for field in subject.fields.values() if (rank := _field_rank(field, folded)) is not None]
    ranked.sort(key=lambda pair: pair[0])
    return [Suggestion(Sort.FIELD, f"{field.name}:", field.label, start, cursor) for _, field in ranked[:MOST]]


def _field_rank(field: Field, typed: str) -> int | None:
    """0 if a name begins so, 1 if a word of the label does, 2 if it is inside a name; None if nowhere."""
    names = [name.casefold() for name in (field.name, *field.aliases)]
    if any(name.startswith(typed) for name in names):
        return 0
    if any(word.startswith(typed) for word in field.label.casefold().split()):
        return 1
    return 2 if any(typed in name for name in names) else None


def _ends_a_term(before: str) -> bool:
    words = before.split()
    return bool(words) and words[-1].upper() not in KEYWORDS and before[-1:] != "("


def _ranked(pairs: Iterable[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    found = [pair for pair in pairs if typed in pair[0].casefold()]
    return sorted(found, key=lambda pair: not pair[0].casefold().startswith(typed))
