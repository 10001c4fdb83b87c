"""Filters that find messages like one message, as the query text that the explorer reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashapp.domain.message_timeline import Row
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import to_text
from dashapp.query.tree import Exact, Match, Node, Value
from dashapp.query.window import Window

SPAN = timedelta(days=7)  # before and after the message
MOST_DOMAINS = 10


@dataclass(frozen=True)
class Likeness:
    """One way of being like a message.

    Attributes:
        name: What is the same.
        node: The filter.
        text: The filter as query text.
    """

    name: str
    node: Node
    text: str


def likenesses(message: Row, domains: Sequence[str]) -> list[Likeness]:
    """Every way in which other messages can be like this one, as far as the data says what it is like.

    Args:
        message: Its own row.
        domains: Of its URLs.
    """
    wanted: list[tuple[str, Node | None]] = [
        ("Similar body (same cluster)", _same("EmailClusterId", message["EmailClusterId"], exact=False)),
        ("Same sender", _same("SenderFromAddress", message["SenderFromAddress"])),
        ("Same subject", _same("Subject", message["Subject"])),
        ("Same sender address (IP)", _same("SenderIP", message["sender_ip"], exact=False)),
        ("A link to the same domain", _domains(domains)),
    ]
    found = [Likeness(name, node, to_text(node)) for name, node in wanted if node is not None]
    return [likeness for likeness in found if len(likeness.text) <= MOST_CHARACTERS]


def span_around(sent: datetime) -> Window:
    """The time in which messages are counted as similar: a week before the message and a week after it."""
    minute = sent.replace(second=0, microsecond=0)
    return Window(minute - SPAN, minute + SPAN)


def _same(field: str, value: object, *, exact: bool = True) -> Node | None:
    text = "" if value is None else str(value)
    if not text.strip():
        return None
    values = (Value(text, literal=True),)
    return Exact(field, values) if exact else Match(field, values)


def _domains(domains: Sequence[str]) -> Node | None:
    known = sorted(set(domains))[:MOST_DOMAINS]
    return Match("UrlDomain", tuple(Value(domain, literal=True) for domain in known)) if known else None
