"""The views of the explorer: what each lists, which of it, and what it shows until a person chooses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashapp.query.grammar import parse
from dashapp.query.pills import terms_of
from dashapp.query.subjects import CLICKS, DOCUMENTS, MESSAGES, REPORTS, Subject
from dashapp.query.tree import Everything, Node, Word, all_of, leaves


@dataclass(frozen=True)
class ExplorerView:
    """One view at the top of the explorer.

    Attributes:
        slug: As ``view=`` of the address names it.
        label: On the strip.
        subject: What a row is.
        pivots: Field name to label of what the chart may be split by at a click; the first until one is chosen.
        columns: Of the grid until a person chooses, in order.
        base: Which rows, before any filter of the person; as query text. Empty: all.
    """

    slug: str
    label: str
    subject: Subject
    pivots: Mapping[str, str] = field(hash=False)
    columns: tuple[str, ...]
    base: str = ""

    @property
    def node(self) -> Node:
        """``base`` as a tree."""
        return parse(self.base) if self.base else Everything()


# The columns of Defender's Explorer that are on by default, in its order.
_MESSAGE_COLUMNS = (
    "Timestamp",
    "Subject",
    "RecipientEmailAddress",
    "UserTag",
    "SenderFromAddress",
    "SenderFromDomain",
    "ThreatTypes",
    "AdditionalAction",
    "LatestDeliveryLocation",
    "DeliveryLocation",
)
ALL_EMAIL = ExplorerView(
    "all",
    "All email",
    MESSAGES,
    {
        "ExplorerDelivery": "Delivery",
        "PrimaryThreat": "Threat",
        "PrimaryTechnology": "Technology",
        "SenderFromDomain": "Sender domain",
        "SenderCountry": "Country",
    },
    _MESSAGE_COLUMNS,
)
MALWARE = ExplorerView(
    "malware",
    "Malware",
    MESSAGES,
    {
        "ThreatFamily": "Malware family",
        "SenderFromDomain": "Sender domain",
        "SenderIP": "Sender IP",
        "ExplorerDelivery": "Delivery",
        "PrimaryTechnology": "Technology",
    },
    (*_MESSAGE_COLUMNS, "ThreatFamily"),
    "ThreatTypes:Malware",
)
PHISH = ExplorerView(
    "phish",
    "Phish",
    MESSAGES,
    {
        "ExplorerDelivery": "Delivery",
        "SenderFromDomain": "Sender domain",
        "SenderIP": "Sender IP",
        "PrimaryTechnology": "Technology",
        "UrlDomain": "URL domain",
    },
    (*_MESSAGE_COLUMNS, "Confidence"),
    "ThreatTypes:Phish",
)
FILES = ExplorerView(
    "files",
    "Content malware",
    DOCUMENTS,
    {"ThreatFamily": "Malware family", "DetectionTechnology": "Technology", "Workload": "Workload"},
    (
        "Timestamp",
        "FileName",
        "Workload",
        "ThreatTypes",
        "DetectionTechnology",
        "LastModifiedBy",
        "FileOwner",
        "FileSize",
    ),
)
URL_CLICKS = ExplorerView(
    "clicks",
    "URL clicks",
    CLICKS,
    {
        "ClickDomain": "URL domain",
        "ClickVerdict": "Click verdict",
        "Workload": "Workload",
        "ClickTechnology": "Technology",
        "ClickThreat": "Threat type",
    },
    (
        "Timestamp",
        "RecipientEmailAddress",
        "ClickVerdict",
        "ClickUrl",
        "UserTag",
        "ClickThreat",
        "ClickTechnology",
        "ClickIP",
        "NetworkMessageId",
    ),
)
REPORTED = ExplorerView(
    "reported",
    "User reported",
    REPORTS,
    {
        "SubmissionType": "Report",
        "SubmissionVerdict": "Verdict",
        "SubmissionStatus": "Status",
        "SenderFromDomain": "Sender domain",
    },
    (
        "Timestamp",
        "Subject",
        "SenderFromAddress",
        "RecipientEmailAddress",
        "SubmittedBy",
        "SubmissionType",
        "SubmissionVerdict",
        "SubmissionStatus",
    ),
)
VIEWS = (ALL_EMAIL, MALWARE, PHISH, FILES, URL_CLICKS, REPORTED)
_BY_SLUG = {view.slug: view for view in VIEWS}


def known_view(slug: str) -> ExplorerView | None:
    """The view called ``slug``, the first for an empty one; None for one nobody knows."""
    return _BY_SLUG.get(slug or ALL_EMAIL.slug)


def find_view(slug: str) -> ExplorerView:
    """The view called ``slug``; the first for one nobody knows."""
    return known_view(slug) or ALL_EMAIL


@dataclass(frozen=True)
class Asking:
    """A query as a view understands it.

    Attributes:
        node: Which rows: those of the view that the terms it understands keep.
        terms: These terms alone, without what the view itself asks for.
        left_out: Terms about what its rows do not have; they came with an address meant for another view.
    """

    node: Node
    terms: Node
    left_out: tuple[Node, ...] = ()


def in_view(view: ExplorerView, text: str) -> Asking:
    """What the query ``text`` keeps in a view.

    Raises:
        QueryError: The text cannot be read.
    """
    kept = parse(text, near=view.subject.fields)
    left_out = tuple(term for term in terms_of(kept) if not says_something(view.subject, term))
    if left_out:
        kept = all_of(*(term for term in terms_of(kept) if term not in left_out))
    return Asking(all_of(view.node, kept) if view.base else kept, kept, left_out)


def says_something(subject: Subject, node: Node) -> bool:
    """Whether every field of ``node`` is one of ``subject``."""
    return all(subject.find(leaf.field) for leaf in leaves(node) if not isinstance(leaf, Word))
