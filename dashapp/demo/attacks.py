"""Hostile mail of a day: campaigns and the background of single shots."""

from dataclasses import dataclass

import numpy as np

from dashapp.demo import addresses, campaigns, lures, rhythm, verdicts
from dashapp.demo.campaigns import Campaign
from dashapp.demo.day import Day, quota
from dashapp.demo.organisation import Person
from dashapp.demo.rows import (
    BEC,
    CALLBACK,
    FILE,
    LINK,
    MALWARE,
    NO_VECTOR,
    PHISH,
    QR,
    SPAM,
    Array,
    Rows,
    pick,
    recipients_per_message,
)  # fmt: skip

_KINDS = {SPAM: "spam", PHISH: "phish", MALWARE: "malware"}
_BACKGROUND = {SPAM: 0.42, PHISH: 0.27, MALWARE: 0.30}


@dataclass(frozen=True)
class _Part:
    """Some of a day's attacks.

    Attributes:
        wanted: Rows.
        among: For each campaign of the day, whether these come from it.
        background: Share of single shots.
        only: Their vector, where all have one.
    """

    threat: int
    wanted: int
    among: list[bool]
    background: float
    only: int = NO_VECTOR


def attack_rows(day: Day, threat: int) -> Rows:
    """Return the day's rows of one threat, judged, in no order."""
    random = day.plan.random(f"attack {threat}", day.date)
    back = (day.plan.anchor - day.date).days
    kind = _KINDS[threat]
    expected = day.plan.rate * rhythm.SHARES[kind] * rhythm.factor(kind, day.date)
    number, strength = rhythm.wave(back)
    family = lures.WAVES[number % len(lures.WAVES)]
    in_wave = [one.threat == MALWARE and one.subtype == family and strength > 0.08 for one in day.campaigns]
    codes = [one.vector == QR for one in day.campaigns]
    mails = quota(random, expected * (rhythm.pressure(back) if threat == PHISH else 1.0), spread=0.16)
    quick = int(random.binomial(mails, rhythm.qr_share(back))) if threat == PHISH else 0
    wave = quota(random, expected * 6.0 * strength, spread=0.25) if threat == MALWARE and any(in_wave) else 0
    rest = [one.threat == threat and not a and not b for one, a, b in zip(day.campaigns, in_wave, codes, strict=True)]
    parts = [
        _Part(threat, wave, in_wave, 0.0),
        _Part(threat, quick, codes, 0.5, only=QR),
        _Part(threat, mails - quick, rest, _BACKGROUND[threat]),
    ]
    return Rows.concat([_mail(day, random, part) for part in parts])


def _mail(day: Day, random: np.random.Generator, part: _Part) -> Rows:
    counts = recipients_per_message(random, part.wanted, single=0.9, most=15)
    if not len(counts):
        return Rows(0)
    of_row = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(of_row)) - np.repeat(np.cumsum(counts) - counts, counts)
    messages = _messages(day, random, part, len(counts))
    rows = messages.take(of_row)
    rows["recipient"] = (_targets(day, random, messages)[of_row] + place) % day.book.users
    rows["arrival"] = rows["time"]
    day.number(rows, of_row)
    verdicts.judge(random, rows)
    return rows


def _messages(day: Day, random: np.random.Generator, part: _Part, size: int) -> Rows:
    threat = part.threat
    weights = np.array([one.size * (one.part(day.date)[1] - one.part(day.date)[0]) for one in day.campaigns])
    weights = weights * np.array(part.among, float)
    has_campaigns = bool(weights.sum() > 0)
    single = random.random(size) < part.background if has_campaigns else np.ones(size, bool)
    chosen = np.where(single, -1, pick(random, weights, size) if has_campaigns else -1)
    rows = Rows(size, threat=threat, campaign=chosen, first_contact=random.random(size) < 0.92)
    for number in np.unique(chosen[chosen >= 0]):
        _fill_campaign(day, random, rows, np.flatnonzero(chosen == number), int(number))
    _fill_singles(day, random, rows, np.flatnonzero(single), part)
    verdicts.authenticate(random, rows, "hostile")
    vector = rows["vector"]
    rows["salt"] = np.where(random.random(size) < 0.4, random.integers(1000, 999_999, size), 0)
    rows["files"] = np.isin(vector, (FILE, QR)).astype(np.int16)
    has_link = np.isin(vector, (LINK, QR)) | ((vector == NO_VECTOR) & (random.random(size) < 0.85))
    rows["urls"] = np.where(has_link, np.minimum(1 + random.poisson(1.2, size), 7), 0)
    rows["bcl"] = random.integers(0, 8, size) if threat == SPAM else random.integers(0, 2, size)
    rows["size"] = np.minimum(random.lognormal(8.9, 0.9, size) + rows["files"] * random.lognormal(12, 0.8, size), 2e7)
    rows["classification"] = np.where(
        vector == BEC, random.integers(0, 6, size), np.where((threat == PHISH) & (random.random(size) < 0.1), 6, -1)
    )
    return rows


@dataclass(frozen=True)
class _Offsets:
    """Where a campaign's words begin in the day's vocabularies."""

    sender: int
    host: int
    subject: int
    url: int
    file: int


def _register(day: Day, one: Campaign) -> _Offsets:
    day.file_hashes.add(file[1] for file in one.files)
    return _Offsets(
        sender=day.book.add(list(one.senders)),
        host=day.hosts.add(one.hosts),
        subject=day.subjects.add(one.subjects),
        url=day.urls.add(f"{url}?id=" for url in one.urls),
        file=day.file_names.add(file[0] for file in one.files),
    )


