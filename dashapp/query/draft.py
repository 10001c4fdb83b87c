"""The filter as a builder's draft: groups of conditions, the third face of the tree beside text and pills.

A draft may be incomplete or wrong while somebody works on it; ``read_draft`` takes it from the browser, ``finished``
says what it amounts to and what is wrong where. Nothing is lost between the faces: a condition that was not changed
becomes the very leaf it came from, and what the ways of ``ways`` cannot say is a condition in text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from dashapp.query import limits
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.pills import Pill, Pills, read_pills
from dashapp.query.printing import to_text
from dashapp.query.tree import And, Everything, Leaf, Node, Not, Or, leaves
from dashapp.query.ways import WayError, leaf_of, shape

MOST_ROWS = 400
MOST_NESTED = 12 * (limits.MOST_DEPTH + 1)  # at each depth of brackets AND, OR, and ten times NOT
ONLY_OUTERMOST = "Only a row of the outermost level can be switched off, and only while all of them must hold."
Path: TypeAlias = tuple[int, ...]


class DraftError(ValueError):
    """The browser sent what is no draft."""


@dataclass(frozen=True)
class Condition:
    """A field compared with values.

    Attributes:
        field: Canonical name; empty: anywhere.
        way: Name of a way of comparing.
        values: As typed.
        negated: It keeps what does not compare so.
        off: Switched off.
        kept: Text of the leaf it came from; still meant while nothing above has changed.
    """

    field: str = ""
    way: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False
    off: bool = False
    kept: str = ""


@dataclass(frozen=True)
class Written:
    """A condition in text."""

    text: str
    negated: bool = False
    off: bool = False


@dataclass(frozen=True)
class Group:
    """Rows of which all or any must hold; without any, everything is kept."""

    rows: "tuple[Row, ...]" = ()
    any_of: bool = False
    negated: bool = False
    off: bool = False


Row: TypeAlias = Condition | Written | Group


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, for people; ``at`` leads to it from the outermost group, empty: the whole."""

    at: Path
    message: str


@dataclass(frozen=True)
class Finished:
    """What a draft amounts to.

    Attributes:
        pills: Of the draft; without any while there are problems.
        problems: All that is wrong, in order of the rows.
    """

    pills: Pills = field(default_factory=Pills)
    problems: tuple[Problem, ...] = ()


def draft_of(pills: Pills) -> Group:
    """The draft that says what ``pills`` say."""
    if len(pills.row) == 1 and pills.row[0].enabled:
        only = _row(pills.row[0].node)
        if isinstance(only, Group) and only.rows:
            return only
    return Group(tuple(replace(_row(pill.node), off=not pill.enabled) for pill in pills.row))


def no_complaint(_leaf: Leaf) -> str:
    """Nothing is wrong beyond what the text itself tells."""
    return ""


def finished(
    draft: Group, check: Callable[[Leaf], str] = no_complaint, shorten: Callable[[str], str] = str
) -> Finished:
    """What ``draft`` amounts to.

    Args:
        draft: The outermost group.
        check: What else is wrong with a leaf, such as a pattern the engine cannot run; empty if nothing.
        shorten: What becomes of the text before it has to be within the limits.
    """
    reading = _Reading(check)
    nodes = [reading.node(row, (place,)) for place, row in enumerate(draft.rows)]
    all_hold = not draft.any_of and not draft.negated
    for at, row in _rows(draft):
        if row.off and not (all_hold and len(at) == 1):
            reading.problems.append(Problem(at, ONLY_OUTERMOST))
    if reading.problems:
        return Finished(problems=tuple(sorted(reading.problems, key=lambda problem: problem.at)))
    if all_hold:
        pills = Pills(tuple(Pill(node, not row.off) for node, row in zip(nodes, draft.rows, strict=True)))
        pills = Pills(tuple(sorted(pills.row, key=lambda pill: not pill.enabled)))
    else:
        pills = Pills((Pill(_joined(draft, nodes)),))
    return _within_limits(pills, shorten)


def _within_limits(pills: Pills, shorten: Callable[[str], str]) -> Finished:
    try:
        query, disabled = pills.texts()
        read_pills(shorten(query), shorten(disabled))
    except QueryError as error:
        return Finished(problems=(Problem((), sentence(error.message)),))
    return Finished(pills)


def sentence(message: str) -> str:
    """``message`` with a capital letter and, unless it asks something, a full stop."""
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith('?') else '.'}"


