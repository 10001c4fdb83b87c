"""What a field of the filter is. The fields themselves are in ``message`` and ``joined``."""

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

    @property
    def table(self) -> str:
        """The table of the lake that holds the column."""
        return "EmailEvents" if self in {Place.ROW, Place.LIST, Place.LATEST} else self.value

    @property
    def joined(self) -> bool:
        """Whether the values are in another table than ``EmailEvents``."""
        return self.table != "EmailEvents"


class Group(StrEnum):
    """A heading under which the builder, the column chooser and the help page list fields. In order."""

    MESSAGE = "Message"
    SENDER = "Sender"
    RECIPIENT = "Recipient"
    THREAT = "Threat"
    DELIVERY = "Delivery"
    AFTER_DELIVERY = "After delivery"
    AUTHENTICATION = "Authentication"
    URL = "URL"
    CLICK = "Click"
    FILE = "Attachment"
    CAMPAIGN = "Campaign"
    REPORT = "User report"
    ALERT = "Alert"
    TECHNICAL = "Technical"


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: Canonical, as printed in query text; Microsoft's column name where there is one.
        label: In words, for people.
        kind: How it compares.
        column: Stored column; for lower-cased twins the twin, so comparing is cheap.
        place: Where that column is. For ``Place.LATEST`` the row's own fallback column.
        shown: Column to display instead of a twin; empty: ``column``.
        values: The usual values, for suggestions; the set stays open.
        aliases: Other names accepted in text, compared without case.
        sensitive: Names people, addresses, subjects or one message, or may hold them, as a URL's path does (hidden from
            who lacks ``message:read``, also as a filter: a count would answer who was meant).
        help: One line for the definition tooltip.
        folded: The stored column is lower-cased already, so comparing needs no folding.
        key: For ``Kind.IP``: the stored column with 16 sortable bytes per address.
        group: Heading in lists of fields.
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
    folded: bool = False
    key: str = ""
    group: Group = Group.MESSAGE

    @property
    def display(self) -> str:
        """The column to show to people."""
        return self.shown or self.column

    @property
    def many(self) -> bool:
        """Whether one message may have several values; a term then means "exists one"."""
        return self.place is Place.LIST or self.place.joined
