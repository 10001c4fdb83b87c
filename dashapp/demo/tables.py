"""From the model of a day to Arrow tables in Microsoft's columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.schema import TABLES
from dashapp.demo import ids, lures, verdicts
from dashapp.demo.day import Day
from dashapp.demo.rows import (
    BLOCKED,
    CLEAN,
    HIGH,
    INBOUND,
    INTRA,
    JUNKED,
    MALWARE,
    NO_CONFIDENCE,
    OUTBOUND,
    PHISH,
    SPAM,
    Array,
    Mess,
)  # fmt: skip
from dashapp.demo.vocabulary import encode

# purposes of identifiers, see ids.keyed
MESSAGE, INTERNET, FILE, URL, CLICK, SUBMISSION, PERSON, ALERT = range(10, 170, 20)
_DIRECTIONS = ("Inbound", "Outbound", "Intra-org")
_ACTIONS = ("Delivered", "Junked", "Blocked", "Replaced")
_LOCATIONS = (
    "Inbox/folder", "Junk folder", "Quarantine", "Dropped", "Failed", "On-premises/external", "Deleted items",
)  # fmt: skip
THREATS = ("", "Spam", "Phish", "Malware", "Phish, Spam", "Phish, Malware")
_EMAIL_ACTIONS = (
    "Move message to junk mail folder",
    "Send to quarantine",
    "Delete message",
    "No action taken",
    "Send to quarantine and notify",
)
_CLASSES = (*lures.BEC_CLASSES, "PII gathering")
_CONFIDENCES = (
    '{"Spam":"5"}', '{"Spam":"6"}', '{"Spam":"9"}', '{"Phish":"Normal"}', '{"Phish":"High"}',
    '{"Phish":"Normal","Spam":"5"}', '{"Phish":"High","Spam":"5"}',
)  # fmt: skip


@dataclass(frozen=True)
class Rendered:
    """Rows of one table.

    Attributes:
        table: In the columns and types of ``given``; texts may be dictionaries.
        arrival: When each row reaches us, microseconds since 1970, ascending.
    """

    table: pa.Table
    arrival: Array


def rendered(name: str, columns: dict[str, pa.Array], arrival: Array) -> Rendered:
    """Return the columns as rows of table ``name`` in order of arrival; a column not given is null."""
    order = np.argsort(arrival, kind="stable")
    given = TABLES[name].given
    unknown = set(columns) - set(given)
    if unknown:
        raise ValueError(f"{name} has no columns {sorted(unknown)}")
    arrays = [columns[one] if one in columns else pa.nulls(len(arrival), type_) for one, type_ in given.items()]
    table = pa.Table.from_arrays(arrays, list(given))
    if not np.array_equal(order, np.arange(len(order))):
        table = table.take(pa.array(order))
    return Rendered(table, arrival[order])


def times(values: Array) -> pa.Array:
    """Return microseconds since 1970 as timestamps without zone."""
    return pa.array(values.astype("datetime64[us]"))


def message_ids(day: Day, messages: Array) -> pa.Array:
    """Return the network message ids of message numbers of a day."""
    return ids.guids(day.plan, MESSAGE, day.date.toordinal(), messages)


def internet_ids(day: Day, messages: Array, senders: Array) -> pa.Array:
    """Return the Message-ID headers, in angle brackets."""
    left = ids.hexes(ids.keyed(day.plan, INTERNET, day.date.toordinal(), messages))
    domain = day.book.mail_from_domains.values().take(pa.array(senders))
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise("<", left, ""), pc.binary_join_element_wise(domain, ">", ""), "@"
    )


def subjects(day: Day, positions: Array | None = None) -> pa.Array:
    """Return subjects with their salt; null where a row has none."""
    code, salt = day.rows["subject"], day.rows["salt"]
    if positions is not None:
        code, salt = code[positions], salt[positions]
    texts = day.subjects.values().take(pa.array(code, mask=code < 0))
    tail = pc.binary_join_element_wise(" #", pa.array(salt).cast(pa.string()), "")
    return pc.if_else(pa.array(salt > 0), pc.binary_join_element_wise(texts, tail, ""), texts)


def report_ids(message: pa.Array, numbers: Array) -> pa.Array:
    """Return event ids: message id, a dash, the recipient's number."""
    return pc.binary_join_element_wise(message, pa.array(numbers).cast(pa.string()), "-")


def threat_codes(day: Day) -> Array:
    """Return positions in the words of ThreatTypes, -1 for none."""
    threat, second = day.rows["threat"], day.rows["second"]
    return np.select(
        [(threat == PHISH) & (second == SPAM), (threat == MALWARE) & (second == PHISH), threat > CLEAN],
        [4, 5, threat],
        -1,
    )


