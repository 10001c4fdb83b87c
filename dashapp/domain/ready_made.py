"""Ready-made queries and hunts: the fifteen questions of public hunting collections, for everybody, to read only.

A question that one filter answers is a query and opens the explorer; one that needs grouping or more than one table is
a hunt, which ``dashapp.data.hunts`` answers with a table. Sources of the questions: Azure-Sentinel hunting queries
(MIT) and Hunting-Queries-Detection-Rules (BSD-3); the wording and the answers are ours.
"""

from dataclasses import dataclass

from dashapp.query.urlstate import EXPLORER, ViewState


@dataclass(frozen=True)
class ReadyMade:
    """One question.

    Attributes:
        number: Of the question, 1 to 15.
        slug: Names it in addresses and on the command line.
        purpose: What it is good for, in a sentence.
        state: What the explorer shows; None: it is a hunt.
    """

    number: int
    slug: str
    name: str
    purpose: str
    state: ViewState | None = None

    @property
    def is_hunt(self) -> bool:
        """It is answered by a table of its own."""
        return self.state is None


def _query(text: str, *, by: str, columns: tuple[str, ...] = ()) -> ViewState:
    return ViewState(
        view=EXPLORER.view, query=text, start="now-30d", by=by, columns=columns, sort=EXPLORER.sort, end=EXPLORER.end
    )


_HOW_IT_GOT_THERE = (
    "Timestamp",
    "Subject",
    "RecipientEmailAddress",
    "SenderFromAddress",
    "ClickAction",
    "IsClickedThrough",
    "ClickTime",
    "DeliveryLocation",
    "Override",
    "PrimaryOverrideSource",
)
READY_MADE = (
    ReadyMade(
        1,
        "efficacy",
        "Overall efficacy",
        "How many attacks were stopped before delivery, removed after it, or not caught at all.",
    ),
    ReadyMade(
        2,
        "bad-senders",
        "Bad senders that still get mail through",
        "Senders half or more of whose mail is phishing, and what of it reached a mailbox all the same.",
    ),
    ReadyMade(
        3,
        "bad-addresses",
        "Delivered mail from bad IP addresses",
        "What was delivered from addresses that sent more than five messages with malware or phishing.",
    ),
    ReadyMade(
        4,
        "bombing",
        "Email bombing",
        "People who got far more mail in one hour than they ever get, often to hide one message in the flood.",
    ),
    ReadyMade(
        5,
        "new-repliers",
        "Replies from a domain never seen before",
        "Delivered replies and forwards from a sender and a domain that have never written before: conversation "
        "take-over.",
    ),
    ReadyMade(
        6,
        "qr-codes",
        "QR codes from rare senders",
        "Delivered messages with a QR code from senders with no other mail in the two weeks before.",
    ),
    ReadyMade(
        7,
        "countries",
        "Mail by country",
        "Where mail comes from, by the IPv4 address of its sender.",
    ),
    ReadyMade(
        8,
        "phish-clicks",
        "Clicks on phishing, and how it got there",
        "Phishing whose links were clicked: was the click blocked, where did the message lie, who let it in.",
        _query("PrimaryThreat:Phish ClickAction:*", by="ClickAction", columns=_HOW_IT_GOT_THERE),
    ),
    ReadyMade(
        9,
        "clicked-first",
        "Clicked before it was purged",
        "Links that people opened before the message was removed from their mailbox, and how long before.",
    ),
    ReadyMade(
        10,
        "zap-by-day",
        "Zero-hour purge by day",
        "How many messages zero-hour auto purge removed each day, by what they were; days without any are shown.",
    ),
    ReadyMade(
        11,
        "remediation",
        "Remediation by person",
        "What administrators removed from whose mailbox, and how.",
    ),
    ReadyMade(
        12,
        "allowed",
        "Allowed by the organisation's overrides",
        "Phishing and spam that was delivered because a policy of the organisation allowed it.",
        _query(
            "EmailDirection:Inbound IsSimulation:false PrimaryThreat:(Phish, Spam) ExplorerDelivery:Delivered "
            "OrgLevelAction:Allow",
            by="PrimaryOverrideSource",
        ),
    ),
    ReadyMade(
        13,
        "most-attacked",
        "Most attacked people",
        "The tenth of the attacked people with the most attacks.",
    ),
    ReadyMade(
        14,
        "detonated",
        "Found by detonation",
        "New threats that only opening the file or the link in a sandbox revealed.",
        _query(
            "EmailDirection:Inbound IsSimulation:false PrimaryThreat:(Malware, Phish) "
            'DetectionTechnology:("File detonation", "URL detonation")',
            by="PrimaryTechnology",
        ),
    ),
    ReadyMade(
        15,
        "rare-clusters",
        "Clusters of rare senders",
        "Similar messages with links from several domains that hardly ever write: a campaign that changes its senders.",
    ),
)
_BY_SLUG = {one.slug: one for one in READY_MADE}


def find_ready_made(slug: str) -> ReadyMade | None:
    """The question called ``slug``; None if there is none."""
    return _BY_SLUG.get(slug)
