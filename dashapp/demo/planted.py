"""Planted cases: a seeded answer for analyst questions, written to the manifest by the generator itself.

The fifteen questions are those of public hunting queries (Azure-Sentinel, MIT; Hunting-Queries-Detection-Rules, BSD-3).
Questions 1, 7, 10, 12 and 13 are answered by the counts of ``counting``; the others have rows of their own, told apart
by names that differ for each seed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from dashapp.demo import addresses, after_delivery, ids, tables, verdicts, words
from dashapp.demo.day import Day, Events
from dashapp.demo.organisation import Person
from dashapp.demo.plan import Plan
from dashapp.demo.rows import (
    BLOCKED,
    CLEAN,
    DELIVERED,
    FILE,
    HIGH,
    INBOX,
    JUNK,
    JUNKED,
    LINK,
    MALWARE,
    NORMAL,
    PHISH,
    QR,
    QUARANTINE,
    SPAM,
    Rows,
)  # fmt: skip

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE


@dataclass
class Case:
    """A planted answer: its rows, what followed them, and how to tell the truth once rows have their ids.

    Attributes:
        followed: Kind of event ("post" or "clicks"), row within ``rows``, minutes after delivery, code, result, extra.
        facts: What the manifest says besides the keys of the rows.
        answer: Rows that are the answer; all if None.
    """

    question: int
    rows: Rows
    facts: dict[str, Any]
    answer: list[int] | None = None
    followed: list[tuple[str, int, int, int, int, int]] = field(default_factory=list)

    @property
    def last(self) -> int:
        """When the last of it has happened, microseconds since 1970."""
        ends = [int(self.rows["time"][row]) + minutes * _MINUTE for _, row, minutes, *_ in self.followed]
        return max([*ends, int(self.rows["time"].max())])


def plant(day: Day) -> list[Case]:
    """Add the day's planted cases to its rows (unsorted, numbered) and return them; on most days none."""
    cases = [build(day) for offset, build in _CASES if day.plan.days_before(offset) == day.date]
    for case in cases:
        case.rows["planted"] = np.full(len(case.rows), case.question)
        case.rows["arrival"] = case.rows["time"]
        day.number(case.rows, np.arange(len(case.rows)))
    day.rows = Rows.concat([day.rows, *(case.rows for case in cases)])
    return cases


def follow(day: Day, cases: list[Case]) -> None:
    """Add what followed the planted rows to a day whose rows have their final order."""
    at_all = np.flatnonzero(day.rows["planted"])
    position = dict(zip(day.rows["message"][at_all].tolist(), at_all.tolist(), strict=True))
    for case in cases:
        for kind, row, minutes, code, result, extra in case.followed:
            at = position[int(case.rows["message"][row])]
            time = int(day.rows["time"][at]) + minutes * _MINUTE
            one = Events(*(np.array([value]) for value in (at, time, code, result, extra)))
            setattr(day, kind, Events.concat([getattr(day, kind), one]))


def truths(day: Day, cases: list[Case], since: int, until: int) -> dict[str, Any]:
    """Return what the manifest says of the cases that were completed in the stretch, by question."""
    return {str(case.question): _truth(day, case) for case in cases if since <= case.last < until}


def _truth(day: Day, case: Case) -> dict[str, Any]:
    chosen = np.array(case.answer if case.answer is not None else range(len(case.rows)))
    rows = case.rows.take(chosen)
    names = tables.message_ids(day, rows["message"]).to_pylist()
    recipients = day.book.addresses.encode(rows["recipient"]).to_pylist()
    keys = [
        {"NetworkMessageId": name, "RecipientEmailAddress": recipient, "Timestamp": _iso(int(time))}
        for name, recipient, time in zip(names, recipients, rows["time"], strict=True)
    ]
    return case.facts | {"rows": keys, "followed": _followed(day, case)}


def _followed(day: Day, case: Case) -> list[dict[str, Any]]:
    found = []
    for kind, row, minutes, code, result, extra in case.followed:
        message = tables.message_ids(day, case.rows["message"][row : row + 1])[0].as_py()
        one = {"NetworkMessageId": message, "seconds_after_delivery": minutes * 60}
        if kind == "clicks":
            one |= {
                "table": "UrlClickEvents",
                "ActionType": after_delivery.CLICKS[code],
                "IsClickedThrough": bool(result),
            }
        else:
            names = (after_delivery.ACTION_TYPES[code], after_delivery.ACTIONS[extra], after_delivery.RESULTS[result])
            one |= dict(zip(("ActionType", "Action", "ActionResult"), names, strict=True))
            one["table"] = "EmailPostDeliveryEvents"
        found.append(one)
    return found


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat()


def token(plan: Plan, question: int) -> str:
    """Return six characters that tell the planted names of this seed and question from all others."""
    return str(ids.hexes(ids.keyed(plan, 999, 0, np.array([question])))[0].as_py()[:6])


def _sender(day: Day, question: int, local: str = "accounts", name: str = "Accounts") -> tuple[int, str]:
    address = f"{local}@case{question}-{token(day.plan, question)}.example"
    return day.book.add([Person(address, name, address)]), address


