"""One condition as a builder shows it: a field, a way of comparing in words, and values; and back to the tree's leaf.

Most leaves have such a form. ``shape`` only gives one that means the very same; what has none is shown as text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dashapp.query.check import pattern_complaint, value_complaint
from dashapp.query.fields import Field, Kind, find_field
from dashapp.query.tree import Between, Compare, Exact, Leaf, Match, Present, Regex, Value, Word

ANYWHERE = ""  # in place of a field: subject, sender, names, recipient and ids at once
_WILD = frozenset("*?")
_STARTS = re.compile(r"\^\(\?:(?P<values>.*)\)", re.DOTALL)
_BETWEEN_STARTS = re.compile(r"(?<!\\)(?:\\\\)*\|")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"more": ">", "least": ">=", "less": "<", "most": "<="}


@dataclass(frozen=True)
class Way:
    """A way of comparing.

    Attributes:
        name: As drafts hold it.
        words: Between field and values.
        negated: The same for the exact complement.
        takes: How many values: "none", "one", "two", "many".
    """

    name: str
    words: str
    negated: str
    takes: str = "many"


_HAS = Way("has", "has a value", "has no value", "none")
_WILDCARD = Way("wildcard", "matches (* and ?)", "does not match (* and ?)")
_REGEX = Way("regex", "matches the pattern", "does not match the pattern", "one")
_STARTS_WITH = Way("starts", "starts with", "does not start with")
_CONTAINS = Way("contains", "contains", "does not contain")
_IS = Way("is", "is", "is not")
WAYS: dict[Kind, tuple[Way, ...]] = {
    Kind.TEXT: (_CONTAINS, _IS, _STARTS_WITH, _WILDCARD, _REGEX, _HAS),
    Kind.KEYWORD: (_IS, _CONTAINS, _STARTS_WITH, _WILDCARD, _REGEX, _HAS),
    Kind.NUMBER: (
        _IS,
        Way("least", "is at least", "is not at least", "one"),
        Way("more", "is more than", "is not more than", "one"),
        Way("most", "is at most", "is not at most", "one"),
        Way("less", "is less than", "is not less than", "one"),
        Way("between", "is between", "is not between", "two"),
        _HAS,
    ),
    Kind.TIME: (
        Way("least", "is since", "is not since", "one"),
        Way("less", "is before", "is not before", "one"),
        Way("is", "is on", "is not on"),
        Way("more", "is after", "is not after", "one"),
        Way("most", "is until", "is not until", "one"),
        Way("between", "is between", "is not between", "two"),
        _HAS,
    ),
    Kind.FLAG: (Way("is", "is", "is not", "one"), _HAS),
    Kind.IP: (Way("is", "is, or is in the block", "is not, nor in the block"), _HAS),
}
ANYWHERE_WAYS = (
    Way("contains", "contains", "does not contain", "one"),
    Way("wildcard", "matches (* and ?)", "does not match (* and ?)", "one"),
)


class WayError(ValueError):
    """A condition is not complete, or a value does not suit; the message is for people, at that condition."""


def ways_of(field: str) -> tuple[Way, ...]:
    """The ways the values of a field may be compared, the usual one first.

    Raises:
        WayError: There is no such field.
    """
    if field == ANYWHERE:
        return ANYWHERE_WAYS
    return WAYS[_field(field).kind]


def leaf_of(field: str, way: str, values: tuple[str, ...]) -> Leaf:
    """The leaf of a condition.

    Raises:
        WayError: A value is missing or does not suit, or the field knows no such way.
    """
    known = next((one for one in ways_of(field) if one.name == way), None)
    if known is None:
        raise WayError("Choose how to compare.")
    given = _enough(known, values)
    leaf: Leaf = _anywhere(way, given[0]) if field == ANYWHERE else _MADE[way](_field(field), way, given)
    _ensure_suits(leaf)
    return leaf


def shape(leaf: Leaf) -> tuple[str, str, tuple[str, ...]] | None:
    """Field, way and values that mean the very same as ``leaf``; None if there are none."""
    found = _shape(leaf)
    if found is None:
        return None
    try:
        same = _plain(leaf_of(*found)) == _plain(leaf)
    except WayError:
        return None
    return found if same else None


def _field(name: str) -> Field:
    found = find_field(name)
    if found is None or found.name != name:
        raise WayError(f"There is no property {name[:40]!r}.")
    return found


def _enough(way: Way, values: tuple[str, ...]) -> tuple[str, ...]:
    if way.takes == "none":
        return ()
    if way.takes == "two":
        if len(values) != 2 or not all(values):
            raise WayError("Both ends are needed.")
        return values
    if not values:
        raise WayError("A value is missing.")
    if way.takes == "one" and len(values) > 1:
        raise WayError("This takes one value.")
    return values


def _anywhere(way: str, text: str) -> Leaf:
    return Word(Value(text, literal=way == "contains"))


def _match(field: Field, way: str, values: tuple[str, ...]) -> Leaf:
    """``contains`` of a keyword is a pattern, which cannot hold a ``*`` or ``?`` of its own."""
    if way == "contains" and field.kind is Kind.KEYWORD:
        return Match(field.name, tuple(Value(f"*{_tame(value)}*") for value in values))
    if way == "starts" and field.kind is Kind.KEYWORD:
        return Match(field.name, tuple(Value(f"{_tame(value)}*") for value in values))
    return Match(field.name, tuple(Value(value, literal=way != "wildcard") for value in values))


def _tame(value: str) -> str:
    if not value:
        raise WayError("A value is empty.")
    if _WILD & set(value):
        raise WayError("To look for * or ? itself here, use a pattern.")
    return value


def _is(field: Field, way: str, values: tuple[str, ...]) -> Leaf:
    if field.kind is Kind.TEXT:
        return Exact(field.name, tuple(Value(value, literal=True) for value in values))
    return _match(field, way, values)


def _starts(field: Field, way: str, values: tuple[str, ...]) -> Leaf:
    if field.kind is Kind.TEXT:
        return Regex(field.name, f"^(?:{'|'.join(re.escape(value) for value in values)})")
    return _match(field, way, values)


def _regex(field: Field, _way: str, values: tuple[str, ...]) -> Leaf:
    return Regex(field.name, values[0])


def _compare(field: Field, way: str, values: tuple[str, ...]) -> Leaf:
    return Compare(field.name, _SIGNS[way], Value(values[0]))  # type: ignore[arg-type]  # one of the four signs


def _between(field: Field, _way: str, values: tuple[str, ...]) -> Leaf:
    return Between(field.name, Value(values[0]), Value(values[1]))


def _has(field: Field, _way: str, _values: tuple[str, ...]) -> Leaf:
    return Present(field.name)


_MADE: dict[str, Callable[[Field, str, tuple[str, ...]], Leaf]] = {
    "is": _is,
    "contains": _match,
    "starts": _starts,
    "wildcard": _match,
    "regex": _regex,
    "between": _between,
    "has": _has,
    **dict.fromkeys(_SIGNS, _compare),
}


def _ensure_suits(leaf: Leaf) -> None:
    if isinstance(leaf, Regex):
        complaint = pattern_complaint(leaf.pattern)
    elif isinstance(leaf, Word | Present):
        complaint = None
    else:
        field = _field(leaf.field)
        complaint = next(filter(None, (value_complaint(field, value) for value in _values(leaf))), None)
    if complaint:
        raise WayError(f"{complaint[:1].upper()}{complaint[1:]}.")


def _values(leaf: Leaf) -> tuple[Value, ...]:
    match leaf:
        case Match(_, values) | Exact(_, values):
            return values
        case Compare(_, _, value):
            return (value,)
        case Between(_, low, high):
            return tuple(value for value in (low, high) if value != Value("*"))
        case _:
            return ()


def _shape(leaf: Leaf) -> tuple[str, str, tuple[str, ...]] | None:
    match leaf:
        case Word(value):
            return ANYWHERE, "wildcard" if _is_wild(value) else "contains", (value.text,)
        case Match(field, values):
            return field, *_matched(_field(field), values)
        case Exact(field, values):
            return field, "is", tuple(value.text for value in values)
        case Compare(field, operator, value):
            return field, next(way for way, sign in _SIGNS.items() if sign == operator), (value.text,)
        case Between(field, low, high):
            return field, "between", (low.text, high.text)
        case Present(field):
            return field, "has", ()
        case Regex(field, pattern):
            return field, *_searched(_field(field), pattern)
        case _:
            return None


def _matched(field: Field, values: tuple[Value, ...]) -> tuple[str, tuple[str, ...]]:
    texts = tuple(value.text for value in values)
    if not any(map(_is_wild, values)):
        return ("contains" if field.kind is Kind.TEXT else "is"), texts
    if field.kind is Kind.KEYWORD and all(text[:1] == text[-1:] == "*" and _is_tame(text[1:-1]) for text in texts):
        return "contains", tuple(text[1:-1] for text in texts)
    if field.kind is Kind.KEYWORD and all(text[-1:] == "*" and _is_tame(text[:-1]) for text in texts):
        return "starts", tuple(text[:-1] for text in texts)
    return "wildcard", texts


def _searched(field: Field, pattern: str) -> tuple[str, tuple[str, ...]]:
    found = _STARTS.fullmatch(pattern) if field.kind is Kind.TEXT else None
    if found is None:
        return "regex", (pattern,)
    texts = tuple(_ESCAPED.sub(r"\1", part) for part in _BETWEEN_STARTS.split(found["values"]))
    same = "|".join(map(re.escape, texts)) == found["values"]
    return ("starts", texts) if same else ("regex", (pattern,))


def _is_tame(text: str) -> bool:
    return bool(text) and not _WILD & set(text)


def _is_wild(value: Value) -> bool:
    return not value.literal and bool(_WILD & set(value.text))


def _plain(leaf: Leaf) -> Leaf:
    """``leaf`` without differences of writing that mean nothing."""
    match leaf:
        case Word(value):
            return Word(_tamed(value))
        case Match(field, values):
            return Match(field, tuple(map(_tamed, values)))
        case Exact(field, values) if _field(field).kind is not Kind.TEXT:
            return Match(field, tuple(Value(value.text, literal=True) for value in values))
        case Exact(field, values):
            return Exact(field, tuple(Value(value.text, literal=True) for value in values))
        case Compare(field, operator, value):
            return Compare(field, operator, Value(value.text))
        case Between(field, low, high):
            return Between(field, _bound(low), _bound(high))
        case _:
            return leaf


def _tamed(value: Value) -> Value:
    return value if _is_wild(value) else Value(value.text, literal=True)


def _bound(value: Value) -> Value:
    """A quoted star is no open end."""
    return value if value.text == "*" else Value(value.text)
