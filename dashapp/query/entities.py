"""Things a panel can be about (a user, domain, IP address, link, file): how an address names one, where mail has it."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from dashapp.query.defang import BRACKETED
from dashapp.query.fields import FIELDS, Kind
from dashapp.query.recognise import Thing, recognise
from dashapp.query.tree import Exact, Match, Node, Value


class EntityKind(StrEnum):
    """What kind of thing; also the first part of its name in an address."""

    USER = "user"
    DOMAIN = "domain"
    IP = "ip"
    URL = "url"
    FILE = "file"


class Part(StrEnum):
    """How a thing takes part in a message: the field that names it there."""

    RECIPIENT = "RecipientEmailAddress"
    SENDER = "SenderFromAddress"
    SENDER_DOMAIN = "SenderFromDomain"
    SENDER_IP = "SenderIP"
    URL = "Url"
    URL_DOMAIN = "UrlDomain"
    SHA256 = "SHA256"
    FILE_NAME = "FileName"

    def of(self, value: str) -> Node:
        """The filter that finds the messages in which ``value`` takes part in this way."""
        exact = (Value(value, literal=True),)
        return Exact(self.value, exact) if FIELDS[self].kind is Kind.TEXT else Match(self.value, exact)


@dataclass(frozen=True)
class Entity:
    """One thing.

    Attributes:
        kind: Of it.
        value: As data is compared with it; never empty.
    """

    kind: EntityKind
    value: str

    @property
    def name(self) -> str:
        """How an address names it."""
        return f"{self.kind}:{self.value}"

    @property
    def is_hash(self) -> bool:
        """Whether it is a file known by its SHA-256 rather than by its name."""
        return self.kind is EntityKind.FILE and _SHA256.fullmatch(self.value) is not None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The ways in which it can take part in a message, the most telling first."""
        if self.kind is EntityKind.FILE:
            return (Part.SHA256 if self.is_hash else Part.FILE_NAME,)
        return _PARTS[self.kind]


# Fields of the message whose values are such things, and of what kind.
FIELD_KINDS = {
    "SenderFromAddress": EntityKind.USER,
    "SenderMailFromAddress": EntityKind.USER,
    "RecipientEmailAddress": EntityKind.USER,
    "SenderFromDomain": EntityKind.DOMAIN,
    "SenderMailFromDomain": EntityKind.DOMAIN,
    "SenderRegisteredDomain": EntityKind.DOMAIN,
    "RecipientDomain": EntityKind.DOMAIN,
    "UrlDomain": EntityKind.DOMAIN,
    "UrlRegisteredDomain": EntityKind.DOMAIN,
    "SenderIP": EntityKind.IP,
    "Url": EntityKind.URL,
    "SHA256": EntityKind.FILE,
    "FileName": EntityKind.FILE,
}
_PARTS = {
    EntityKind.USER: (Part.RECIPIENT, Part.SENDER),
    EntityKind.DOMAIN: (Part.SENDER_DOMAIN, Part.URL_DOMAIN),
    EntityKind.IP: (Part.SENDER_IP,),
    EntityKind.URL: (Part.URL,),
}
_LONGEST = {
    EntityKind.USER: 320,
    EntityKind.DOMAIN: 253,
    EntityKind.IP: 64,
    EntityKind.URL: 2_000,
    EntityKind.FILE: 260,
}
_THINGS = {
    EntityKind.USER: {Thing.ADDRESS},
    EntityKind.DOMAIN: {Thing.DOMAIN},
    EntityKind.IP: {Thing.IP},
    EntityKind.URL: {Thing.URL},
    EntityKind.FILE: {Thing.SHA256},
}
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_USABLE_HOST = re.compile(r"(?:https?|ftp)://([^/?#]*)", re.IGNORECASE)
_DOMAIN = re.compile(r"[^\s/@:?#\\]+")
_ADDRESS = re.compile(r"[^@].*@[^@\s]+", re.DOTALL)


def entity_of(kind: object, text: object) -> Entity | None:
    """The thing of ``kind`` that ``text`` names, defanged or not; None if it cannot be one, whoever wrote it.

    Args:
        kind: A value of ``EntityKind``.
        text: A value as people or data have it.
    """
    if not isinstance(text, str) or not isinstance(kind, str) or kind not in set(EntityKind):
        return None
    found = EntityKind(kind)
    if not text.strip() or len(text) > _LONGEST[found] or not _is_sound(text):
        return None
    value = _SHAPES[found](_plain(found, text.strip()))
    return Entity(found, value) if value else None


def read_entity(name: object) -> Entity | None:
    """The thing an address names, such as ``domain:bad.example``; None if it names none."""
    if not isinstance(name, str):
        return None
    kind, _, text = name.partition(":")
    return entity_of(kind, text)


def _is_sound(text: str) -> bool:
    """Without characters that no data holds and no database takes."""
    return "\0" not in text and not any(0xD800 <= ord(character) < 0xE000 for character in text)


def _plain(kind: EntityKind, text: str) -> str:
    """``text`` no longer defanged, if that is what it is; brackets in the path of a real link are its own."""
    usable = _USABLE_HOST.match(text)
    if usable and not BRACKETED.search(usable[1]):
        return text
    found = recognise(text)
    return found.text if found and found.thing in _THINGS[kind] else text


def _folded(text: str) -> str:
    """As data compares: without case. Letters outside ASCII are folded by the database, which does it its own way."""
    return text.lower() if text.isascii() else text


def _address(text: str) -> str:
    return _folded(text) if _ADDRESS.fullmatch(text) else ""


def _domain(text: str) -> str:
    name = text.rstrip(".")
    return _folded(name) if _DOMAIN.fullmatch(name) else ""


def _ip(text: str) -> str:
    try:
        address = ipaddress.ip_address("" if "%" in text else text.strip("[]"))
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


_SHAPES = {
    EntityKind.USER: _address,
    EntityKind.DOMAIN: _domain,
    EntityKind.IP: _ip,
    EntityKind.URL: _folded,
    EntityKind.FILE: _folded,
}
