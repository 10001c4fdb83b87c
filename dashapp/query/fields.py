"""Every field a filter may name: what kind it is, where it is stored, what people call it.

The grammar, the compiler to Ibis, the suggestions, the column chooser and the help page all read this registry.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field compares."""

    TEXT = "text"  # ``field:value`` contains
    KEYWORD = "keyword"  # ``field:value`` equals, with ``*`` and ``?`` in unquoted values
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    IP = "ip"  # equals, or lies in a CIDR block


class Place(StrEnum):
    """Where the values of a field live, seen from one row of ``EmailEvents``."""

    ROW = "row"  # a column of EmailEvents
    LIST = "list"  # a list column of EmailEvents: "exists one"
    URL = "EmailUrlInfo"  # by NetworkMessageId
    ATTACHMENT = "EmailAttachmentInfo"  # by NetworkMessageId and recipient
    CLICK = "UrlClickEvents"  # by NetworkMessageId and account = recipient
    POST_DELIVERY = "EmailPostDeliveryEvents"  # by NetworkMessageId and recipient
    CAMPAIGN = "CampaignInfo"  # by NetworkMessageId and recipient
    ALERT = "AlertEvidence"  # by NetworkMessageId
    SUBMISSION = "UserSubmissions"  # by NetworkMessageId (and recipient where given)
    IDENTITY = "IdentityInfo"  # latest row whose email_address or account is the recipient
    LATEST = "latest"  # last successful post-delivery event, else LatestDelivery* of the row, else the original


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: Canonical, as printed in query text; Microsoft's column name where there is one.
        label: In words, for people.
        kind: How it compares.
        column: Stored column; for lower-cased twins the twin, so comparing is cheap.
        place: Where that column is.
        shown: Column to display instead of a twin; empty: ``column``.
        values: The usual values, for suggestions; the set stays open.
        aliases: Other names accepted in text, compared without case.
        sensitive: Names people, addresses or subjects (hidden from who lacks ``message:read``).
        help: One line for the definition tooltip.
    """

    name: str
    label: str
    kind: Kind
    column: str
    place: Place = Place.ROW
    shown: str = ""
    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    sensitive: bool = False
    help: str = ""


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(
            "ThreatTypes", "Threat type", Kind.KEYWORD, "threat_types", Place.LIST, values=("Malware", "Phish", "Spam")
        ),
        Field(
            "PrimaryThreat",
            "Primary threat",
            Kind.KEYWORD,
            "primary_threat",
            values=("Malware", "Phish", "Spam", "None"),
        ),
        Field(
            "SenderFromAddress",
            "Sender",
            Kind.KEYWORD,
            "sender_address",
            shown="SenderFromAddress",
            aliases=("from", "sender"),
            sensitive=True,
        ),
        Field("Subject", "Subject", Kind.TEXT, "subject", shown="Subject", sensitive=True),
    )
}


def find_field(name: str) -> Field | None:
    """The field called ``name``, by canonical name or alias, without case; None if there is none."""
    return _BY_NAME.get(name.casefold())


_BY_NAME = {key.casefold(): field for field in FIELDS.values() for key in (field.name, *field.aliases)}
