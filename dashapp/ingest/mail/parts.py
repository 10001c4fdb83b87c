"""What a message carries: links of its text, and attached files with their hashes."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from dashapp.ingest.mail.headers import clean, decoded

MOST_PARTS = 1_000
MOST_URLS = 1_000
MOST_TEXT = 5_000_000  # characters of one text part that are searched for links
MOST_URL = 100_000

_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'\x00-\x1f]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'\""
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(
    r"<(?:a|area|form|iframe)\b[^<>]*?\b(?:href|action|src)\s*=\s*(\"[^\"<>]*\"|'[^'<>]*'|[^\s<>]+)", re.IGNORECASE
)


class TooManyParts(ValueError):
    """A message of more parts than anyone writes."""


@dataclass(frozen=True)
class Attachment:
    """One attached file."""

    name: str
    type: str
    sha256: str
    size: int

    @property
    def extension(self) -> str:
        """Lower-cased, without the dot; empty if the name has none."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix[1:].lower()


@dataclass
class Content:
    """Links with the place they were found in, in order and once each, and attachments."""

    urls: dict[tuple[str, str], None]
    attachments: list[Attachment]


def content_of(message: Message, subject: str) -> Content:
    """Everything in ``message`` that can hurt.

    Raises:
        TooManyParts: It has more than ``MOST_PARTS`` parts.
    """
    content = Content({}, [])
    _add_urls(content, _URL.findall(subject), "Subject")
    for count, part in enumerate(_leaves(message), 1):
        if count > MOST_PARTS:
            raise TooManyParts(f"more than {MOST_PARTS} parts")
        _add_part(content, part)
    return content


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; an attached message is one of them, not looked into."""
    pending = [message]
    while pending:
        part = pending.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and (part is message or part.get_content_maintype() == "multipart"):
            pending.extend(reversed([each for each in payload if isinstance(each, Message)]))
        else:
            yield part


def _add_part(content: Content, part: Message) -> None:
    name = _file_name(part)
    kind = part.get_content_type()
    if kind in ("text/plain", "text/html") and not name and part.get_content_disposition() != "attachment":
        text = _text(part)[:MOST_TEXT]
        _add_urls(content, _html_links(text) if kind == "text/html" else _URL.findall(text), "Body")
        return
    data = _bytes(part)
    if data or name:
        content.attachments.append(Attachment(name, clean(kind), hashlib.sha256(data).hexdigest(), len(data)))


def _file_name(part: Message) -> str:
    try:
        return decoded(clean(str(part.get_filename() or ""))).strip()
    except (LookupError, ValueError, TypeError):  # broken RFC 2231 parameters
        return "unnamed"


def _bytes(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # an attached message
        return b"".join(bytes(each) for each in payload if isinstance(each, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    data = _bytes(part)
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def _html_links(text: str) -> list[str]:
    """Targets of links, and addresses in the text; a regular expression, because what is sent is seldom valid HTML."""
    targets = [unescape(match.strip("\"'")) for match in _LINK.findall(text)]
    return targets + [unescape(found) for found in _URL.findall(_TAG.sub(" ", text))]


def _add_urls(content: Content, urls: list[str], place: str) -> None:
    for found in urls:
        if len(content.urls) >= MOST_URLS:
            return
        url = clean(found).strip().rstrip(_TRAILING)[:MOST_URL]
        if _URL.match(url):
            content.urls[(url, place)] = None


def url_domain(url: str) -> str:
    """The host of ``url``, lower-cased; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
