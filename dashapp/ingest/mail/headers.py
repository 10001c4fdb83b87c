"""Reading header fields that anyone may have written: decoded, tolerant, never raising."""

import functools
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from ipaddress import ip_address
from typing import TypeAlias

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
MOST_HEADER = 100_000  # characters of one field that are looked at
MOST_ADDRESSES = 10_000

Fields: TypeAlias = dict[str, list[str]]
"""Header fields by lower-cased name."""

# Newer Pythons drop a whole field for one odd address in it, unless told not to.
_split_addresses = (
    functools.partial(getaddresses, strict=False)
    if "strict" in inspect.signature(getaddresses).parameters
    else getaddresses
)
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_BRACKETED_IP = re.compile(r"[\[(](?:IPv6:)?([0-9A-Fa-f:.]{3,45})[\])]")
_ADDRESS = re.compile(r"[^\s<>\"(),;:@\\]+@[^\s<>\"(),;:@\\]+")


def clean(text: str) -> str:
    """``text`` as valid Unicode: what could not be decoded is shown as a replacement mark."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def fields_of(message: Message) -> Fields:
    """The header fields of ``message`` by lower-cased name, top to bottom, unfolded, not decoded."""
    found: Fields = {}
    for name, value in message.items():
        text = str(value)[:MOST_HEADER]
        if not text.isascii() or "\n" in text or "\r" in text:
            text = clean(_FOLD.sub(" ", text))
        found.setdefault(name.lower(), []).append(text.strip())
    return found


def first(fields: Fields, name: str) -> str:
    """The topmost field called ``name``; empty if there is none."""
    return fields.get(name, [""])[0]


def decoded(text: str) -> str:
    """``text`` with its encoded words (RFC 2047) read; what cannot be read stays as it is."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return clean("".join(_word(part, charset) for part, charset in parts)) or text


def _word(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "latin-1", "replace")
    except (LookupError, ValueError):  # an invented charset
        return part.decode("latin-1")


def addresses(lines: list[str]) -> list[tuple[str, str]]:
    """Display name and address of everyone in ``lines``; only what has the form of an address.

    Names are decoded after splitting, because an encoded word may hide a comma.
    """
    found = _split_addresses(lines)[:MOST_ADDRESSES]
    pairs = [(decoded(name).strip(), address.strip()) for name, address in found]
    return [(name, address) for name, address in pairs if _ADDRESS.fullmatch(address)]


def plain_addresses(text: str) -> list[str]:
    """Addresses in a field of loose syntax, such as ``Delivered-To``."""
    return _ADDRESS.findall(text)[:MOST_ADDRESSES]


def domain_of(address: str) -> str:
    """The part after the last ``@``."""
    return address.rpartition("@")[2]


def instant(text: str) -> datetime | None:
    """The instant an RFC 5322 date names, aware, in UTC; None if it names none. Without a zone: UTC."""
    try:
        when = parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def is_plausible(when: datetime | None, now: datetime) -> bool:
    """Whether mail could have come at ``when``: not before 1995, not more than a day ahead."""
    return when is not None and EARLIEST <= when <= now + timedelta(days=1)


def arrival(fields: Fields, now: datetime) -> datetime | None:
    """When the message came: the topmost plausible ``Received``, else ``Date``; None if neither is plausible."""
    for received in fields.get("received", []):
        when = instant(received.rpartition(";")[2].strip())
        if is_plausible(when, now):
            return when
    when = instant(first(fields, "date"))
    return when if is_plausible(when, now) else None


def sender_ip(fields: Fields) -> str:
    """The address the message came from: the topmost public one in ``Received``; empty if there is none."""
    told = re.search(r"\bCIP:([0-9A-Fa-f:.]+)", first(fields, "x-forefront-antispam-report"))
    candidates: Iterator[str] = (
        match for received in fields.get("received", []) for match in _BRACKETED_IP.findall(received.partition(";")[0])
    )
    for text in [told[1]] if told else candidates:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if address.is_global or told:
            return str(address)
    return ""
