"""The views of the explorer that list messages, as the filter each adds to what a person asks."""

from dataclasses import dataclass, field

from dashapp.query.grammar import parse
from dashapp.query.tree import Everything, Node, all_of


@dataclass(frozen=True)
class MessageView:
    """One view at the top of the explorer.

    Attributes:
        slug: As ``view=`` of the address names it.
        label: On the strip.
        base: Which messages, before any filter of the person; as query text.
        pivots: Field name to label of what the chart may be split by at a click; the first until one is chosen.
        columns: Of the grid, after those of every view, until a person chooses.
    """

    slug: str
    label: str
    base: str
    pivots: dict[str, str] = field(hash=False)
    columns: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """``base`` as a tree."""
        return parse(self.base) if self.base else Everything()


VIEWS = (
    MessageView(
        "all",
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
    MessageView(
        "malware",
        "Malware",
        "ThreatTypes:Malware",
        {
            "ThreatFamily": "Malware family",
            "SenderFromDomain": "Sender domain",
            "SenderIP": "Sender IP",
            "ExplorerDelivery": "Delivery",
            "PrimaryTechnology": "Technology",
        },
        ("ThreatFamily",),
    ),
    MessageView(
        "phish",
        "Phish",
        "ThreatTypes:Phish",
        {
            "ExplorerDelivery": "Delivery",
            "SenderFromDomain": "Sender domain",
            "SenderIP": "Sender IP",
            "PrimaryTechnology": "Technology",
            "UrlDomain": "URL domain",
        },
        ("Confidence",),
    ),
)
MESSAGE_VIEWS = {view.slug: view.base for view in VIEWS}


def find_view(slug: str) -> MessageView:
    """The view called ``slug``; the first for one nobody knows."""
    return next((view for view in VIEWS if view.slug == slug), VIEWS[0])


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
