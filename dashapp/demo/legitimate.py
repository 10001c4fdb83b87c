"""Honest mail: people inside, with partners, and newsletters."""

import numpy as np

from dashapp.demo import addresses, rhythm, verdicts, words
from dashapp.demo.day import BULK_SUBJECTS, WORK_SUBJECTS, Day, quota
from dashapp.demo.rows import (
    CLEAN,
    DELIVERED,
    EXTERNAL,
    INBOUND,
    INBOX,
    INTRA,
    OUTBOUND,
    Array,
    Rows,
    pick,
    recipients_per_message,
)  # fmt: skip


def honest_rows(day: Day, kind: str) -> Rows:
    """Return the day's rows of one kind of honest mail: "clean" (inbound), "bulk", "intra" or "outbound"."""
    random = day.plan.random(f"honest {kind}", day.date)
    wanted = quota(random, day.plan.rate * rhythm.SHARES[kind] * rhythm.factor(kind, day.date), spread=0.035)
    single, most = {"clean": (0.82, 12), "bulk": (1.0, 1), "intra": (0.68, 25), "outbound": (0.8, 10)}[kind]
    counts = recipients_per_message(random, wanted, single=single, most=most)
    messages = len(counts)
    of_row = np.repeat(np.arange(messages), counts)
    place = np.arange(len(of_row)) - np.repeat(np.cumsum(counts) - counts, counts)
    time = day.begin + rhythm.sample(random, kind, messages)
    facts = _message_facts(day, random, kind, messages)
    rows = Rows(len(of_row), time=time[of_row], **{name: values[of_row] for name, values in facts.items()})
    rows["recipient"] = _recipients(day, random, kind, of_row, place)
    rows["arrival"] = rows["time"]
    day.number(rows, of_row)
    if kind == "outbound":
        rows["location"] = np.full(len(rows), EXTERNAL)
    return rows


def _message_facts(day: Day, random: np.random.Generator, kind: str, size: int) -> dict[str, Array]:
    sender, host, network = _senders(day, random, kind, size)
    subject = _subjects(random, kind, size)
    salted = random.random(size) < 0.35
    files = np.where(random.random(size) < (0.02 if kind == "bulk" else 0.17), np.minimum(random.zipf(2.6, size), 4), 0)
    links = random.poisson(4.0, size) + 1 if kind == "bulk" else random.poisson(0.75, size)
    body = random.lognormal(9.6, 1.0, size) + files * random.lognormal(11.5, 1.3, size)
    honest = {"bulk": "bulk"}.get(kind, "honest")
    joint = Rows(size)
    if kind in ("clean", "bulk"):
        verdicts.authenticate(random, joint, honest)
    return {
        "direction": np.full(size, {"intra": INTRA, "outbound": OUTBOUND}.get(kind, INBOUND)),
        "bulk": np.full(size, kind == "bulk"),
        "threat": np.full(size, CLEAN),
        "action": np.full(size, DELIVERED),
        "location": np.full(size, INBOX),
        "sender": sender,
        "ip": host,
        "network": network,
        "auth": joint["auth"],
        "subject": subject,
        "salt": np.where(salted, random.integers(1000, 99_999, size), 0),
        "cluster": (subject.astype(np.int64) * 2_654_435_761 ^ sender.astype(np.int64) * 40_503) & 0xFFFF_FFFF,
        "bcl": random.integers(4, 10, size) if kind == "bulk" else (random.random(size) < 0.1).astype(np.int8),
        "urls": np.minimum(links, 8),
        "url_base": sender,
        "files": files,
        "file": np.where(files > 0, random.integers(0, len(words.WORK_FILES), size), -1),
        "language": pick(random, np.array([66, 20, 5, 5, 2, 2]), size),
        "size": np.minimum(body, 35_000_000),
        "first_contact": (random.random(size) < 0.025) & (kind != "intra"),
    }


def _senders(day: Day, random: np.random.Generator, kind: str, size: int) -> tuple[Array, Array, Array]:
    one = day.organisation
    if kind == "bulk":
        number = pick(random, 1 / np.arange(3, len(one.newsletters) + 3) ** 0.7, size)
        return day.book.newsletters + number, one.newsletter_host[number], one.newsletter_network[number]
    if kind == "clean":
        number = pick(random, one.contact_weight, size)
        return day.book.contacts + number, one.contact_host[number], one.contact_network[number]
    sender = pick(random, one.activity, size)
    own = np.full(size, addresses.OWN)
    # a third of internal mail carries no address, as with mail that never left the servers
    host = addresses.HOSTS.fixed(random, own, ipv6=0.1)
    unknown = (random.random(size) < 0.33) & (kind == "intra")
    return sender, np.where(unknown, -1, host), np.where(unknown, -1, own)


def _recipients(day: Day, random: np.random.Generator, kind: str, of_row: Array, place: Array) -> Array:
    if not len(of_row):
        return of_row
    messages = int(of_row[-1]) + 1
    if kind == "outbound":
        first = pick(random, day.organisation.contact_weight, messages)
        return day.book.contacts + (first[of_row] + place) % len(day.organisation.contacts)
    # further recipients sit in the same department: users are sorted by it
    return (pick(random, day.organisation.activity, messages)[of_row] + place) % day.book.users


def _subjects(random: np.random.Generator, kind: str, size: int) -> Array:
    if kind == "bulk":
        return WORK_SUBJECTS + random.integers(0, BULK_SUBJECTS, size)
    return random.integers(0, WORK_SUBJECTS, size)
