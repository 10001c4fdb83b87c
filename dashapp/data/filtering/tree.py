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
from dashapp.data.filtering.places import Keys, beside, keys_beside, pasted, with_latest
from dashapp.data.filtering.values import Clock
from dashapp.query.fields import ELSEWHERE, FIELDS, Field, Place
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import And, Everything, Leaf, Listed, Match, Node, Not, Or, Regex, Value, Word

if TYPE_CHECKING:
    from dashapp.data.engine import Engine


def where(engine: Engine, messages: ibis.Table, node: Node, subject: Subject = MESSAGES) -> ibis.Table:
    """The rows of ``messages`` that ``node`` keeps, with the same columns.

    Args:
        engine: Whose viewer asks; also gives the joined tables, the lists, ``now`` and the time zone.
        messages: Rows of ``EmailEvents`` with at least ``columns_of(node)``, or those of ``subjects.rows_of``.
        node: The filter. Of rows that are no messages, a field of messages is that of the message they belong to.
        subject: What the rows are.

    Raises:
        FilterError: A field is unknown or says nothing about such rows, or a value, pattern or operator does not suit
            its field.
        PermissionDenied: It looks at names, addresses or subjects for someone who only sees numbers.
    """
    compiler = _Compiler(engine, messages, subject)
    parts = list(_conjuncts(compiler.prepare(node)))
    plain = [compiler.predicate(messages, part) for part in parts if compiler.on_row(part)]
    kept = messages.filter(*plain) if plain else messages
    for part in parts:
        if not compiler.on_row(part):
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
    compiler = _Compiler(engine, rows, MESSAGES)
    return compiler.predicate(rows, compiler.prepare(node))


@dataclass(frozen=True)
class _Test:
    """A leaf with the field it is about."""

    field: Field
    leaf: Leaf


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

    def __init__(self, engine: Engine, messages: ibis.Table, subject: Subject) -> None:
        self._engine = engine
        self._messages = messages
        self._subject = subject
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
            found = self._pasted(node)
            if found is not None:
                return self.prepare(found)
            for name in self._subject.words:
                self._engine.ensure_shown(self._field(name))
            return node
        field = self._field(node.field)
        self._engine.ensure_shown(field)
        if isinstance(node, Listed):
            return _Test(field, self._listed(field, node))
        if isinstance(node, Regex):
            self._engine.ensure_pattern(field, pattern_of(field, node))
        return _Test(field, node)

    def _pasted(self, word: Word) -> Node | None:
        """What a bare word stands for, as far as it says something about these rows."""
        found = pasted(word)
        if found is None or self._subject is MESSAGES:
            return found
        nodes = found.children if isinstance(found, Or) else (found,)
        fitting = [one for one in nodes if not isinstance(one, Match) or self._subject.find(one.field)]
        if not any(isinstance(one, Match) for one in fitting):
            return None
        return fitting[0] if len(fitting) == 1 else Or(tuple(fitting))

    def _field(self, name: str) -> Field:
        field = self._subject.find(name)
        if field is not None:
            return field
        if name in FIELDS:
            raise FilterError(name, f"is a field of messages; it says nothing about {self._subject.nouns}")
        if name in ELSEWHERE:
            raise FilterError(name, f"says nothing about {self._subject.nouns}; it is a field of another view")
        raise FilterError(name[:40], "there is no such field")

    def _listed(self, field: Field, node: Listed) -> Match:
        values = self._engine.lists(node.list_id)
        if not values:
            raise FilterError(field.name, f"there is no list called {node.list_id[:40]!r}")
        return Match(field.name, tuple(Value(text, literal=True) for text in values))

    def keep(self, messages: ibis.Table, part: Any) -> ibis.Table:
        """The rows of which ``part`` is true."""
        negated, test = (True, part.child) if isinstance(part, Not) else (False, part)
        if isinstance(test, _Test) and self._beside(test.field):
            keys = self._keys(test)
            if len(keys) == 1:
                join = messages.anti_join if negated else messages.semi_join
                return join(keys[0].rows, list(keys[0].columns))
        marked = self._marked(messages, part)
        return marked.filter(self.predicate(marked, part)).select(*messages.columns)

    def _keys(self, test: _Test) -> tuple[Keys, ...]:
        columns = {test.field.column, test.field.key} - {""}
        rows, column = beside(self._engine, self._messages, test.field, self._subject, columns)
        kept = rows.filter(condition(rows, test.field, test.leaf, self._clock, column=column))
        return keys_beside(kept, test.field, self._subject)

    def _marked(self, messages: ibis.Table, part: Any) -> ibis.Table:
        """``messages`` with what ``part`` needs from other tables: one marker column per joined condition."""
        tests = list(dict.fromkeys(_tests(part)))
        if self._subject is MESSAGES and any(test.field.place is Place.LATEST for test in tests):
            messages = with_latest(self._engine, messages)
        self._markers: dict[_Test, list[str]] = {}
        for test in tests:
            if self._beside(test.field):
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
            return any_of([word_in(rows, self._field(name), node.value) for name in self._subject.words])
        if self._beside(node.field):
            return any_of([rows[marker].notnull() for marker in self._markers[node]])
        column = f"_{node.field.column}" if node.field.place is Place.LATEST else ""
        return condition(rows, node.field, node.leaf, self._clock, column=column)

    def on_row(self, part: Any) -> bool:
        """Whether it can be told from the row alone."""
        return all(not self._beside(test.field) and test.field.place is not Place.LATEST for test in _tests(part))

    def _beside(self, field: Field) -> bool:
        """Whether the rows of another table hold ``field``."""
        return not self._subject.owns(field)


def _tests(node: Any) -> Iterator[_Test]:
    if isinstance(node, And | Or):
        for child in node.children:
            yield from _tests(child)
    elif isinstance(node, Not):
        yield from _tests(node.child)
    elif isinstance(node, _Test):
        yield node
