"""Campaigns: attacks that start on a day, last hours to days, and share lure, hosts, senders and files.

A marked point process: starts are Poisson (November 1.7 times), sizes Pareto (1.2), durations lognormal with a median
of 10 hours and 84 % under a day, the mail inside front-loaded (Weibull). Half of the senders' addresses are used once.
Sources: Sunrise to Sunset (USENIX 2020) and Webroot for life times; Microsoft's quarterly reports for the vectors.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from dashapp.demo import addresses, lures, rhythm
from dashapp.demo.organisation import Person
from dashapp.demo.plan import MICROSECONDS_PER_DAY, Plan, midnight
from dashapp.demo.rows import BEC, CALLBACK, FILE, LINK, MALWARE, NO_VECTOR, PHISH, QR, SPAM, Array, pick

LONGEST_DAYS = 3
_HOUR = 3_600_000_000
_SHAPE = 1.3  # of the Weibull life inside a campaign
HOSTS_PER_CAMPAIGN = 12


@dataclass(frozen=True)
class Campaign:
    """One campaign; times in microseconds since 1970.

    Attributes:
        threat: ``SPAM``, ``PHISH`` or ``MALWARE`` of the rows model.
        subtype: Phished brand or malware family.
        family: Position in ``lures.FAMILIES``, -1 if not malware.
        size: Relative size, Pareto.
        department: Number of the department it aims at, -1 for everybody.
        files: Name and SHA-256 of each attachment.
    """

    id: str
    name: str
    threat: int
    vector: int
    subtype: str
    family: int
    start: int
    length: int
    size: float
    cluster: int
    department: int
    language: int
    networks: tuple[int, ...]
    hosts: tuple[str, ...]
    senders: tuple[Person, ...]
    subjects: tuple[str, ...]
    urls: tuple[str, ...]
    files: tuple[tuple[str, str], ...]

    def part(self, day: date) -> tuple[float, float]:
        """Return the share of its mail (cumulative) before a day and before the next."""
        begin = midnight(day)
        return self._before(begin), self._before(begin + MICROSECONDS_PER_DAY)

    def _before(self, instant: int) -> float:
        age = max(0, instant - self.start) / (self.length / 2.2)
        return float(1 - np.exp(-(age**_SHAPE)))

    def moments(self, random: np.random.Generator, day: date, size: int) -> Array:
        """Return ``size`` moments of its mail on a day in microseconds since 1970."""
        low, high = self.part(day)
        share = np.minimum(low + (high - low) * random.random(size), 1 - 1e-12)
        age = (-np.log1p(-share)) ** (1 / _SHAPE) * (self.length / 2.2)
        begin = midnight(day)
        return np.clip(self.start + age.astype(np.int64), begin, begin + MICROSECONDS_PER_DAY - 1)


def active(plan: Plan, day: date) -> list[Campaign]:
    """Return the campaigns that send something on a day, oldest first."""
    starting = [day - timedelta(days=back) for back in range(LONGEST_DAYS, -1, -1)]
    found = [campaign for start in starting for campaign in _started(plan, start)]
    return [campaign for campaign in found if campaign.part(day)[1] - campaign.part(day)[0] > 0.004]


@lru_cache(maxsize=16)
def _started(plan: Plan, day: date) -> tuple[Campaign, ...]:
    random = plan.random("campaigns", day)
    scale = np.sqrt(max(plan.rate, 300) / 3333) * (1.7 if day.month == 11 else 1.0)
    back = (plan.anchor - day).days
    wave_number, strength = rhythm.wave(back)
    wanted: list[tuple[int, int, int]] = []
    for threat, mean in ((SPAM, 3.0), (PHISH, 2.6), (MALWARE, 0.8)):
        count = int(random.poisson(mean * scale * rhythm.factor("spam", day))) + (threat != MALWARE)
        wanted += [(threat, _vector(random, threat, back), _family(random, threat)) for _ in range(count)]
    if strength > 0.08:
        family = next(
            n for n, one in enumerate(lures.FAMILIES) if one.name == lures.WAVES[wave_number % len(lures.WAVES)]
        )
        wanted += [(MALWARE, FILE, family)] * int(1 + random.poisson(2 * strength * scale))
    return tuple(_campaign(random, day, *one) for one in wanted)


def _family(random: np.random.Generator, threat: int) -> int:
    return int(pick(random, np.array([one.weight for one in lures.FAMILIES]), 1)[0]) if threat == MALWARE else -1


def _vector(random: np.random.Generator, threat: int, back: int) -> int:
    if threat == SPAM:
        return NO_VECTOR
    if threat == MALWARE:
        return FILE if random.random() < 0.85 else LINK
    quick = rhythm.qr_share(back)
    return (LINK, FILE, QR, CALLBACK, BEC)[
        int(pick(random, np.array([0.77 - quick, 0.15, quick * 1.6, 0.015, 0.05]), 1)[0])
    ]


def _campaign(random: np.random.Generator, day: date, threat: int, vector: int, family: int) -> Campaign:
    brand = int(pick(random, np.array(lures.BRAND_WEIGHTS), 1)[0])
    length = int(np.clip(10 * random.lognormal(0, 0.88), 0.5, 60) * _HOUR)
    networks = tuple(int(n) for n in pick(random, addresses.HOSTILE_WEIGHTS, int(min(4, random.zipf(1.5)))))
    domains = hostile_domains(random, threat, int(random.integers(1, 5)))
    subtype = (
        lures.FAMILIES[family].name if threat == MALWARE else lures.BRANDS[brand][0] if threat == PHISH else "Bulk spam"
    )
    identity = uuid.UUID(bytes=random.bytes(16), version=4)
    return Campaign(
        id=str(identity),
        name=f"{subtype}.{('Attachment' if vector in (FILE, QR) else 'Link')}.{day:%y%m%d}-{identity.hex[:4]}",
        threat=threat,
        vector=vector,
        subtype=subtype,
        family=family,
        start=midnight(day) + int(random.integers(0, 24 * _HOUR)),
        length=length,
        size=float(min(1 + random.pareto(1.2), 60)),
        cluster=int(random.integers(1, 1 << 32)),
        department=int(random.integers(0, 11)) if random.random() < 0.35 else -1,
        language=int(pick(random, np.array([70, 14, 6, 5, 3, 2]), 1)[0]),
        networks=networks,
        hosts=tuple(hostile_hosts(random, np.array(networks)[random.integers(0, len(networks), HOSTS_PER_CAMPAIGN)])),
        senders=tuple(_senders(random, threat, vector, brand, domains)),
        subjects=subjects(random, threat, vector, brand),
        urls=tuple(f"https://{domain}/{_path(random)}" for domain in domains),
        files=tuple(attachment(random, threat, vector, family) for _ in range(int(random.integers(1, 4)))),
    )


def _path(random: np.random.Generator) -> str:
    return lures.PATHS[int(random.integers(0, len(lures.PATHS)))]


def hostile_hosts(random: np.random.Generator, networks: Array) -> list[str]:
    """Return sending addresses for network numbers: a little over half fixed IPv4 hosts, the rest fresh IPv6."""
    fixed = addresses.HOSTS.texts.take(addresses.HOSTS.fixed(random, networks, ipv6=0.05)).to_pylist()
    fresh = addresses.fresh_ipv6(random, networks)
    use_fresh = random.random(len(networks)) < 0.42
    return [new if is_new else old for new, old, is_new in zip(fresh, fixed, use_fresh, strict=True)]


def hostile_domains(random: np.random.Generator, threat: int, count: int) -> list[str]:
    """Return new domains as attackers register them, sometimes under a compromised site."""
    words = lures.SPAM_WORDS if threat == SPAM else lures.HOST_WORDS
    numbers = random.integers(0, len(words), (count, 2))
    tails = random.integers(10, 99_999, count)
    styles = random.random(count)
    return [
        f"{words[a]}-{words[b]}{tail}.example" if style < 0.55 else f"{words[a]}.{words[b]}{tail:x}.example"
        for (a, b), tail, style in zip(numbers.tolist(), tails.tolist(), styles.tolist(), strict=True)
    ]


def _senders(random: np.random.Generator, threat: int, vector: int, brand: int, domains: list[str]) -> list[Person]:
    if threat == PHISH and vector != BEC:
        names = [lures.BRANDS[brand][1]]
    elif threat == SPAM:
        names = [f"{word.title()} {('Team', 'Club', 'Direct')[n % 3]}" for n, word in enumerate(lures.SPAM_WORDS[:6])]
    else:
        names = ["Accounts", "Sales Department", "M. Keller", "Logistics", "J. Carter", "Office"]
    people = []
    for number in range(int(random.integers(2, 12))):
        domain = domains[number % len(domains)]
        local = ("info", "noreply", "service", "accounts", "admin", "j.carter", "support", "mailer")[
            int(random.integers(0, 8))
        ]
        bounce = (
            f"b{int(random.integers(1, 1 << 30)):x}@{domains[-1]}" if number % 3 == 0 else f"{local}{number}@{domain}"
        )
        people.append(Person(f"{local}{number}@{domain}", names[number % len(names)], bounce))
    return people


def subjects(random: np.random.Generator, threat: int, vector: int, brand: int) -> tuple[str, ...]:
    """Return one to three subjects; ``{n}`` is filled, the salt comes later."""
    pool: tuple[str, ...] = {SPAM: lures.SPAM_SUBJECTS, MALWARE: lures.MALWARE_SUBJECTS}.get(
        threat, lures.BRANDS[brand][2]
    )
    if threat == PHISH:
        pool = {QR: lures.QR_SUBJECTS, CALLBACK: lures.CALLBACK_SUBJECTS, BEC: lures.BEC_SUBJECTS}.get(vector, pool)
    chosen = [pool[int(n)] for n in random.integers(0, len(pool), int(random.integers(1, 4)))]
    return tuple(
        text.replace("{n}", str(int(random.integers(1000, 999_999)))).replace("{name}", "A colleague")
        for text in chosen
    )


def attachment(random: np.random.Generator, threat: int, vector: int, family: int) -> tuple[str, str]:
    """Return name and SHA-256 of an attachment of an attack; both empty where it carries none."""
    if vector not in (FILE, QR):
        return "", ""
    phish = lures.QR_FILES if vector == QR else lures.PHISH_FILES
    names = lures.FAMILIES[family].files if threat == MALWARE else phish
    name = names[int(random.integers(0, len(names)))].replace("{n}", str(int(random.integers(1000, 99_999))))
    return name, random.bytes(32).hex()
