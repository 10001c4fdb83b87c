"""The filter as a row of pills: each top-level term is one, and a term may be switched off without being lost.

Text and pills are two faces of one tree: ``read_pills`` and ``Pills.texts`` turn one into the other and back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from dashapp.query.fields import Field
from dashapp.query.grammar import parse
from dashapp.query.printing import spans, to_text
from dashapp.query.tree import And, Everything, Node, Not


@dataclass(frozen=True)
class Pill:
    """One top-level term.

    Attributes:
        node: What it says.
        enabled: It is applied.
    """

    node: Node
    enabled: bool = True


@dataclass(frozen=True)
class Pills:
    """All terms of a filter, those that are applied first; every change gives new pills."""

    row: tuple[Pill, ...] = ()

    @property
    def node(self) -> Node:
        """The filter that is applied."""
        return _joined(pill.node for pill in self.row if pill.enabled)

    @property
    def disabled(self) -> Node:
        """The terms that are switched off, as one tree."""
        return _joined(pill.node for pill in self.row if not pill.enabled)

    def texts(self) -> tuple[str, str]:
        """The filter and the terms switched off, as the address holds them."""
        return to_text(self.node), to_text(self.disabled)

    def without(self, place: int) -> "Pills":
        """All but one."""
        return Pills((*self.row[:place], *self.row[place + 1 :]))

    def negated(self, place: int) -> "Pills":
        """One turned round: what it found is now left out, what it left out is now found."""
        return self._changed(place, lambda pill: replace(pill, node=opposite(pill.node)))

    def switched(self, place: int) -> "Pills":
        """One switched off, or on again."""
        changed = self._changed(place, lambda pill: replace(pill, enabled=not pill.enabled))
        return Pills(tuple(sorted(changed.row, key=lambda pill: not pill.enabled)))

    def _changed(self, place: int, change: Callable[[Pill], Pill]) -> "Pills":
        return Pills((*self.row[:place], change(self.row[place]), *self.row[place + 1 :]))

    def narrowed(self, node: Node) -> "Pills":
        """With ``node`` applied too; its opposite, and a switched-off twin of either, make way for it."""
        kept = [pill for pill in self.row if pill.node not in (node, opposite(node))]
        same = Pill(node)
        if same in self.row:
            return self
        applied = [pill for pill in kept if pill.enabled]
        return Pills((*applied, same, *(pill for pill in kept if not pill.enabled)))

    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each applied term stands in the text of the filter: first character, and just behind the last."""
        applied = [pill.node for pill in self.row if pill.enabled]
        return spans(applied)


def read_pills(query: str, disabled: str = "", *, near: Mapping[str, Field] | None = None) -> Pills:
    """The pills of a filter and of the terms switched off; ``near`` as for ``parse``.

    Raises:
        QueryError: One of the texts cannot be read.
    """
    applied = tuple(Pill(term) for term in terms_of(parse(query, near=near)))
    return Pills((*applied, *(Pill(term, enabled=False) for term in terms_of(parse(disabled)))))


def opposite(node: Node) -> Node:
    """The exact complement, without doubling NOT."""
    return node.child if isinstance(node, Not) else Not(node)


def terms_of(node: Node) -> tuple[Node, ...]:
    """What stands at the top of ``node``, all of which must hold."""
    if isinstance(node, Everything):
        return ()
    return node.children if isinstance(node, And) else (node,)


def _joined(nodes: Iterable[Node]) -> Node:
    """The terms as they are, so that a term which is itself an AND stays one."""
    terms = tuple(nodes)
    if len(terms) > 1:
        return And(terms)
    return terms[0] if terms else Everything()
