"""Whose column is this: Microsoft's names in any case, the names Explorer shows, and which table a set of them is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashapp.data.schema import TABLES

_STORED_BY_US = frozenset({"batch_id", "ingested_at"})

# What people see in exports of Explorer and in the Log Analytics copy, without case, spaces and punctuation.
_COMMON = {
    "timegenerated": "Timestamp",
    "timegeneratedutc": "Timestamp",
    "timestamputc": "Timestamp",
    "date": "Timestamp",
    "dateutc": "Timestamp",
    "networkmessageid": "NetworkMessageId",
    "internetmessageid": "InternetMessageId",
    "detectiontechnology": "DetectionMethods",
    "detectiontechnologies": "DetectionMethods",
    "threattype": "ThreatTypes",
    "threat": "ThreatTypes",
    "threats": "ThreatTypes",
    "recipient": "RecipientEmailAddress",
    "recipients": "RecipientEmailAddress",
    "recipientaddress": "RecipientEmailAddress",
    "malwarefamily": "ThreatNames",
}
_BY_TABLE = {
    "EmailEvents": {
        "sender": "SenderFromAddress",
        "senderaddress": "SenderFromAddress",
        "senderdomain": "SenderFromDomain",
        "senderip": "SenderIPv4",
        "sendermailfromaddress": "SenderMailFromAddress",
        "directionality": "EmailDirection",
        "deliverylocation": "DeliveryLocation",
        "originaldeliverylocation": "DeliveryLocation",
        "latestdeliverylocation": "LatestDeliveryLocation",
        "latestdeliveryaction": "LatestDeliveryAction",
        "maillanguage": "EmailLanguage",
        "language": "EmailLanguage",
        "connector": "Connectors",
        "phishconfidencelevel": "ConfidenceLevel",
        "clusterid": "EmailClusterId",
        "bcl": "BulkComplaintLevel",
        "bulkcomplaintlevel": "BulkComplaintLevel",
        "emailsizebytes": "EmailSize",
        "size": "EmailSize",
    },
    "UrlClickEvents": {
        "timeclicked": "Timestamp",
        "timeclickedutc": "Timestamp",
        "recipient": "AccountUpn",
        "recipients": "AccountUpn",
        "user": "AccountUpn",
        "urlclickaction": "ActionType",
        "clickaction": "ActionType",
        "clickverdict": "ActionType",
        "clickid": "ReportId",
        "clientip": "IPAddress",
    },
    "FileMaliciousContentInfo": {
        "name": "FileName",
        "lastmodifyinguser": "LastModifyingAccountUpn",
        "fileowner": "FileOwnerUpn",
        "size": "FileSize",
        "filepath": "FolderPath",
    },
}


@dataclass(frozen=True)
class _Signature:
    """A table is recognised by columns it must have, of which one group each, and columns it must not have."""

    table: str
    every: str
    one: str = ""
    none: str = ""


# In this order: the first that fits.
_SIGNATURES = (
    _Signature("AlertEvidence", "AlertId EntityType"),
    _Signature("AlertInfo", "AlertId", "Title Severity Category", "NetworkMessageId"),
    _Signature("UserSubmissions", "SubmissionId"),
    _Signature("CampaignInfo", "CampaignId NetworkMessageId"),
    _Signature("FileMaliciousContentInfo", "DocumentId", "FileName SHA256 Workload"),
    _Signature("UrlClickEvents", "Url ActionType", "AccountUpn IsClickedThrough Workload IPAddress"),
    _Signature("EmailPostDeliveryEvents", "NetworkMessageId ActionType", "", "Url Subject"),
    _Signature("EmailUrlInfo", "NetworkMessageId Url", "", "Subject RecipientEmailAddress"),
    _Signature("EmailAttachmentInfo", "NetworkMessageId", "SHA256 FileName", "Subject"),
    _Signature(
        "EmailEvents",
        "NetworkMessageId RecipientEmailAddress",
        "Subject SenderFromAddress SenderMailFromAddress DeliveryAction EmailDirection InternetMessageId",
    ),
    _Signature("IdentityInfo", "AccountObjectId", "AccountUpn AccountDisplayName EmailAddress Department"),
)


@dataclass(frozen=True)
class Columns:
    """Where the columns of a source go, by their place in it.

    Attributes:
        given: Our column to its place; each place at most once.
        extra: Places of columns we have no column for, with their names.
    """

    given: dict[str, int]
    extra: tuple[tuple[str, int], ...]


def columns_of(table: str, names: Sequence[str], renamed: dict[str, str] | None = None) -> Columns:
    """Find the place of each column of ``table``.

    An exact name wins over one in another case, that over a name Explorer shows. Our own derived columns are ignored:
    they are computed anew.

    Args:
        table: A name of ``TABLES``.
        names: The columns of the source, in order; may repeat.
        renamed: Foreign name to ours, which wins over everything.
    """
    return _columns_of(table, tuple(names), tuple(sorted((renamed or {}).items())))


@lru_cache(maxsize=512)
def _columns_of(table: str, names: tuple[str, ...], renamed: tuple[tuple[str, str], ...]) -> Columns:
    mapping = dict(renamed)
    stored = TABLES[table]
    ranked: dict[str, tuple[int, int]] = {}
    wanted = [_column(table, name, mapping) for name in names]
    for place, found in enumerate(wanted):
        if found and (found[0] not in ranked or found[1] < ranked[found[0]][0]):
            ranked[found[0]] = (found[1], place)
    given = {name: place for name, (_, place) in ranked.items()}
    taken = set(given.values())
    ignored = _STORED_BY_US | stored.derived.keys()
    extra = [(name, place) for place, name in enumerate(names) if place not in taken and name not in ignored]
    return Columns(given, tuple(extra))


def _column(table: str, name: str, mapping: dict[str, str]) -> tuple[str, int] | None:
    """Our column and how sure that is: 0 said so, 1 exact, 2 another case, 3 as Explorer shows it."""
    stored = TABLES[table]
    if name in mapping:
        return (mapping[name], 0) if mapping[name] in stored.given else None
    if name in stored.given:
        return name, 1
    simple = simplified(name)
    if simple in _simple_names(table):
        return _simple_names(table)[simple], 2
    shown = _BY_TABLE.get(table, {}).get(simple) or _COMMON.get(simple)
    return (shown, 3) if shown in stored.given else None


@lru_cache(maxsize=32)
def _simple_names(table: str) -> dict[str, str]:
    return {simplified(name): name for name in TABLES[table].given}


@lru_cache(maxsize=4096)
def simplified(name: str) -> str:
    """The name in lower case without spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def table_of(names: Iterable[str], renamed: dict[str, str] | None = None) -> str | None:
    """The table whose rows have these columns; None when they fit none."""
    return _table_of(tuple(names), tuple(sorted((renamed or {}).items())))


@lru_cache(maxsize=4096)
def _table_of(names: tuple[str, ...], renamed: tuple[tuple[str, str], ...]) -> str | None:
    for signature in _SIGNATURES:
        found = _columns_of(signature.table, names, renamed).given.keys()
        every, one = set(signature.every.split()), set(signature.one.split())
        foreign = {simplified(name) for name in names} & {simplified(name) for name in signature.none.split()}
        if every <= found and (not one or one & found) and not foreign:
            return signature.table
    return None
