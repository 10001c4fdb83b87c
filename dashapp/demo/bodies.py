"""The message itself, on demand: an RFC 5322 message that agrees with its row of EmailEvents.

Nothing is stored: the same row gives the same bytes. Attachments are small and harmless whatever their name says.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

_OPENINGS = {
    "Malware": "please find the document attached. Kindly confirm today.",
    "Phish": "your attention is required. Use the link below before your access is suspended.",
    "Spam": "an offer you should not miss, today only.",
    "": "please see below. Let me know if anything is unclear.",
}
_CLOSINGS = ("Best regards", "Kind regards", "Many thanks", "Mit freundlichen Grüßen", "Cordialement")
# a name must not break the header it stands in
_BREAKS = {ord(character): " " for character in "\r\n\t\x00\u2028\u2029"}


def body(
    network_message_id: str, row: Mapping[str, Any], *, urls: Sequence[str] = (), attachments: Sequence[str] = ()
) -> bytes:
    """Return the raw message, CRLF line ends.

    Args:
        network_message_id: Also decides what the row leaves open, such as the closing words.
        row: Columns of EmailEvents; a missing one is left out of the message. ``Timestamp`` is UTC, aware or naive.
        urls: ``Url`` of its rows in EmailUrlInfo.
        attachments: ``FileName`` of its rows in EmailAttachmentInfo.
    """
    digest = hashlib.sha256(network_message_id.encode()).digest()
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    _head(message, network_message_id, row)
    text = _text(row, urls, digest)
    message.set_content(text)
    message.add_alternative(_html(text, urls), subtype="html")
    for number, name in enumerate(attachments):
        content = f"Harmless content of {name}\n{digest.hex()}-{number}\n".encode()
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=_one_line(name))
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest.hex()[:24]}_{number}")
    return message.as_bytes()


def _head(message: EmailMessage, network_message_id: str, row: Mapping[str, Any]) -> None:
    message["From"] = Address(_one_line(row.get("SenderDisplayName")), addr_spec=str(row["SenderFromAddress"]))
    message["To"] = Address(addr_spec=str(row["RecipientEmailAddress"]))
    if subject := _one_line(row.get("Subject")):
        message["Subject"] = subject
    instant: datetime = row["Timestamp"]
    message["Date"] = format_datetime(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    if row.get("InternetMessageId"):
        message["Message-ID"] = str(row["InternetMessageId"])
    if row.get("SenderMailFromAddress"):
        message["Return-Path"] = f"<{row['SenderMailFromAddress']}>"
    message["X-MS-Exchange-Organization-Network-Message-Id"] = network_message_id
    if isinstance(row.get("AuthenticationDetails"), str):
        results = json.loads(row["AuthenticationDetails"])
        words = "; ".join(f"{name.lower()}={value}" for name, value in results.items())
        message["Authentication-Results"] = f"mx.aldermoor.example; {words}"


def _one_line(text: Any) -> str:
    return text.translate(_BREAKS).strip() if isinstance(text, str) else ""


def _text(row: Mapping[str, Any], urls: Sequence[str], digest: bytes) -> str:
    threats = row.get("ThreatTypes")
    worst = next((word for word in ("Malware", "Phish", "Spam") if isinstance(threats, str) and word in threats), "")
    greeting = str(row["RecipientEmailAddress"]).partition("@")[0].partition(".")[0].title()
    links = "".join(f"\n{url}" for url in urls)
    closing = _CLOSINGS[digest[0] % len(_CLOSINGS)]
    name = _one_line(row.get("SenderDisplayName")) or str(row["SenderFromAddress"])
    return f"Hello {greeting},\n\n{_OPENINGS[worst]}\n{links}\n\n{closing}\n{name}\n"


def _html(text: str, urls: Sequence[str]) -> str:
    shown = escape(text).replace("\n", "<br>\n")
    links = "".join(f'<p><a href="{escape(url, quote=True)}">Open</a></p>\n' for url in urls)
    return f"<html><body>\n<p>{shown}</p>\n{links}</body></html>\n"