def email_events(day: Day) -> Rendered:
    """Return the day's EmailEvents."""
    rows, book = day.rows, day.book
    sender, recipient = rows["sender"], rows["recipient"]
    message = message_ids(day, rows["message"])
    host = day.hosts.values()
    is_v6 = pc.match_substring(host, ":").to_numpy(zero_copy_only=False)[rows["ip"]]
    known = rows["ip"] >= 0
    columns = {
        "Timestamp": times(rows["time"]),
        "NetworkMessageId": message,
        "InternetMessageId": internet_ids(day, rows["message"], sender),
        "SenderMailFromAddress": book.mail_from.encode(sender),
        "SenderFromAddress": book.addresses.encode(sender),
        "SenderDisplayName": book.names.encode(np.where(rows["mess"] == Mess.NO_DISPLAY_NAME, -1, sender)),
        "SenderObjectId": object_ids(day, sender),
        "SenderMailFromDomain": book.mail_from_domains.encode(sender),
        "SenderFromDomain": book.domains.encode(sender),
        "SenderIPv4": encode(host, np.where(known & ~is_v6, rows["ip"], -1)),
        "SenderIPv6": encode(host, np.where(known & is_v6, rows["ip"], -1)),
        "RecipientEmailAddress": _recipients(day),
        "RecipientObjectId": object_ids(day, recipient),
        "RecipientDomain": book.domains.encode(recipient),
        "Subject": subjects(day),
        "EmailClusterId": pa.array(rows["cluster"]),
        "EmailDirection": encode(_DIRECTIONS, rows["direction"]),
        "DeliveryAction": encode(_ACTIONS, rows["action"]),
        "DeliveryLocation": encode(_LOCATIONS, rows["location"]),
        "BulkComplaintLevel": pa.array(rows["bcl"].astype(np.int32), mask=rows["direction"] != INBOUND),
        "AttachmentCount": pa.array(rows["files"].astype(np.int32)),
        "UrlCount": pa.array(rows["urls"].astype(np.int32)),
        "EmailLanguage": encode(lures.LANGUAGES, rows["language"]),
        "ReportId": report_ids(message, rows["recipient"] + 1 + rows["duplicate"] * 10_000_000),
        "EmailSize": pa.array(rows["size"].astype(np.int64)),
        "IsFirstContact": pa.array(rows["first_contact"]),
    }
    return rendered("EmailEvents", columns | _verdict_columns(day) | _policy_columns(day), rows["arrival"])


def _recipients(day: Day) -> pa.Array:
    plain = day.book.addresses.encode(day.rows["recipient"])
    shouted = day.rows["mess"] == Mess.SHOUTED_RECIPIENT
    if not shouted.any():
        return plain
    values = day.book.addresses.values()
    both = pa.concat_arrays([values, pc.utf8_capitalize(values)])
    return encode(both, day.rows["recipient"] + np.where(shouted, len(values), 0))


def object_ids(day: Day, people: Array) -> pa.Array:
    """Return directory ids of people by number; null for outsiders."""
    values = ids.guids(day.plan, PERSON, 0, np.arange(day.book.users))
    return encode(values, np.where(people < day.book.users, people, -1))


def _verdict_columns(day: Day) -> dict[str, pa.Array]:
    rows = day.rows
    threat, sure, mixed = rows["threat"], rows["confidence"] == HIGH, rows["second"] == SPAM
    confidence = np.select(
        [rows["confidence"] == NO_CONFIDENCE, threat == SPAM, threat == PHISH],
        [-1, np.select([sure, rows["scl"] == 6], [2, 1], 0), 3 + sure + 2 * (mixed & ~rows["simulation"])],
        -1,
    )
    names = [one.threat_name for one in lures.FAMILIES]
    outside = rows["direction"] == INBOUND
    auth = np.where(outside, rows["auth"], np.where(rows["direction"] == INTRA, verdicts.INTERNAL_AUTHENTICATION, -1))
    return {
        "ThreatTypes": encode(THREATS, threat_codes(day)),
        "ThreatNames": encode(names, rows["threat_name"]),
        "DetectionMethods": encode(verdicts.DETECTIONS, rows["detection"]),
        "ConfidenceLevel": encode(_CONFIDENCES, confidence),
        "AuthenticationDetails": encode(verdicts.AUTHENTICATION, auth),
        "ThreatClassification": encode(_CLASSES, rows["classification"]),
    }


def _policy_columns(day: Day) -> dict[str, pa.Array]:
    rows, action = day.rows, day.rows["action"]
    acted = np.select([rows["location"] == 3, action == JUNKED, action >= BLOCKED], [2, 0, 1], 3)
    acted = np.where(rows["mess"] == Mess.NEW_WORD, 4, acted)
    override = rows["override"]
    lookup = np.array([who == "org" for _, _, who in verdicts.OVERRIDES])
    org = np.where((override >= 0) & lookup[override], override, -1)
    user = np.where((override >= 0) & ~lookup[override], override, -1)
    allow = [one[0] for one in verdicts.OVERRIDES]
    sources = [one[1] for one in verdicts.OVERRIDES]
    rule = np.where((override == 1), 0, -1)
    guids = ids.guids(day.plan, PERSON + 4, 0, np.arange(len(verdicts.POLICIES)))
    return {
        "EmailAction": encode(_EMAIL_ACTIONS, np.where(rows["direction"] == OUTBOUND, -1, acted)),
        "EmailActionPolicy": encode(verdicts.POLICIES, rows["policy"]),
        "EmailActionPolicyGuid": encode(guids, rows["policy"]),
        "OrgLevelAction": encode(allow, org),
        "OrgLevelPolicy": encode(sources, org),
        "UserLevelAction": encode(allow, user),
        "UserLevelPolicy": encode(sources, user),
        "ExchangeTransportRule": encode(["Allow scanner mail from partners"], rule),
        "Connectors": encode(
            ["Inbound from partners"], np.where((rows["message"] % 61 == 0) & (rows["direction"] == INBOUND), 0, -1)
        ),
        "Context": encode(["Priority account protection"], _priority(day)),
    }


def _priority(day: Day) -> Array:
    people = np.minimum(day.rows["recipient"], day.book.users - 1)
    is_priority = day.organisation.is_priority[people] & (day.rows["direction"] == INBOUND)
    return np.where(is_priority & (day.rows["threat"] > CLEAN), 0, -1)
