"""One day of mail in the generator's own model: its rows, the words they refer to, and what followed."""

import datetime
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from dashapp.demo import addresses, words
from dashapp.demo.campaigns import Campaign, active
from dashapp.demo.organisation import Organisation
from dashapp.demo.plan import Plan, midnight
from dashapp.demo.rows import Array, Rows
from dashapp.demo.vocabulary import Book, Vocabulary

_WORK = [
    text.replace("{project}", project) for text in words.WORK_SUBJECTS for project in words.PROJECTS
]  # fmt: skip
_BULK = [
    text.replace("{topic}", topic).replace("{month}", words.MONTHS[number % 12])
    for text in words.BULK_SUBJECTS
    for number, topic in enumerate(words.TOPICS)
]
WORK_SUBJECTS = len(_WORK)
BULK_SUBJECTS = len(_BULK)


@dataclass
class Events:
    """Things that happened to rows after delivery; one array per fact, equal lengths.

    Attributes:
        row: Position in ``Day.rows``.
        time: Microseconds since 1970.
        code: What happened, a number of the table concerned.
        result: How it ended, likewise.
        extra: A further fact, likewise.
    """

    row: Array
    time: Array
    code: Array
    result: Array
    extra: Array

    @classmethod
    def none(cls) -> "Events":
        """Return no events."""
        return cls(*(np.empty(0, np.int64) for _ in range(5)))

    @classmethod
    def concat(cls, parts: list["Events"]) -> "Events":
        """Return the events of all parts, in order."""
        if not parts:
            return cls.none()
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in parts]).astype(np.int64)
                for name in ("row", "time", "code", "result", "extra")
            )
        )

    def keep(self, chosen: Array) -> "Events":
        """Return the chosen events (positions or flags)."""
        return Events(self.row[chosen], self.time[chosen], self.code[chosen], self.result[chosen], self.extra[chosen])


@dataclass
class Day:
    """A day's mail, being filled. Rows refer to its vocabularies by number."""

    plan: Plan
    organisation: Organisation
    date: datetime.date
    campaigns: list[Campaign]
    book: Book
    subjects: Vocabulary
    hosts: Vocabulary
    urls: Vocabulary
    file_names: Vocabulary
    file_hashes: Vocabulary
    rows: Rows
    messages: int = 0
    post: Events = field(default_factory=Events.none)
    clicks: Events = field(default_factory=Events.none)
    submissions: Events = field(default_factory=Events.none)

    @classmethod
    def start(cls, plan: Plan, organisation: Organisation, day: datetime.date) -> "Day":
        """Return a day without mail."""
        return cls(
            plan,
            organisation,
            day,
            active(plan, day),
            Book(organisation),
            Vocabulary(_WORK + _BULK),
            Vocabulary(addresses.HOSTS.texts),
            Vocabulary(organisation.texts["link"]),
            Vocabulary(words.WORK_FILES),
            Vocabulary(pa.array([""] * len(words.WORK_FILES))),
            Rows(0),
        )

    @property
    def begin(self) -> int:
        """Its midnight in microseconds since 1970."""
        return midnight(self.date)

    def number(self, rows: Rows, message_of_row: Array) -> None:
        """Give rows their message numbers; ``message_of_row`` counts from nought within ``rows``."""
        rows["message"] = self.messages + message_of_row
        self.messages += int(message_of_row.max()) + 1 if len(message_of_row) else 0


def quota(random: np.random.Generator, expected: float, *, spread: float) -> int:
    """Return a whole number of rows around ``expected``, over-dispersed as real counts are."""
    return int(random.poisson(max(0.0, expected * random.lognormal(-spread * spread / 2, spread))))
