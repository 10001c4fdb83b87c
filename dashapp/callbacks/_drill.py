"""From a count to the messages behind it: the address of the explorer with more terms in its query."""

from dashapp.callbacks._asked import Asked
from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import to_text
from dashapp.query.tree import And, Node, Or, all_of
from dashapp.query.urlstate import encoded

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
        self._texts = tuple(map(_written, self._known))
        self._before, _, self._after = ask.same_page(query=_PLACE, tab="", message="").partition(_PLACE)

    def to(self, *terms: Node) -> str:
        """The messages for which ``terms`` hold too; empty if that is more than a query may hold."""
        added = [term for term in _terms(all_of(*terms)) if term not in self._known]
        text = " AND ".join([*self._texts, *map(_written, added)])
        return "" if len(text) > MOST_CHARACTERS else f"{self._before}{encoded(text)}{self._after}"


def _terms(node: Node) -> tuple[Node, ...]:
    """What must hold at once, each once."""
    children = node.children if isinstance(node, And) else (node,)
    return tuple(dict.fromkeys(child for child in children if to_text(child)))


def _written(node: Node) -> str:
    return f"({to_text(node)})" if isinstance(node, Or) else to_text(node)
