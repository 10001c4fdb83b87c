"""The views of the explorer that list messages, as the filter each adds to what a person asks."""

from dashapp.query.grammar import parse
from dashapp.query.tree import Node, all_of

MESSAGE_VIEWS = {"all": "", "malware": "ThreatTypes:Malware", "phish": "ThreatTypes:Phish"}


def lists_messages(view: str) -> bool:
    """Whether the view called ``view`` lists messages; without a name it is the first."""
    return (view or "all") in MESSAGE_VIEWS


def in_view(view: str, text: str) -> Node:
    """What the query ``text`` keeps in a view.

    Raises:
        KeyError: There is no such view of messages.
        QueryError: The text cannot be read.
    """
    base = MESSAGE_VIEWS[view or "all"]
    node = parse(text)
    return all_of(parse(base), node) if base else node
