"""The tree itself: what can be tested on the row is a predicate, what lies in another table becomes a join.

Two-valued logic: a condition on a missing value is false, so NOT is exactly the complement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis

from dashapp.data.errors import FilterError
from dashapp.data.filtering.leaves import all_of, any_of, condition, pattern_of, word_in
from dashapp.data.filtering.places import WORD_FIELDS, Keys, joined_rows, keys_of, pasted, with_latest
from dashapp.data.filtering.values import Clock
from dashapp.query.fields import Field, Place, find_field
from dashapp.query.tree import And, Everything, Leaf, Listed, Match, Node, Not, Or, Regex, Value, Word

if TYPE_CHECKING:
    from dashapp.data.engine import Engine


def where(engine: Engine, messages: ibis.Table, node: Node) -> ibis.Table:
    """The rows of ``messages`` that ``node`` keeps, with the same columns.

    Args:
        engine: Whose viewer asks; also gives the joined tables, the lists, ``now`` and the time zone.
        messages: Rows of ``EmailEvents`` with at least ``columns_of(node)``.
        node: The filter.

    Raises:
        FilterError: A field is unknown, or a value, pattern or operator does not suit its field.
        PermissionDenied: It looks at names, addresses or subjects for someone who only sees numbers.
    """
    compiler = _Compiler(engine, messages)
    parts = list(_conjuncts(compiler.prepare(node)))
    plain = [compiler.predicate(messages, part) for part in parts if _on_row(part)]
    kept = messages.filter(*plain) if plain else messages
    for part in parts:
        if not _on_row(part):
            kept = compiler.keep(kept, part)
    return kept


def matching(engine: Engine, rows: ibis.Table, node: Node) -> Any:
    """Whether ``node`` keeps a row, as an Ibis predicate; for counting by several filters at once.

    Args:
        engine: As in ``where``.
        rows: With at least ``columns_of(node)``.
        node: A filter that looks at nothing but the row: no joined field, no latest delivery.

    Raises:
        FilterError: As in ``where``.
        PermissionDenied: As in ``where``.
    """
    compiler = _Compiler(engine, rows)
    return compiler.predicate(rows, compiler.prepare(node))


@dataclass(frozen=True)
class _Test:
    """A leaf with the field it is about."""

    field: Field
    leaf: Leaf


_Prepared = _Test | Word | Not | And | Or | Everything


def _conjuncts(node: Any) -> Iterator[Any]:
    """What must hold all at once; joins of these need no markers."""
    if isinstance(node, And):
        for child in node.children:
            yield from _conjuncts(child)
    elif isinstance(node, Not) and isinstance(node.child, Not):
        yield from _conjuncts(node.child.child)
    elif not isinstance(node, Everything):
        yield node


class _Compiler:
    """One filter on its way; remembers what its joins need."""

    def __init__(self, engine: Engine, messages: ibis.Table) -> None:
        self._engine = engine
        self._messages = messages
        self._clock = Clock(engine.clock().replace(microsecond=0), engine.zone)

    def prepare(self, node: Node) -> Any:
        """The tree with fields looked up and checked, pasted things recognised, stored lists read."""
        if isinstance(node, And | Or):
            return replace(node, children=tuple(self.prepare(child) for child in node.children))
        if isinstance(node, Not):
            return Not(self.prepare(node.child))
        if isinstance(node, Everything):
            return node
        if isinstance(node, Word):
            found = pasted(node)
            if found is not None:
                return self.prepare(found)
            self._engine.ensure_shown(_field("Subject"))
            return node
        field = _field(node.field)
        self._engine.ensure_shown(field)
        if isinstance(node, Listed):
            return _Test(field, self._listed(field, node))
        if isinstance(node, Regex):
            self._engine.ensure_pattern(field, pattern_of(field, node))
        return _Test(field, node)

    def _listed(self, field: Field, node: Listed) -> Match:
        values = self._engine.lists(node.list_id)
        if not values:
            raise FilterError(field.name, f"there is no list called {node.list_id[:40]!r}")
        return Match(field.name, tuple(Value(text, literal=True) for text in values))

    def keep(self, messages: ibis.Table, part: Any) -> ibis.Table:
        """The rows of which ``part`` is true."""
        negated, test = (True, part.child) if isinstance(part, Not) else (False, part)
        if isinstance(test, _Test) and test.field.place.joined:
            keys = self._keys(test)
            if len(keys) == 1:
                join = messages.anti_join if negated else messages.semi_join
                return join(keys[0].rows, list(keys[0].columns))
        marked = self._marked(messages, part)
        return marked.filter(self.predicate(marked, part)).select(*messages.columns)

    def _keys(self, test: _Test) -> tuple[Keys, ...]:
        columns = {test.field.column, test.field.key} - {""}
        rows = joined_rows(self._engine, self._messages, test.field.place, columns)
        return keys_of(rows.filter(condition(rows, test.field, test.leaf, self._clock)), test.field.place)

    def _marked(self, messages: ibis.Table, part: Any) -> ibis.Table:
        """``messages`` with what ``part`` needs from other tables: one marker column per joined condition."""
        tests = list(dict.fromkeys(_tests(part)))
        if any(test.field.place is Place.LATEST for test in tests):
            messages = with_latest(self._engine, messages)
        self._markers: dict[_Test, list[str]] = {}
        for test in tests:
            if test.field.place.joined:
                self._markers[test] = []
                for keys in self._keys(test):
                    messages = self._mark(messages, test, keys)
        return messages

    def _mark(self, messages: ibis.Table, test: _Test, keys: Keys) -> ibis.Table:
        marker = f"_m{sum(map(len, self._markers.values()))}"
        self._markers[test].append(marker)
        renamed = {f"{marker}_{column}": column for column in keys.columns}
        distinct = keys.rows.select(**renamed).distinct().mutate(**{marker: ibis.literal(True)})
        return messages.left_join(distinct, [messages[old] == distinct[new] for new, old in renamed.items()])

    def predicate(self, rows: ibis.Table, node: Any) -> Any:
        """Whether prepared ``node`` keeps a row of ``rows``, which bear the markers of its joins."""
        if isinstance(node, And):
            return all_of([self.predicate(rows, child) for child in node.children])
        if isinstance(node, Or):
            return any_of([self.predicate(rows, child) for child in node.children])
        if isinstance(node, Not):
            return ~self.predicate(rows, node.child).fill_null(ibis.literal(False))
        if isinstance(node, Everything):
            return ibis.literal(True)
        if isinstance(node, Word):
            return any_of([word_in(rows, _field(name), node.value) for name in WORD_FIELDS])
        if node.field.place.joined:
            return any_of([rows[marker].notnull() for marker in self._markers[node]])
        column = f"_{node.field.column}" if node.field.place is Place.LATEST else ""
        return condition(rows, node.field, node.leaf, self._clock, column=column)


def _on_row(part: Any) -> bool:
    """Whether it can be told from the row alone."""
    return all(not test.field.place.joined and test.field.place is not Place.LATEST for test in _tests(part))


def _tests(node: Any) -> Iterator[_Test]:
    if isinstance(node, And | Or):
        for child in node.children:
            yield from _tests(child)
    elif isinstance(node, Not):
        yield from _tests(node.child)
    elif isinstance(node, _Test):
        yield node


def _field(name: str) -> Field:
    field = find_field(name)
    if field is None:
        raise FilterError(name[:40], "there is no such field")
    return field