def _row(node: Node) -> Row:
    match node:
        case Not(child):
            inner = _row(child)
            return Group((inner,), negated=True) if inner.negated else replace(inner, negated=True)
        case And(children):
            return Group(tuple(map(_row, children)))
        case Or(children):
            return Group(tuple(map(_row, children)), any_of=True)
        case Everything():
            return Group()
        case _:
            return _condition(node)


def _condition(leaf: Leaf) -> Row:
    found, text = shape(leaf), to_text(leaf)
    return Written(text) if found is None else Condition(*found, kept=text)


@dataclass
class _Reading:
    check: Callable[[Leaf], str]
    problems: list[Problem] = field(default_factory=list)

    def node(self, row: Row, at: Path) -> Node:
        """What ``row`` says; everything where that is not to be told, with a problem noted."""
        try:
            if isinstance(row, Group):
                return _joined(row, [self.node(inner, (*at, place)) for place, inner in enumerate(row.rows)])
            node = _written(row) if isinstance(row, Written) else _leaf(row)
        except WayError as error:
            self.problems.append(Problem(at, str(error)))
            return Everything()
        for leaf in leaves(node):
            if complaint := self.check(leaf):
                self.problems.append(Problem(at, complaint))
                break
        return Not(node) if row.negated else node


def _joined(group: Group, nodes: list[Node]) -> Node:
    joined: Node
    if len(nodes) > 1:
        joined = Or(tuple(nodes)) if group.any_of else And(tuple(nodes))
    else:
        joined = nodes[0] if nodes else Everything()
    return Not(joined) if group.negated else joined


def _leaf(condition: Condition) -> Node:
    kept = _parsed(condition.kept) if condition.kept else None
    if kept is not None and shape(kept) == (condition.field, condition.way, condition.values):
        return kept
    return leaf_of(condition.field, condition.way, condition.values)


def _parsed(text: str) -> Leaf | None:
    try:
        found = parse(text)
    except QueryError:
        return None
    return None if isinstance(found, And | Or | Not | Everything) else found


def _written(row: Written) -> Node:
    if not row.text.strip():
        raise WayError("A condition is missing.")
    try:
        return parse(row.text)
    except QueryError as error:
        raise WayError(f"{sentence(error.message)}\n{error.pointed_at(row.text)}") from None


def _rows(group: Group, at: Path = ()) -> Iterator[tuple[Path, Row]]:
    for place, row in enumerate(group.rows):
        yield (*at, place), row
        if isinstance(row, Group):
            yield from _rows(row, (*at, place))


def told(row: Row) -> dict[str, Any]:
    """``row`` as JSON for the browser; ``read_draft`` reads it."""
    looks: dict[str, Any] = {"not": row.negated, "off": row.off}
    if isinstance(row, Group):
        return {"join": "or" if row.any_of else "and", "rows": [told(inner) for inner in row.rows], **looks}
    if isinstance(row, Written):
        return {"text": row.text, **looks}
    return {"field": row.field, "way": row.way, "values": list(row.values), "kept": row.kept, **looks}


def read_draft(sent: object) -> Group:
    """What the browser sends.

    Raises:
        DraftError: It is no draft, or larger than any that could become a query.
    """
    found = _Sent().row(sent, 0)
    if not isinstance(found, Group):
        raise DraftError("a draft is a group")
    return found


@dataclass
class _Sent:
    rows: int = 0
    characters: int = 0

    def row(self, sent: object, depth: int) -> Row:
        self.rows += 1
        if not isinstance(sent, dict) or self.rows > MOST_ROWS or depth > MOST_NESTED:
            raise DraftError("not a row, or too many of them")
        looks: dict[str, Any] = {"negated": sent.get("not") is True, "off": sent.get("off") is True}
        if "rows" in sent:
            rows = tuple(self.row(inner, depth + 1) for inner in _list(sent["rows"]))
            return Group(rows, any_of=sent.get("join") == "or", **looks)
        if "text" in sent:
            return Written(self.text(sent["text"]), **looks)
        values = tuple(map(self.text, _list(sent.get("values"))))
        field, way, kept = (self.text(sent.get(name, "")) for name in ("field", "way", "kept"))
        return Condition(field, way, values, kept=kept, **looks)

    def text(self, sent: object) -> str:
        if not isinstance(sent, str):
            raise DraftError("not a text")
        self.characters += len(sent)
        if self.characters > limits.MOST_PASTED_CHARACTERS:
            raise DraftError("too long")
        return sent


def _list(sent: object) -> list[Any]:
    if not isinstance(sent, list):
        raise DraftError("not a list")
    return sent
