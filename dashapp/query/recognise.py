"""What a pasted thing is (an address, a URL, a hash …) and the filter that finds it."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from dashapp.query.defang import refang
from dashapp.query.tree import Match, Node, Or, Value, Word


class Thing(StrEnum):
    """What was pasted, in words for people."""

    ADDRESS = "email address"
    DOMAIN = "domain"
    IP = "IP address"
    NETWORK = "IP network"
    URL = "URL"
    SHA256 = "SHA-256 hash"
    MD5 = "MD5 hash"
    MESSAGE_ID = "Internet message ID"
    NETWORK_MESSAGE_ID = "network message ID"


@dataclass(frozen=True)
class Recognised:
    """A pasted thing.

    Attributes:
        thing: What it is.
        text: It, no longer defanged.
        node: The filter that finds it.
    """

    thing: Thing
    text: str
    node: Node


_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.)+(?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,24}})"
_DOMAIN = re.compile(rf"{_HOST}\.?", re.IGNORECASE)
_ADDRESS = re.compile(rf"(?:mailto:)?([^\s@<>\"(),;:\[\]\\]{{1,64}}@{_HOST})", re.IGNORECASE)
_URL = re.compile(r"(?:https?|ftp)://[^\s\"<>]+", re.IGNORECASE)
_BARE_URL = re.compile(rf"{_HOST}(?::\d{{1,5}})?/[^\s\"<>]*", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE | re.ASCII)
_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
_GUID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(r"<[^\s<>@\"]+@[^\s<>@\"]+>")
# ends of file names that look like the end of a domain
_FILE_ENDINGS = frozenset(
    """
    asp aspx avi bat bin bmp cab cmd csv dat dll doc docm docx eml exe gif gz hta htm html ico img iso jar
    jpeg jpg js json lnk log lzh mp3 mp4 mpg msg msi ods odt ole one pdf php png ppt pptm pptx ps1 py rar rtf
    scr svg tar tgz tif tiff tmp txt vbe vbs wav webp wsf xls xlsb xlsm xlsx xml xz zip
    """.split()  # noqa: SIM905 - a table of words reads better
)


def recognise(text: str) -> Recognised | None:
    """What ``text`` is, or None if it is just a word. Defanged forms are understood."""
    candidate = refang(text.strip())
    if not candidate or len(candidate) > 2000:
        return None
    return _by_shape(candidate) or _by_host(candidate)


def recognise_list(text: str) -> Node | None:
    """The filter for any of several pasted things, on lines or with commas between; None unless all are recognised."""
    pieces = [piece for line in text.splitlines() if line.strip() for piece in _pieces(line.strip().rstrip(",;"))]
    if len(pieces) < 2:
        return None
    found = [recognise(piece) for piece in pieces]
    gathered: dict[str, list[Value]] = {}
    others: list[Node] = []
    for item in found:
        if item is None:
            return None
        for node in item.node.children if isinstance(item.node, Or) else (item.node,):
            if isinstance(node, Match):
                gathered.setdefault(node.field, []).extend(node.values)
            else:
                others.append(node)
    nodes = [*(Match(field, tuple(dict.fromkeys(values))) for field, values in gathered.items()), *others]
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _pieces(line: str) -> list[str]:
    """What is between the commas, unless the line is one thing, such as a link with commas in it."""
    if ("," not in line and ";" not in line) or recognise(line):
        return [line]
    return [piece for part in re.split("[,;]", line) if (piece := part.strip())]


def _by_shape(text: str) -> Recognised | None:
    if _SHA256.fullmatch(text):
        return Recognised(Thing.SHA256, text, _match(text, "SHA256"))
    if _MD5.fullmatch(text):
        return Recognised(Thing.MD5, text, Word(Value(text, literal=True)))
    if guid := _GUID.fullmatch(text):
        return Recognised(Thing.NETWORK_MESSAGE_ID, guid[1], _match(guid[1], "NetworkMessageId"))
    if _MESSAGE_ID.fullmatch(text):
        return Recognised(Thing.MESSAGE_ID, text, _match(text, "InternetMessageId"))
    return _ip(text)


def _by_host(text: str) -> Recognised | None:
    if _URL.fullmatch(text) or _BARE_URL.fullmatch(text):
        return Recognised(Thing.URL, text, Match("Url", (Value(text, literal=True),)))
    if "*" in text or "?" in text:  # a pattern, not a thing
        return None
    if address := _ADDRESS.fullmatch(text):
        fields = ("SenderFromAddress", "SenderMailFromAddress", "RecipientEmailAddress")
        return Recognised(Thing.ADDRESS, address[1], _match(address[1], *fields))
    if _DOMAIN.fullmatch(text) and text.rstrip(".").rpartition(".")[2].lower() not in _FILE_ENDINGS:
        domain = text.rstrip(".")
        found = _match(domain, "SenderFromDomain", "SenderMailFromDomain", "UrlDomain")
        children = found.children if isinstance(found, Or) else (found,)
        # the word too, so that a name that only looks like a domain is still found
        return Recognised(Thing.DOMAIN, domain, Or((*children, Word(Value(domain, literal=True)))))
    return None


def _ip(text: str) -> Recognised | None:
    if "%" in text:
        return None
    try:
        if "/" in text:
            ipaddress.ip_network(text, strict=False)
            return Recognised(Thing.NETWORK, text, _match(text, "SenderIP"))
        ipaddress.ip_address(text)
    except ValueError:
        return None
    return Recognised(Thing.IP, text, _match(text, "SenderIP"))


def _match(text: str, *fields: str) -> Node:
    value = Value(text, literal="*" in text or "?" in text)
    nodes = tuple(Match(field, (value,)) for field in fields)
    return nodes[0] if len(nodes) == 1 else Or(nodes)
