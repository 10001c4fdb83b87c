"""What is told of a thing (a user, domain, address, link, file) in one way it takes part in mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashapp.domain.values import ATTACKS, Delivery
from dashapp.query.entities import EntityKind, Part

REACHED = (Delivery.DELIVERED, Delivery.JUNKED)
KIND_NAMES = {
    EntityKind.USER: "Address",
    EntityKind.DOMAIN: "Domain",
    EntityKind.IP: "IP address",
    EntityKind.URL: "Link",
    EntityKind.FILE: "File",
}
# What a part is called over its numbers, and what is said when there are none.
PART_TITLES = {
    Part.RECIPIENT: "Received",
    Part.SENDER: "Sent",
    Part.SENDER_DOMAIN: "As sender",
    Part.SENDER_IP: "Sent from here",
    Part.URL: "Messages with this link",
    Part.URL_DOMAIN: "In links",
    Part.SHA256: "Messages with this file",
    Part.FILE_NAME: "Messages with a file of this name",
}


@dataclass(frozen=True)
class Prevalence:
    """Messages in which a thing takes part in one way, over all the time there is data.

    Attributes:
        part: In which way.
        messages: How many.
        malicious: Of these, with malware or phish.
        reached: Of the malicious ones, those that were put into a mailbox at delivery, the junk folder included.
        first: Time of the first; None if there is none.
        last: Time of the last.
        threats: How many of each verdict; ``""`` where none is said.
        deliveries: How many were delivered in each way.
        checks: SPF, DKIM and DMARC, each with how many had each result.
    """

    part: Part
    messages: int
    malicious: int
    reached: int
    first: datetime | None
    last: datetime | None
    threats: Mapping[str, int]
    deliveries: Mapping[str, int]
    checks: Mapping[str, Mapping[str, int]]


def prevalence(part: Part, rows: Sequence[Mapping[str, Any]]) -> Prevalence:
    """Add up the rows of ``dashapp.data.prevalence.over_time`` as plain values, None where missing."""
    counts: dict[str, dict[str, int]] = {name: {} for name in ("threat", "delivery", "spf", "dkim", "dmarc")}
    malicious = reached = 0
    for row in rows:
        messages = int(row["messages"])
        for name, found in counts.items():
            said = row[name] or ""
            found[said] = found.get(said, 0) + messages
        if row["threat"] in ATTACKS:
            malicious += messages
            reached += messages if row["delivery"] in REACHED else 0
    return Prevalence(
        part,
        sum(counts["threat"].values()),
        malicious,
        reached,
        min((row["first"] for row in rows), default=None),
        max((row["last"] for row in rows), default=None),
        _by_size(counts["threat"]),
        _by_size(counts["delivery"]),
        {name.upper(): _by_size(counts[name]) for name in ("spf", "dkim", "dmarc")},
    )


def _by_size(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