def _mail(day: Day, size: int, hour: float, title: str, /, **given: Any) -> Rows:
    """Return plain delivered mail at ``hour``, a minute apart, to the first users of some departments."""
    start = day.begin + int(hour * _HOUR)
    network = given.pop("network", 19)
    defaults = {
        "time": start + np.arange(size) * _MINUTE + np.arange(size) * 1_234_567,
        "recipient": (np.arange(size) * 7 + 11) % day.book.users,
        "subject": day.subjects.add([title]),
        "network": network,
        "ip": addresses.HOSTS.fixed(day.plan.random(f"planted {title}"), np.full(size, network), ipv6=0.0),
        "size": 24_000,
        "first_contact": True,
        "cluster": 5_000_000_000 + int(token(day.plan, 1), 16),
        "auth": 3,
    }
    return Rows(size, **(defaults | given))


def _detection(text: str) -> int:
    return verdicts.DETECTIONS.index(text)


def _bad_sender(day: Day) -> Case:
    sender, address = _sender(day, 2)
    phish = np.arange(20) < 15
    rows = _mail(
        day, 20, 9.2, f"Statement {token(day.plan, 2)}", sender=sender, threat=np.where(phish, PHISH, CLEAN),
        confidence=np.where(phish, NORMAL, 0), vector=np.where(phish, LINK, 0),
        action=np.where(phish, JUNKED, DELIVERED), location=np.where(phish, JUNK, INBOX), policy=np.where(phish, 3, -1),
        urls=np.where(phish, 1, 0), url_base=0,
        detection=np.where(phish, _detection('{"Phish":["URL malicious reputation"]}'), -1),
    )  # fmt: skip
    facts = {"sender": address, "messages": 20, "phish": 15, "share": 0.75}
    return Case(2, rows, facts, answer=list(range(15, 20)))


def _bad_host(day: Day) -> Case:
    sender, address = _sender(day, 3)
    host = addresses.HOSTS.reserved(13)
    bad = np.arange(11) < 8
    rows = _mail(
        day, 11, 13.4, f"Order {token(day.plan, 3)}", sender=sender, network=13, ip=host,
        threat=np.where(bad, np.where(np.arange(11) < 5, MALWARE, PHISH), CLEAN),
        confidence=np.where(bad & (np.arange(11) >= 5), HIGH, 0), vector=np.where(bad, LINK, 0),
        action=np.where(bad, BLOCKED, DELIVERED), location=np.where(bad, QUARANTINE, INBOX), urls=1,
        url_base=day.urls.add([f"https://case3-{token(day.plan, 3)}.example/p/"]),
        detection=np.where(
            np.arange(11) < 5,
            _detection('{"Malware":["URL malicious reputation"]}'),
            np.where(bad, _detection('{"Phish":["URL malicious reputation"]}'), -1),
        ),
    )  # fmt: skip
    facts = {"ip": addresses.HOSTS.texts[host].as_py(), "sender": address, "malware_or_phish": 8, "delivered": 3}
    return Case(3, rows, facts, answer=[8, 9, 10])


