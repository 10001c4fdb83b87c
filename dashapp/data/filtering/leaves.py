"""One condition on one column, as an Ibis predicate. A missing value makes it missing, which a filter drops."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ibis

from dashapp.data.errors import FilterError
from dashapp.data.filtering.values import Addresses, Clock, as_addresses, as_flag, as_number, as_text, mapped
from dashapp.query.fields import Field, Kind
from dashapp.query.tree import Between, Compare, Exact, Leaf, Match, Present, Regex, Value

LONGEST_PATTERN = 1000
MANY = 8  # texts to look for, from which on patterns are faster than one look each
MOST_WORDS, MOST_LETTERS = 200, 3_000  # of one pattern; many more and the engine reads the text letter by letter


def any_of(conditions: Sequence[Any]) -> Any:
    """``conditions`` joined by OR, as a balanced tree: a chain of a thousand would be too deep to compile."""
    return _joined(conditions, lambda a, b: a | b)


def all_of(conditions: Sequence[Any]) -> Any:
    """``conditions`` joined by AND, balanced too."""
    return _joined(conditions, lambda a, b: a & b)


def _joined(conditions: Sequence[Any], join: Callable[[Any, Any], Any]) -> Any:
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    return join(_joined(conditions[:middle], join), _joined(conditions[middle:], join))


def condition(rows: ibis.Table, field: Field, leaf: Leaf, clock: Clock, *, column: str = "") -> Any:
    """``leaf`` on the rows of the table that holds ``field``.

    Args:
        rows: The table.
        field: The leaf's.
        leaf: Any but a word or a stored list.
        clock: For times.
        column: Instead of the field's own.

    Raises:
        FilterError: The value or the operator does not suit the field.
    """
    values = rows[field.key if _by_key(field, leaf) else column or field.column]
    test = functools.partial(_TESTS[field.kind], field, leaf, clock)
    if values.type().is_array():
        return values.filter(test).length() > 0
    return test(values)


def _by_key(field: Field, leaf: Leaf) -> bool:
    return field.kind is Kind.IP and not isinstance(leaf, Regex)


def _on_text(field: Field, leaf: Leaf, _clock: Clock, values: Any) -> Any:
    if isinstance(leaf, Present):
        return values.notnull() & (values != "")
    if isinstance(leaf, Regex):
        return values.re_search(pattern_of(field, leaf))
    folded = values if field.folded else values.lower()
    if isinstance(leaf, Match) and field.kind is Kind.TEXT:
        return _contains_any(folded, field, leaf.values)
    if isinstance(leaf, Match | Exact):
        wild = [value for value in leaf.values if isinstance(leaf, Match) and _is_wild(value)]
        plain = [_fold(as_text(field, value)) for value in leaf.values if value not in wild]
        alike = [_like(folded, as_text(field, value)) for value in wild]
        return any_of([*([folded.isin(plain)] if plain else []), *alike])
    raise FilterError(field.name, "is text, so it cannot be compared by size; use field:value")


def _fold(text: str) -> Any:
    """Lower-cased as the engine does it; the two differ for a few letters outside ASCII."""
    return ibis.literal(text.lower()) if text.isascii() else ibis.literal(text).lower()


def _is_wild(value: Value) -> bool:
    return not value.literal and ("*" in value.text or "?" in value.text)


def _like(values: Any, text: str) -> Any:
    """``text`` with wildcards. Not by LIKE, for which Ibis has no way to say that ``%`` and ``_`` mean themselves."""
    middle = text.strip("*")
    if not {"*", "?"} & set(middle):
        return _simple_like(values, text, middle)
    parts = {"*": ".*", "?": "."}
    pattern = "".join(parts.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", text))
    return values.re_search(_fold(f"(?s)^{pattern}$"))


def _simple_like(values: Any, text: str, middle: str) -> Any:
    if text.startswith("*") and text.endswith("*"):
        return values.contains(_fold(middle))
    return values.endswith(_fold(middle)) if text.startswith("*") else values.startswith(_fold(middle))


def word_in(rows: ibis.Table, field: Field, value: Value) -> Any:
    """A bare word anywhere in the column of ``field``."""
    column = rows[field.column]
    return _contains(column if field.folded else column.lower(), field, value)


def _contains(folded: Any, field: Field, value: Value) -> Any:
    text = as_text(field, value)
    return _like(folded, f"*{text}*") if _is_wild(value) else folded.contains(_fold(text))


def _contains_any(folded: Any, field: Field, values: Sequence[Value]) -> Any:
    """A long list is looked for by patterns of many words: each reads a text once, however many words it has."""
    simple = [value for value in values if not _is_wild(value) and value.text.isascii() and value.text.isprintable()]
    if len(simple) < MANY:
        return any_of([_contains(folded, field, value) for value in values])
    others = [value for value in values if value not in set(simple)]
    words = [re.escape(as_text(field, value).lower()) for value in simple]
    patterns = ["|".join(some) for some in _portions(words)]
    return any_of([*(folded.re_search(some) for some in patterns), *(_contains(folded, field, one) for one in others)])


def _portions(words: Sequence[str]) -> Iterator[list[str]]:
    """So many at a time that the pattern stays an automaton that is built at once."""
    portion: list[str] = []
    for word in words:
        if portion and (len(portion) == MOST_WORDS or sum(map(len, portion)) + len(word) > MOST_LETTERS):
            yield portion
            portion = []
        portion.append(word)
    yield portion


def pattern_of(field: Field, leaf: Regex) -> str:
    """The pattern of ``leaf``, without regard to case.

    Raises:
        FilterError: It is longer than a pattern may be, or not text.
    """
    pattern = as_text(field, Value(leaf.pattern))
    if len(pattern) > LONGEST_PATTERN:
        raise FilterError(field.name, f"a pattern may have {LONGEST_PATTERN} characters")
    return f"(?i){pattern}"


def _on_number(field: Field, leaf: Leaf, _clock: Clock, values: Any) -> Any:
    if isinstance(leaf, Present):
        return values.notnull()
    if isinstance(leaf, Match | Exact):
        return values.isin([as_number(field, value) for value in leaf.values])
    if isinstance(leaf, Compare):
        return _compare(values, leaf.operator, as_number(field, leaf.value))
    if isinstance(leaf, Between):
        return _between(values, leaf, lambda value: as_number(field, value))
    raise FilterError(field.name, "is a number, so it has no pattern")


def _compare(values: Any, operator: str, bound: Any) -> Any:
    if operator == ">":
        return values > bound
    if operator == ">=":
        return values >= bound
    return values < bound if operator == "<" else values <= bound


def _is_open(value: Value) -> bool:
    return value.text == "*" and not value.literal


def _between(values: Any, leaf: Between, read: Callable[[Value], Any]) -> Any:
    bounds = [] if _is_open(leaf.low) else [values >= read(leaf.low)]
    bounds += [] if _is_open(leaf.high) else [values <= read(leaf.high)]
    return all_of(bounds) if bounds else values.notnull()


def _on_flag(field: Field, leaf: Leaf, _clock: Clock, values: Any) -> Any:
    if isinstance(leaf, Present):
        return values.notnull()
    if isinstance(leaf, Match | Exact):
        return values.isin([as_flag(field, value) for value in leaf.values])
    raise FilterError(field.name, "is true or false; it has no pattern and no order")


def _on_time(field: Field, leaf: Leaf, clock: Clock, values: Any) -> Any:
    if isinstance(leaf, Present):
        return values.notnull()
    if isinstance(leaf, Match | Exact):
        return any_of([_inside(values, clock.span(field, value)) for value in leaf.values])
    if isinstance(leaf, Compare):
        return _beside(values, leaf.operator, clock.span(field, leaf.value))
    if isinstance(leaf, Between):
        bounds = [] if _is_open(leaf.low) else [_beside(values, ">=", clock.span(field, leaf.low))]
        bounds += [] if _is_open(leaf.high) else [_beside(values, "<=", clock.span(field, leaf.high))]
        return all_of(bounds) if bounds else values.notnull()
    raise FilterError(field.name, "is a time, so it has no pattern")


def _inside(values: Any, span: Any) -> Any:
    if span.start == span.end:
        return values == _time(span.start)
    return (values >= _time(span.start)) & (values < _time(span.end))


def _beside(values: Any, operator: str, span: Any) -> Any:
    """After a day means after all of it; until a day includes it."""
    if span.start != span.end and operator in {">", "<="}:
        return values >= _time(span.end) if operator == ">" else values < _time(span.end)
    return _compare(values, operator, _time(span.start))


def _time(instant: Any) -> ibis.Scalar:
    return ibis.literal(instant, type="timestamp(6)")


def _on_ip(field: Field, leaf: Leaf, clock: Clock, values: Any) -> Any:
    if isinstance(leaf, Regex):
        return _on_text(field, leaf, clock, values)
    if isinstance(leaf, Present):
        return values.notnull()
    if isinstance(leaf, Match | Exact):
        blocks = [as_addresses(field, value) for value in leaf.values]
        single = [block.low for block in blocks if block.low == block.high]
        inside = [_in_block(values, block) for block in blocks if block.low != block.high]
        return any_of([*([values.isin(single)] if single else []), *inside])
    if isinstance(leaf, Compare):
        block = as_addresses(field, leaf.value)
        return _compare(values, leaf.operator, block.high if leaf.operator in {">", "<="} else block.low)
    if isinstance(leaf, Between):
        bounds = [] if _is_open(leaf.low) else [values >= as_addresses(field, leaf.low).low]
        bounds += [] if _is_open(leaf.high) else [values <= as_addresses(field, leaf.high).high]
        return all_of(bounds) if bounds else values.notnull()
    raise FilterError(field.name, "takes addresses and blocks of addresses")


def _in_block(values: Any, block: Addresses) -> Any:
    if block.low == block.high:
        return values == block.low
    inside = (values >= block.low) & (values <= block.high)
    return inside & ~_in_block(values, mapped()) if block.besides else inside


_TESTS: dict[Kind, Callable[[Field, Leaf, Clock, Any], Any]] = {
    Kind.TEXT: _on_text,
    Kind.KEYWORD: _on_text,
    Kind.NUMBER: _on_number,
    Kind.FLAG: _on_flag,
    Kind.TIME: _on_time,
    Kind.IP: _on_ip,
}
