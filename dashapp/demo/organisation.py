"""The made-up organisation: its people, and the partners and newsletters that write to them."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from dashapp.demo import addresses, words
from dashapp.demo.plan import Plan
from dashapp.demo.rows import Array, pick


@dataclass(frozen=True)
class Person:
    """Somebody who sends or receives mail.

    Attributes:
        mail_from: Envelope address, often another domain for newsletters.
    """

    address: str
    name: str
    mail_from: str

    @property
    def domain(self) -> str:
        """The part behind the at sign."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Organisation:
    """Everybody, and how much they write and are attacked.

    Attributes:
        users: Own people, sorted by department; their position is their number.
        department: Number of each user's department in ``words.DEPARTMENTS``.
        activity: How much mail each user gets.
        attack_weight: How much each user is attacked: lognormal times the role.
        contacts: External correspondents; ``contact_network`` and ``contact_host`` give where they send from.
        newsletters: Senders of bulk mail.
    """

    users: list[Person]
    department: Array
    site: Array
    is_priority: Array
    activity: Array
    attack_weight: Array
    contacts: list[Person]
    contact_weight: Array
    contact_network: Array
    contact_host: Array
    newsletters: list[Person]
    newsletter_network: Array
    newsletter_host: Array

    @cached_property
    def texts(self) -> dict[str, pa.Array]:
        """What is said of everybody (users, contacts, newsletters, in this order), one array per fact."""
        people = self.users + self.contacts + self.newsletters
        first_newsletter = len(self.users) + len(self.contacts)
        return {
            "address": pa.array([one.address for one in people]),
            "name": pa.array([one.name for one in people]),
            "domain": pa.array([one.domain for one in people]),
            "mail_from": pa.array([one.mail_from for one in people]),
            "mail_from_domain": pa.array([one.mail_from.rpartition("@")[2] for one in people]),
            "link": pa.array(
                [
                    f"https://click.{one.domain}/c/" if number >= first_newsletter else f"https://www.{one.domain}/d/"
                    for number, one in enumerate(people)
                ]
            ),
        }

    @property
    def quiet_user(self) -> int:
        """Number of the user who is attacked least; a planted case needs somebody to whom nothing else happens."""
        return int(np.argmin(self.attack_weight))


def ascii_name(text: str) -> str:
    """Return a name as it stands in an address: lower case, no accents."""
    plain = text.replace("ø", "o").replace("Ł", "L").replace("ł", "l").replace("ß", "ss")
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()


def organisation(plan: Plan) -> Organisation:
    """Return the organisation of a plan; the same for the same seed and number of users."""
    random = plan.random("organisation")
    shares = np.array([share for _, share, _ in words.DEPARTMENTS])
    department = np.sort(pick(random, shares, plan.users))
    department[: max(1, plan.users // 80)] = 0
    role = np.select([department == 0, department == 1], [5.0, 3.0], 1.0)
    partners = _partners(random, max(120, plan.users // 2))
    partner_network = pick(random, addresses.HONEST_WEIGHTS, len(partners))
    contacts, partner_of = _contacts(random, partners)
    newsletters = _newsletters(random, 60 + plan.users // 8)
    newsletter_network = pick(random, addresses.HONEST_WEIGHTS[:6], len(newsletters))
    hosts = addresses.HOSTS.fixed(random, partner_network, ipv6=0.25)
    return Organisation(
        users=_users(random, plan.users),
        department=department,
        site=pick(random, np.array([share for _, _, share in words.SITES]), plan.users),
        is_priority=(department == 0) | (random.random(plan.users) < 0.02),
        activity=random.lognormal(0, 0.7, plan.users),
        attack_weight=random.lognormal(0, 1.2, plan.users) * role,
        contacts=contacts,
        contact_weight=1 / np.arange(2, len(contacts) + 2) ** 0.8,
        contact_network=partner_network[partner_of],
        contact_host=hosts[partner_of],
        newsletters=newsletters,
        newsletter_network=newsletter_network,
        newsletter_host=addresses.HOSTS.fixed(random, newsletter_network, ipv6=0.2),
    )


def _people(random: np.random.Generator, count: int) -> list[tuple[str, str]]:
    given = random.integers(0, len(words.GIVEN_NAMES), count)
    family = random.integers(0, len(words.SURNAMES), count)
    return [(words.GIVEN_NAMES[a], words.SURNAMES[b]) for a, b in zip(given, family, strict=True)]


def _users(random: np.random.Generator, count: int) -> list[Person]:
    users, taken = [], set()
    for given, family in _people(random, count):
        local = base = f"{ascii_name(given)}.{ascii_name(family)}"
        number = 2
        while local in taken:
            local, number = f"{base}{number}", number + 1
        taken.add(local)
        address = f"{local}@{words.OWN_DOMAIN}"
        users.append(Person(address, f"{given} {family}", address))
    return users


def _partners(random: np.random.Generator, count: int) -> list[str]:
    stems, tails = len(words.PARTNER_STEMS), len(words.PARTNER_TAILS)
    numbers = random.choice(stems * tails, min(count, stems * tails), replace=False)
    return [f"{words.PARTNER_STEMS[n // tails]}{words.PARTNER_TAILS[n % tails]}.example" for n in numbers]


def _contacts(random: np.random.Generator, partners: list[str]) -> tuple[list[Person], Array]:
    sizes = np.minimum(random.zipf(1.6, len(partners)) + 2, 60)
    partner_of = np.repeat(np.arange(len(partners)), sizes)
    random.shuffle(partner_of)
    names = _people(random, len(partner_of))
    people = []
    for (given, family), partner in zip(names, partner_of, strict=True):
        address = f"{ascii_name(given)[:1]}.{ascii_name(family)}@{partners[partner]}"
        people.append(Person(address, f"{given} {family}", address))
    return people, partner_of


def _newsletters(random: np.random.Generator, count: int) -> list[Person]:
    people = []
    for number in range(count):
        stem = words.PARTNER_STEMS[int(random.integers(0, len(words.PARTNER_STEMS)))]
        domain = f"{stem}{('news', 'shop', 'weekly', 'events', 'jobs')[number % 5]}{number}.example"
        sender = ("news", "hello", "offers", "no-reply", "team")[number % 5]
        people.append(Person(f"{sender}@{domain}", f"{stem.title()} {sender.title()}", f"bounce-{number}@em.{domain}"))
    return people