def _bombing(day: Day) -> Case:
    size = int(np.clip(day.plan.rate * 0.06, 40, 240))
    victim = day.book.users // 2
    rows = _mail(
        day, size, 10, f"Confirm your subscription {token(day.plan, 4)}", recipient=victim, bcl=3, bulk=False,
        time=day.begin + 10 * _HOUR + (np.arange(size) * (50 * _MINUTE // size)),
        sender=day.book.newsletters + np.arange(size) % len(day.organisation.newsletters),
        auth=0, urls=1, url_base=day.book.newsletters,
    )  # fmt: skip
    hour = _iso(day.begin + 10 * _HOUR)
    return Case(4, rows, {"recipient": day.organisation.users[victim].address, "hour": hour, "at_least": size})


def _take_over(day: Day) -> Case:
    sender, address = _sender(day, 5, "j.keller", "Jonas Keller")
    rows = _mail(day, 2, 15.1, f"RE: Change of delivery address {token(day.plan, 5)}", sender=sender, auth=0)
    window = {"from": _iso(day.begin + 12 * _HOUR), "to": _iso(day.begin + 16 * _HOUR)}
    return Case(5, rows, {"sender": address, "window": window})


def _quick_codes(day: Day) -> Case:
    people = [_sender(day, 6, f"hr{number}", "HR Portal") for number in range(3)]
    rows = _mail(
        day, 3, 8.3, f"Scan to sign {token(day.plan, 6)}", sender=np.array([number for number, _ in people]),
        vector=QR, urls=1, url_base=day.urls.add([f"https://case6-{token(day.plan, 6)}.example/q/"]),
        files=1, file=_file(day, "signature.pdf", 6),
    )  # fmt: skip
    return Case(6, rows, {"senders": [address for _, address in people]})


def _file(day: Day, name: str, question: int) -> int:
    day.file_hashes.add([ids.hexes(*(ids.keyed(day.plan, 998, n, np.array([question])) for n in range(4)))[0].as_py()])
    return day.file_names.add([name])


def _clicked(day: Day) -> Case:
    sender, address = _sender(day, 8, "it", "IT Helpdesk")
    rows = _mail(
        day, 3, 9.5, f"Password expires today {token(day.plan, 8)}", sender=sender, threat=PHISH, confidence=NORMAL,
        vector=LINK, override=4, urls=1,
        url_base=day.urls.add([f"https://case8-{token(day.plan, 8)}.example/login?u="]),
        detection=_detection('{"Phish":["URL detonation reputation"]}'), policy=3,
    )  # fmt: skip
    followed = [
        ("clicks", 0, 12, after_delivery.CLICK_BLOCKED, 1, 0),
        ("clicks", 1, 31, after_delivery.CLICK_ALLOWED, 0, 0),
        ("clicks", 2, 44, after_delivery.CLICK_BLOCKED, 0, 0),
    ]
    facts = {"sender": address, "location": "Inbox/folder", "override": verdicts.OVERRIDES[4][1]}
    return Case(8, rows, facts, followed=followed)


def _purged_too_late(day: Day) -> Case:
    sender, address = _sender(day, 9, "docs", "DocuSign")
    rows = _mail(
        day, 2, 9.8, f"Completed: Contract {token(day.plan, 9)}", sender=sender, threat=PHISH, confidence=HIGH,
        vector=LINK, urls=1, url_base=day.urls.add([f"https://case9-{token(day.plan, 9)}.example/view?d="]),
        detection=_detection('{"Phish":["URL detonation"]}'), policy=3,
    )  # fmt: skip
    followed = []
    for row in (0, 1):
        followed.append(("clicks", row, 20 + row, after_delivery.CLICK_ALLOWED, 0, 0))
        zap = after_delivery.PHISH_ZAP
        followed.append(("post", row, 95 + row, zap, after_delivery.SUCCESS, after_delivery.TO_QUARANTINE))
    return Case(9, rows, {"sender": address, "seconds_from_click_to_removal": 75 * 60}, followed=followed)


def _cleaned_up(day: Day) -> Case:
    user = day.organisation.quiet_user
    sender, _ = _sender(day, 11, "offers", "Offers")
    rows = _mail(
        day, 7, 11.2, f"Toner offer {token(day.plan, 11)}", sender=sender, recipient=user, threat=SPAM,
        confidence=NORMAL, scl=5, policy=0, detection=_detection('{"Spam":["Advanced filter"]}'),
    )  # fmt: skip
    actions = [
        *[after_delivery.HARD_DELETED] * 2, *[after_delivery.SOFT_DELETED] * 3, after_delivery.TO_JUNK,
        after_delivery.TO_DELETED,
    ]  # fmt: skip
    manual = after_delivery.MANUAL
    followed = [("post", row, 150 + row, manual, after_delivery.SUCCESS, action) for row, action in enumerate(actions)]
    counts = {"Hard deleted": 2, "Soft deleted": 3, "Moved to junk folder": 1, "Moved to deleted items": 1}
    return Case(11, rows, {"recipient": day.organisation.users[user].address, "counts": counts}, followed=followed)


def _detonated(day: Day) -> Case:
    sender, address = _sender(day, 14, "export", "Export Department")
    rows = _mail(
        day, 2, 7.6, f"Packing list {token(day.plan, 14)}", sender=sender, threat=MALWARE, vector=FILE, action=BLOCKED,
        location=QUARANTINE, policy=9, detection=_detection('{"Malware":["File detonation"]}'), threat_name=3, files=1,
        file=_file(day, f"packing list {token(day.plan, 14)}.pdf.js", 14),
    )  # fmt: skip
    return Case(14, rows, {"sender": address, "technology": "File detonation"})


def _cluster(day: Day) -> Case:
    mark = token(day.plan, 15)
    people = [
        Person(f"contact@case15-{mark}-{number}.example", "Supplier", f"contact@case15-{mark}-{number}.example")
        for number in range(6)
    ]
    first = day.book.add(people)
    subjects = [f"Tender {mark} for {project}" for project in words.PROJECTS[:12]]
    links = day.urls.add(f"https://case15-{mark}-{number}.example/t/" for number in range(6))
    number = 6_000_000_000 + int(mark, 16)
    rows = _mail(
        day, 12, 10.4, f"Tender {mark}", sender=first + np.arange(12) % 6,
        subject=day.subjects.add(subjects) + np.arange(12),
        cluster=number, urls=1, url_base=links + np.arange(12) % 6,
    )  # fmt: skip
    facts = {"EmailClusterId": number, "subjects": subjects, "senders": [one.address for one in people]}
    return Case(15, rows, facts)


# days before the anchor (or the first day of a shorter demonstration)
_CASES: list[tuple[int, Callable[[Day], Case]]] = [
    (9, _bad_sender), (5, _bad_host), (12, _bombing), (1, _take_over), (4, _quick_codes), (3, _clicked),
    (2, _purged_too_late), (6, _cleaned_up), (8, _detonated), (10, _cluster),
]  # fmt: skip
