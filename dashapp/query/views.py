"""The views of the explorer: what each lists, over which messages, and what it shows until a person chooses."""

from dataclasses import dataclass

from dashapp.query.grammar import parse
from dashapp.query.subjects import CLICKS, DOCUMENTS, MESSAGES, REPORTS, Subject
from dashapp.query.tree import Everything, Node


@dataclass(frozen=True)
class ExplorerView:
    """One tab at the top of the explorer.

    Attributes:
        slug: As ``view=`` of the address names it.
        label: On the tab.
        meaning: One sentence on what is listed.
        subject: What a row is.
        base: Which rows, before any filter of the person; as query text. Empty: all.
        pivots: Field name to label of what the chart is split by at a click; the first until one is chosen.
        columns: Field name to width in pixels, of the grid's columns until a person chooses.
    """

    slug: str
    label: str
    meaning: str
    subject: Subject
    base: str
    pivots: dict[str, str]
    columns: dict[str, int]

    @property
    def node(self) -> Node:
        """``base`` as a tree."""
        return parse(self.base) if self.base else Everything()

    @property
    def pivot(self) -> str:
        """What the chart is split by until a field is chosen."""
        return next(iter(self.pivots))

    @property
    def any_pivot(self) -> bool:
        """Whether the chart may be split by any other field too."""
        return self.subject is MESSAGES


# The columns of Defender's Explorer that are on by default, in its order.
_MESSAGE_COLUMNS = {
    "Timestamp": 185,
    "Subject": 300,
    "RecipientEmailAddress": 240,
    "UserTag": 120,
    "SenderFromAddress": 250,
    "SenderFromDomain": 180,
    "ThreatTypes": 120,
    "AdditionalAction": 150,
    "LatestDeliveryLocation": 160,
    "DeliveryLocation": 160,
}
_PER_RECIPIENT = "One row is one message to one recipient."

ALL_EMAIL = ExplorerView(
    "all",
    "All email",
    _PER_RECIPIENT,
    MESSAGES,
    "",
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
    f"Messages in which malware was found, whatever else was. {_PER_RECIPIENT}",
    MESSAGES,
    "ThreatTypes:Malware",
    {
        "ThreatFamily": "Malware family",
        "SenderFromDomain": "Sender domain",
        "SenderIP": "Sender IP",
        "ExplorerDelivery": "Delivery",
        "ThreatClassification": "Classification",
        "PrimaryTechnology": "Technology",
    },
    {
        **{name: width for name, width in _MESSAGE_COLUMNS.items() if name != "UserTag"},
        "ThreatFamily": 150,
    },
)
PHISH = ExplorerView(
    "phish",
    "Phish",
    f"Messages judged phishing, whatever else was found. {_PER_RECIPIENT}",
    MESSAGES,
    "ThreatTypes:Phish",
    {
        "ExplorerDelivery": "Delivery",
        "SenderFromDomain": "Sender domain",
        "SenderIP": "Sender IP",
        "PrimaryTechnology": "Technology",
        "ThreatClassification": "Classification",
        "Url": "Full URL",
        "UrlDomain": "URL domain",
    },
    {**_MESSAGE_COLUMNS, "Confidence": 120},
)
CONTENT_MALWARE = ExplorerView(
    "content-malware",
    "Content malware",
    "One row is one finding of malware in a file in SharePoint, OneDrive or Teams.",
    DOCUMENTS,
    "",
    {
        "ThreatFamily": "Malware family",
        "DetectionTechnology": "Technology",
        "Workload": "Workload",
    },
    {
        "Timestamp": 185,
        "FileName": 280,
        "Workload": 120,
        "ThreatTypes": 110,
        "DetectionTechnology": 190,
        "LastModifiedBy": 240,
        "FileOwner": 240,
        "FileSize": 110,
        "LastModifiedTime": 185,
    },
)
URL_CLICKS = ExplorerView(
    "url-clicks",
    "URL clicks",
    "One row is one click on a link.",
    CLICKS,
    "",
    {
        "ClickDomain": "URL domain",
        "ClickVerdict": "Click verdict",
        "Workload": "Workload",
        "DetectionTechnology": "Technology",
        "ThreatTypes": "Threat type",
    },
    {
        "Timestamp": 185,
        "RecipientEmailAddress": 240,
        "ClickAction": 150,
        "ClickVerdict": 140,
        "ClickUrl": 340,
        "UserTag": 120,
        "ThreatTypes": 110,
        "DetectionTechnology": 190,
        "ClickIP": 140,
    },
)
USER_REPORTED = ExplorerView(
    "user-reported",
    "User reported",
    "One row is one report of a message, by a person or by an administrator.",
    REPORTS,
    "",
    {
        "SubmissionType": "Report",
        "SubmissionVerdict": "Verdict",
        "SubmissionStatus": "Status",
        "SenderFromAddress": "Sender",
    },
    {
        "Timestamp": 185,
        "Subject": 300,
        "SenderFromAddress": 240,
        "RecipientEmailAddress": 240,
        "SubmittedBy": 240,
        "SubmissionType": 120,
        "SubmissionVerdict": 160,
        "SubmissionStatus": 140,
    },
)
VIEWS = (ALL_EMAIL, MALWARE, PHISH, CONTENT_MALWARE, URL_CLICKS, USER_REPORTED)
_BY_SLUG = {view.slug: view for view in VIEWS}


def find_view(slug: str) -> ExplorerView:
    """The view called ``slug``; the first for one nobody knows."""
    return _BY_SLUG.get(slug, ALL_EMAIL)
