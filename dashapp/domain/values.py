"""The field's words as enums: what may stand in a column of ours. Microsoft's own columns stay open."""

from enum import StrEnum


class Threat(StrEnum):
    """``primary_threat``: the worst verdict of a message, most severe first."""

    MALWARE = "Malware"
    PHISH = "Phish"
    SPAM = "Spam"
    NONE = "None"


ATTACKS = (Threat.MALWARE, Threat.PHISH)


class Delivery(StrEnum):
    """``explorer_delivery``: what happened to the message at delivery."""

    BLOCKED = "Blocked"
    REPLACED = "Replaced"
    JUNKED = "Delivered to junk"
    DELIVERED = "Delivered"


class Direction(StrEnum):
    """``EmailDirection``."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"
    INTRA_ORG = "Intra-org"
    UNKNOWN = "Unknown"
