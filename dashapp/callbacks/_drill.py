"""From a count to the messages behind it: the address of the explorer with more terms in its query."""

from functools import lru_cache
from typing import NamedTuple

from dashapp.callbacks._asked import Asked
from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import to_text
from dashapp.query.tree import And, Everything, Node, Or, all_of
from dashapp.query.urlstate import encoded

_AND = " AND "
_PLACE = "0QUERY0"  # nothing that an address would write in another way


class Drill:
    """Addresses of the first tab with the query of a view and more; made for thousands of them.

    Args:
        ask: The view.
        terms: That every address has.

    Raises:
        QueryError: The query of the view cannot be read.
    """

    def __init__(self, ask: Asked, *terms: Node) -> None:
        self._known = _terms(all_of(parse(ask.state.query), *terms))
        self._before, _, self._after = ask.same_page(query=_PLACE, tab="", message="").partition(_PLACE)

    def to(self, *terms: Node) -> str:
        """The messages for which ``terms`` hold too; empty if that is more than a query may hold."""
        added = (term for term in _terms(all_of(*terms)) if term not in self._known)
        parts = [_written(term) for term in (*self._known, *added)]
        length = sum(part.length for part in parts) + len(_AND) * (len(parts) - 1)
        text = encoded(_AND).join(part.encoded for part in parts)
        return "" if length > MOST_CHARACTERS else f"{self._before}{text}{self._after}"


class _Written(NamedTuple):
    length: int
    encoded: str


def _terms(node: Node) -> tuple[Node, ...]:
    """What must hold at once, each once."""
    children = node.children if isinstance(node, And) else (node,)
    return tuple(child for child in dict.fromkeys(children) if not isinstance(child, Everything))


@lru_cache(4096)
def _written(node: Node) -> _Written:
    """One term; a table has few of them, again and again."""
    text = f"({to_text(node)})" if isinstance(node, Or) else to_text(node)
    return _Written(len(text), encoded(text))
