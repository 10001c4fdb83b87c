"""The life of one message as a list of events in order, from the rows of every table that names it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashapp.domain.values import Delivery, Threat
from dashapp.domain.verdict_words import is_done, noun, place

Row = Mapping[str, Any]  # a row of dashapp.data.message, with None where the data does not say

SYSTEM, ADMIN, USER = "System", "Administrator", "Person"
_REMOVALS = ("quarantine", "deleted", "junk")
_CLICKS = {
    "Allowed": ("Link opened", "warn"),
    "Blocked": ("Click on a link blocked", "good"),
    "Block overridden": ("Click on a link blocked, opened all the same", "bad"),
    "Pending verdict": ("Click on a link held while it was scanned", "quiet"),
    "Pending verdict bypassed": ("Link opened before its scan was over", "bad"),
    "Error": ("Click on a link ended in an error", "quiet"),
    "Failure": ("Click on a link failed", "quiet"),
}
_DELIVERIES = {
    Delivery.DELIVERED: "Delivered",
    Delivery.JUNKED: "Delivered to junk",
    Delivery.BLOCKED: "Blocked",
    Delivery.REPLACED: "Delivered with its attachment replaced",
}


@dataclass(frozen=True)
class Event:
    """One thing that happened to a message.

    Attributes:
        time: Aware.
        source: Who: System, Administrator, Person.
        title: What, in a few words.
        details: More about it, each part by itself; may hold what an attacker wrote.
        tone: ``bad``, ``warn``, ``good`` or ``quiet``.
        is_link: The last of the details is a link.
    """

    time: datetime
    source: str
    title: str
    details: tuple[str, ...] = ()
    tone: str = "quiet"
    is_link: bool = False


def timeline(message: Row, records: Iterable[Row]) -> list[Event]:
    """Every event of a message for its recipient, earliest first.

    Args:
        message: Its own row.
        records: What other tables record about it, for this recipient.
    """
    events = [_received(message)]
    for record in records:
        make = _MAKERS.get(record["table"])
        if make:
            events.append(make(record))
    return sorted(events, key=lambda event: event.time)


def _received(message: Row) -> Event:
    delivery, where = message["explorer_delivery"], place(message["DeliveryLocation"])
    title = _DELIVERIES.get(delivery, "Received") if delivery else "Received"
    threat = message["primary_threat"]
    found = () if threat is None else ("No threat found",) if threat == Threat.NONE else (f"Judged {noun(threat)}",)
    put = (f"Put into {where}",) if where else ()
    attack = threat in (Threat.MALWARE, Threat.PHISH)
    tone = "quiet" if not attack else "good" if delivery in (Delivery.BLOCKED, Delivery.REPLACED) else "bad"
    return Event(message["Timestamp"], SYSTEM, title, (*put, *found), tone)


def _action(record: Row) -> Event:
    kind = record["kind"] or "Action after delivery"
    actor = (record["actor"] or "").lower()
    admin = actor.startswith("admin") or kind.lower().startswith("manual")
    done = is_done(record["result"])
    location = record["place"]
    removed = done and any(word in (location or "").lower() for word in _REMOVALS)
    title = f"{kind}: {(record['what'] or 'action').lower()}" if done else f"{kind} did not succeed"
    said = () if done or not record["result"] else (f"Result: {record['result']}",)
    details = (*said, *((f"Put into {place(location)}",) if location and done else ()))
    return Event(
        record["Timestamp"],
        ADMIN if admin else SYSTEM,
        title,
        details,
        "good" if removed else "bad" if not done else "warn",
    )


def _click(record: Row) -> Event:
    title, tone = _CLICKS.get(record["what"] or "", (f"Click on a link ({record['kind'] or 'no result'})", "quiet"))
    where = tuple(
        f"{name} {record[column]}" for name, column in (("In", "actor"), ("From address", "place")) if record[column]
    )
    link = (record["text"],) if record["text"] else ()
    return Event(record["Timestamp"], USER, title, (*where, *link), tone, is_link=bool(link))


def _report(record: Row) -> Event:
    admin = (record["kind"] or "").lower().startswith("admin")
    details = (
        *((f"By {record['actor']}",) if record["actor"] else ()),
        *((f"Verdict of the check: {record['what']}",) if record["what"] else ()),
        *((f"Status: {record['result']}",) if record["result"] else ()),
    )
    return Event(record["Timestamp"], ADMIN if admin else USER, "Reported", details, "warn")


def _alert(record: Row) -> Event:
    severity = (f"Severity: {record['kind']}",) if record["kind"] else ()
    tone = "bad" if record["kind"] == "High" else "warn"
    return Event(record["Timestamp"], SYSTEM, f"Alert: {record['what'] or 'without a title'}", severity, tone)


_MAKERS = {
    "EmailPostDeliveryEvents": _action,
    "UrlClickEvents": _click,
    "UserSubmissions": _report,
    "AlertEvidence": _alert,
}
