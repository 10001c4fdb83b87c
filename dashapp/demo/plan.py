"""What fixes a demonstration: seed, days, scale. Everything generated follows from a ``Plan`` and a day."""

import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from dashapp.demo import rhythm

HORIZON_DAYS = 4  # nothing that follows from a day's mail happens later than this
MICROSECONDS_PER_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Plan:
    """The fixed part of a demonstration, kept in its manifest so that it can be carried on.

    Attributes:
        seed: Another seed gives another organisation, other ids, other attacks.
        first: First day, UTC.
        anchor: Day the story (a recent wave, rising QR phish) is told up to.
        rate: Rows of mail on a day of weight one.
        users: People in the organisation.
    """

    seed: int
    first: date
    anchor: date
    rate: float
    users: int

    @classmethod
    def of(cls, *, messages: int, days: int, seed: int, until: datetime, users: int | None = None) -> "Plan":
        """Return the plan whose ``days`` days up to ``until`` (exclusive) hold about ``messages`` rows.

        Raises:
            ValueError: If a number is not positive, or the seed not of 32 bits.
        """
        if messages < 1 or days < 1 or not 0 <= seed < 1 << 32 or (users is not None and users < 20):
            raise ValueError(f"cannot plan {messages} messages over {days} days with seed {seed} and {users} users")
        last = (until - timedelta(microseconds=1)).date()
        first = last - timedelta(days=days - 1)
        elapsed = (until - datetime.combine(last, time(), UTC)) / timedelta(days=1)
        weights = [rhythm.day_weight(first + timedelta(days=number)) for number in range(days)]
        weights[-1] *= rhythm.share_before(elapsed, last)
        rate = messages / sum(weights)
        return cls(seed, first, last, rate, users or int(np.clip(rate * 0.15, 40, 20_000)))

    def random(self, stream: str, day: date | None = None) -> np.random.Generator:
        """Return the random numbers of one purpose and day; the same at every call."""
        number = day.toordinal() if day else 0
        return np.random.Generator(np.random.SFC64([self.seed, zlib.crc32(stream.encode()), number]))

    def days_before(self, number: int) -> date:
        """Return the day ``number`` days before the anchor, or the first day if the plan is shorter."""
        return max(self.first, self.anchor - timedelta(days=number))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return asdict(self) | {"first": self.first.isoformat(), "anchor": self.anchor.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Plan":
        """Return the plan kept by ``to_json``."""
        first, anchor = date.fromisoformat(values["first"]), date.fromisoformat(values["anchor"])
        return cls(values["seed"], first, anchor, values["rate"], values["users"])


def midnight(day: date) -> int:
    """Return the start of a UTC day in microseconds since 1970."""
    return (day - _EPOCH).days * MICROSECONDS_PER_DAY


def microseconds(instant: datetime) -> int:
    """Return an aware instant in microseconds since 1970."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day_of(instant: int) -> date:
    """Return the UTC day of an instant in microseconds since 1970."""
    return _EPOCH + timedelta(days=instant // MICROSECONDS_PER_DAY)
