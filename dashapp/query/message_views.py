"""The views of the explorer that list messages: the filter each adds to what a person asks, and its usual pivots."""

from dataclasses import dataclass

from dashapp.query.grammar import parse
from dashapp.query.tree import Node, all_of


@dataclass(frozen=True)
class MessageView:
    """One view.

    Attributes:
        label: On its tab.
        base: Which messages, before any filter of the person, as query text. Empty: all.
        pivots: Field name to label of what the chart may be stacked by at a click; the first is the usual one.
    """

    label: str
    base: str
    pivots: dict[str, str]


_SENDER = {"SenderFromDomain": "Sender domain", "SenderIP": "Sender IP"}
MESSAGE_VIEWS = {
    "all": MessageView(
        "All email",
        "",
        {
            "ExplorerDelivery": "Delivery",
            "PrimaryThreat": "Threat",
            "PrimaryTechnology": "Technology",
            "SenderFromDomain": "Sender domain",
            "SenderCountry": "Country",
        },
    ),
    "malware": MessageView(
        "Malware",
        "ThreatTypes:Malware",
        {
            "ThreatFamily": "Family",
            **_SENDER,
            "ExplorerDelivery": "Delivery",
            "PrimaryTechnology": "Technology",
        },
    ),
    "phish": MessageView(
        "Phish",
        "ThreatTypes:Phish",
        {
            "ExplorerDelivery": "Delivery",
            **_SENDER,
            "PrimaryTechnology": "Technology",
            "UrlDomain": "URL domain",
        },
    ),
}


def message_view(name: str) -> MessageView:
    """The view called ``name``; all email for no name and for one that lists no messages."""
    return MESSAGE_VIEWS.get(name, MESSAGE_VIEWS["all"])


def lists_messages(view: str) -> bool:
    """Whether the view called ``view`` lists messages; without a name it is the first."""
    return (view or "all") in MESSAGE_VIEWS


def in_view(view: str, text: str) -> Node:
    """What the query ``text`` keeps in a view.

    Raises:
        KeyError: There is no such view of messages.
        QueryError: The text cannot be read.
    """
    base = MESSAGE_VIEWS[view or "all"].base
    node = parse(text)
    return all_of(parse(base), node) if base else node