def _fill_campaign(day: Day, random: np.random.Generator, rows: Rows, here: Array, number: int) -> None:
    one = day.campaigns[number]
    start = _register(day, one)
    size = len(here)
    host = random.integers(0, len(one.hosts), size)
    rows["time"][here] = one.moments(random, day.date, size)
    rows["sender"][here] = start.sender + random.integers(0, len(one.senders), size)
    rows["ip"][here] = start.host + host
    rows["network"][here] = np.array([network_of(text) for text in one.hosts])[host]
    rows["subject"][here] = start.subject + random.integers(0, len(one.subjects), size)
    rows["url_base"][here] = start.url + random.integers(0, len(one.urls), size)
    rows["file"][here] = start.file + random.integers(0, len(one.files), size) if one.files[0][0] else -1
    rows["cluster"][here] = one.cluster
    rows["vector"][here] = one.vector
    rows["language"][here] = one.language
    rows["threat_name"][here] = one.family


def network_of(host: str) -> int:
    """Return the number of the network an address of ours belongs to."""
    if ":" in host:
        block = int(host.split(":")[2], 16) >> 8
        return addresses.OWN if block == 0 else block - 1
    address = [int(part) for part in host.split(".")]
    third = (192, 198, 203).index(address[0])
    return min(third * 16 + address[3] // 16, addresses.OWN) if third * 16 + address[3] // 16 < 47 else addresses.OWN


def _fill_singles(day: Day, random: np.random.Generator, rows: Rows, here: Array, part: _Part) -> None:
    size, threat = len(here), part.threat
    if not size:
        return
    vector = _single_vectors(random, part, size)
    networks = pick(random, addresses.HOSTILE_WEIGHTS, size)
    hosts = campaigns.hostile_hosts(random, networks)
    brands = pick(random, np.array(lures.BRAND_WEIGHTS), size)
    family = (
        pick(random, np.array([one.weight for one in lures.FAMILIES]), size) if threat == MALWARE else np.full(size, -1)
    )
    texts = [campaigns.subjects(random, threat, v, b)[0] for v, b in zip(vector.tolist(), brands.tolist(), strict=True)]
    people = _single_senders(day, random, threat, vector, brands)
    files = [campaigns.attachment(random, threat, v, f) for v, f in zip(vector.tolist(), family.tolist(), strict=True)]
    order = np.arange(size)
    rows["time"][here] = day.begin + rhythm.sample(random, "phish", size)
    rows["sender"][here] = day.book.add(people) + order
    rows["ip"][here] = day.hosts.add(hosts) + order
    rows["network"][here] = networks
    rows["subject"][here] = day.subjects.add(texts) + order
    rows["url_base"][here] = day.urls.add(f"https://{one.domain}/l/" for one in people) + order
    day.file_hashes.add(file[1] for file in files)
    rows["file"][here] = np.where(np.isin(vector, (FILE, QR)), day.file_names.add(f[0] for f in files) + order, -1)
    rows["cluster"][here] = random.integers(1, 1 << 32, size)
    rows["vector"][here] = vector
    rows["language"][here] = pick(random, np.array([76, 10, 5, 4, 3, 2]), size)
    rows["threat_name"][here] = family


def _single_senders(day: Day, random: np.random.Generator, threat: int, vector: Array, brands: Array) -> list[Person]:
    """Return a sender never seen before for each mail; some of the phish borrow our own name, or our directors'."""
    domains = campaigns.hostile_domains(random, threat, len(vector))
    borrowed = (random.random(len(vector)) < 0.07) & (threat == PHISH)
    which = random.integers(0, len(lures.LOOKALIKES), len(vector)).tolist()
    director = random.integers(0, max(1, int((day.organisation.department == 0).sum())), len(vector)).tolist()
    people = []
    for number, domain in enumerate(domains):
        name = lures.BRANDS[brands[number]][1] if threat == PHISH else "Office"
        if vector[number] == BEC:
            name = day.organisation.users[director[number]].name
        host = lures.LOOKALIKES[which[number]] if borrowed[number] else domain
        address = f"contact{which[number]}@{host}"
        people.append(Person(address, name, address))
    return people


def _single_vectors(random: np.random.Generator, part: _Part, size: int) -> Array:
    if part.threat == SPAM or part.only:
        return np.full(size, part.only)
    if part.threat == MALWARE:
        return np.where(random.random(size) < 0.85, FILE, LINK)
    return np.array([LINK, FILE, CALLBACK, BEC])[pick(random, np.array([0.77, 0.14, 0.02, 0.07]), size)]


def _targets(day: Day, random: np.random.Generator, messages: Rows) -> Array:
    """Return the first recipient of each message: heavy-tailed, and by department where a campaign aims at one."""
    one = day.organisation
    general = one.activity if len(messages) and int(messages["threat"][0]) == SPAM else one.attack_weight
    chosen = pick(random, general, len(messages))
    aim = np.array([campaign.department for campaign in day.campaigns] + [-1])[messages["campaign"]]
    for department in np.unique(aim[aim >= 0]):
        inside = np.flatnonzero(one.department == department)
        here = np.flatnonzero((aim == department) & (random.random(len(messages)) < 0.75))
        if len(inside):
            chosen[here] = inside[pick(random, one.attack_weight[inside], len(here))]
    return chosen
