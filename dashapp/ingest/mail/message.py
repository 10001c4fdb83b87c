"""One message as rows of EmailEvents, EmailUrlInfo and EmailAttachmentInfo, in Microsoft's columns."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any
from uuid import UUID

from dashapp.ingest.mail import headers, verdicts
from dashapp.ingest.mail.parts import Content, TooManyParts, content_of, url_domain

MOST_BYTES = 100_000_000
MOST_LIST = 5_000  # characters of To and Cc that are kept
SUBJECT_KEPT = 100_000
NAMESPACE = UUID("6f1f4c1e-6f0b-5c0e-9a54-2d1f8a3b7c90")  # of identifiers made from a message's bytes

_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|reply-to|sender):",
    re.IGNORECASE | re.MULTILINE,
)

Row = dict[str, Any]


class NotMail(ValueError):
    """The bytes are no message that could become a row; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where a message was found.

    Attributes:
        owner: Address of the mailbox's owner; empty if not known.
        action: ``Delivered`` or ``Junked`` when it was found in a mailbox; empty if not known.
        location: Of the mailbox; empty if not known.
        envelope_sender: From the line an mbox puts before a message.
    """

    owner: str = ""
    action: str = ""
    location: str = ""
    envelope_sender: str = ""


@dataclass
class Rows:
    """The rows of one message.

    Attributes:
        judged: Someone gave a verdict, so ``EmailEvents`` rows have the verdict columns.
    """

    events: list[Row]
    urls: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    judged: bool = False


def looks_like_mail(head: bytes) -> bool:
    """Whether ``head`` begins with header fields of which one is known from mail."""
    block = re.split(rb"\r?\n\r?\n", head[:16384].lstrip(b"\r\n"), maxsplit=1)[0]
    return bool(re.match(rb"[!-9;-~]{1,76}:", block) and _KNOWN.search(block))


def read_message(data: bytes, place: Place, now: datetime) -> Rows:
    """Turn the bytes of one message into rows.

    Args:
        data: The message as it came.
        place: Where it was found.
        now: For what is a plausible time; aware.

    Raises:
        NotMail: It is none, is too large, has no plausible time, or nobody received it.
    """
    if len(data) > MOST_BYTES:
        raise NotMail(f"the message is larger than {MOST_BYTES // 1_000_000} MB")
    if not looks_like_mail(data):
        raise NotMail("it has no header fields known from mail")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(data)
        return _rows(message, data, place, now)
    except (RecursionError, TooManyParts) as error:
        raise NotMail(f"its parts are nested or repeated beyond reason ({error})"[:200]) from None


def _rows(message: Message, data: bytes, place: Place, now: datetime) -> Rows:
    fields = headers.fields_of(message)
    when = headers.arrival(fields, now)
    if when is None:
        raise NotMail("no plausible time: neither Received nor Date lies between 1995 and tomorrow")
    recipients = _recipients(fields, place)
    if not recipients:
        raise NotMail("nobody received it: no Delivered-To, To or Cc, and the mailbox has no known owner")
    subject = headers.decoded(headers.first(fields, "subject"))[:SUBJECT_KEPT]
    content = content_of(message, subject)
    common = {"Timestamp": when.replace(tzinfo=None), "NetworkMessageId": _identifier(fields, data)}
    event = common | _event(fields, subject, content, place) | {"EmailSize": len(data)}
    judged = verdicts.verdict(fields)
    if judged:
        event |= {"ThreatTypes": judged.threat, "ConfidenceLevel": judged.confidence}
    return Rows(
        [event | {"RecipientEmailAddress": each} for each in recipients],
        _url_rows(common, content),
        _attachment_rows(common, event, recipients, content),
        judged is not None,
    )


def _identifier(fields: headers.Fields, data: bytes) -> str:
    """The service's id, else a version 5 UUID of the bytes, so that the same message is the same row again."""
    given = headers.first(fields, "x-ms-exchange-organization-network-message-id")
    if re.fullmatch(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", given):
        return given.lower()
    digest = hashlib.sha1(NAMESPACE.bytes + data, usedforsecurity=False).digest()
    return str(UUID(bytes=digest[:16], version=5))


def _recipients(fields: headers.Fields, place: Place) -> list[str]:
    for name in _ENVELOPE:
        found = headers.plain_addresses(headers.first(fields, name))
        if found:
            return _once(found)
    named = headers.addresses(fields.get("to", []) + fields.get("cc", []))
    return _once([address for _, address in named]) or ([place.owner] if place.owner else [])


def _once(found: list[str]) -> list[str]:
    firsts: dict[str, str] = {}
    for address in found:
        firsts.setdefault(address.lower(), address)
    return list(firsts.values())


def _event(fields: headers.Fields, subject: str, content: Content, place: Place) -> Row:
    sender_name, sender = next(iter(headers.addresses(fields.get("from", []))), ("", ""))
    envelope = headers.plain_addresses(headers.first(fields, "return-path")) or [place.envelope_sender]
    address = headers.sender_ip(fields)
    action, location = verdicts.destination(fields) or (place.action, place.location)
    return {
        "InternetMessageId": headers.first(fields, "message-id")[:1000] or None,
        "SenderMailFromAddress": envelope[0] or None,
        "SenderMailFromDomain": headers.domain_of(envelope[0]) or None,
        "SenderFromAddress": sender or None,
        "SenderFromDomain": headers.domain_of(sender) or None,
        "SenderDisplayName": sender_name or None,
        "SenderIPv4": address if address and ":" not in address else None,
        "SenderIPv6": address if ":" in address else None,
        "Subject": subject,
        "To": headers.decoded(", ".join(fields.get("to", [])))[:MOST_LIST] or None,
        "Cc": headers.decoded(", ".join(fields.get("cc", [])))[:MOST_LIST] or None,
        "AuthenticationDetails": verdicts.authentication(fields) or None,
        "DeliveryAction": action or None,
        "DeliveryLocation": location or None,
        "UrlCount": len({url for url, _ in content.urls}),
        "AttachmentCount": len(content.attachments),
    }


def _url_rows(common: Row, content: Content) -> list[Row]:
    return [
        common | {"Url": url, "UrlDomain": url_domain(url) or None, "UrlLocation": location}
        for url, location in content.urls
    ]


def _attachment_rows(common: Row, event: Row, recipients: list[str], content: Content) -> list[Row]:
    sender = {name: event[name] for name in ("SenderFromAddress", "SenderDisplayName")}
    return [
        common
        | sender
        | {
            "RecipientEmailAddress": recipient,
            "FileName": each.name or None,
            "FileType": each.type,
            "FileExtension": each.extension or None,
            "SHA256": each.sha256,
            "FileSize": each.size,
        }
        for recipient in recipients
        for each in content.attachments
    ]
