"""When mail is sent: weekdays, hours, holidays, seasons, and the story the trends tell.

Sources: weekday shape of spam from the Microsoft hosted filter blog (2006); flat attackers' hours and November's rise
from Cloudflare's 2025 review and our own count of 7,682 public phishing messages; business humps are the usual ones.
"""

from datetime import date

import numpy as np

from dashapp.demo.rows import Array

# Share of all mail by kind on an average day; inbound is 60 %.
SHARES = {
    "clean": 0.60 * 0.744,
    "bulk": 0.60 * 0.112,
    "spam": 0.60 * 0.095,
    "phish": 0.60 * 0.0375,
    "malware": 0.60 * 0.0026,
    "intra": 0.25,
    "outbound": 0.15,
}
PEOPLE = {"clean", "intra", "outbound"}

_PEOPLE_WEEK = np.array([1.27, 1.33, 1.32, 1.28, 1.14, 0.36, 0.30])
_BULK_WEEK = np.array([1.03, 1.06, 1.05, 1.06, 1.02, 0.90, 0.88])
_ATTACK_WEEK = np.array([1.13, 1.15, 1.06, 1.08, 1.06, 0.77, 0.75])
_PEOPLE_HOURS = np.array([4, 3, 3, 3, 4, 9, 24, 56, 88, 98, 96, 84, 66, 80, 92, 90, 80, 60, 38, 26, 18, 12, 8, 5.0])
_BULK_HOURS = np.array(
    [20, 18, 18, 22, 40, 66, 80, 88, 86, 80, 70, 60, 56, 60, 66, 66, 62, 56, 48, 42, 36, 30, 26, 22.0]
)
_ATTACK_HOURS = np.array(
    [34, 32, 30, 29, 28, 27, 26, 32, 40, 46, 48, 48, 46, 48, 52, 53, 54, 52, 48, 44, 42, 40, 38, 36.0]
)
_HOLIDAYS = {(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)}

WAVE_PEAK = 6  # days before the anchor on which the recent wave is strongest
WAVE_EVERY = 45  # days between waves


def _week(kind: str) -> Array:
    return _PEOPLE_WEEK if kind in PEOPLE else _BULK_WEEK if kind == "bulk" else _ATTACK_WEEK


def hours(kind: str) -> Array:
    """Return the 24 relative weights of the UTC hours for a kind of mail."""
    return _PEOPLE_HOURS if kind in PEOPLE else _BULK_HOURS if kind == "bulk" else _ATTACK_HOURS


def factor(kind: str, day: date) -> float:
    """Return how much of a kind of mail a day sees, an average day being one."""
    value = float(_week(kind)[day.weekday()])
    if kind in PEOPLE:
        value *= 0.3 if (day.month, day.day) in _HOLIDAYS and day.weekday() < 5 else 1.0
        value *= 1.06 if day.day >= 27 or day.day <= 2 else 1.0  # month-end invoices
    return value


def day_weight(day: date) -> float:
    """Return the expected mail of a day, an average day being about one."""
    return sum(share * factor(kind, day) for kind, share in SHARES.items())


def share_before(elapsed: float, day: date) -> float:
    """Return the share of a day's mail sent in its first ``elapsed`` part (0 to 1)."""
    weight = 0.0
    for kind, share in SHARES.items():
        profile = np.concatenate(([0.0], np.cumsum(hours(kind)) / hours(kind).sum()))
        weight += share * factor(kind, day) * float(np.interp(elapsed * 24, np.arange(25), profile))
    return weight / day_weight(day)


def sample(random: np.random.Generator, kind: str, size: int) -> Array:
    """Return ``size`` moments of a day in microseconds since its midnight, int64, unsorted."""
    edges = np.concatenate(([0.0], np.cumsum(hours(kind)) / hours(kind).sum()))
    moments = np.interp(random.random(size), edges, np.arange(25)) * 3_600_000_000
    return np.minimum(moments.astype(np.int64), 86_399_999_999)


def wave(days_to_anchor: int) -> tuple[int, float]:
    """Return the number of the malware wave (0: the recent one) nearest to a day, and its strength 0 to 1 there.

    Args:
        days_to_anchor: How many days the day lies before the anchor; negative after it.
    """
    shifted = days_to_anchor - WAVE_PEAK
    number = round(shifted / WAVE_EVERY)
    distance = shifted - number * WAVE_EVERY
    # rises within three days, ebbs over ten
    width = 2.2 if distance > 0 else 4.2
    strength = float(np.exp(-((distance / width) ** 2)))
    return number, strength if number % 2 == 0 else strength * 0.45


def qr_share(days_to_anchor: int) -> float:
    """Return the share of phish that comes as a QR code: from 1 % to 5 % over the 90 days before the anchor."""
    return float(np.clip(0.05 * np.exp(-days_to_anchor / 52), 0.009, 0.09))


def pressure(days_to_anchor: int) -> float:
    """Return how strong the phish of a day is: a hump eleven weeks ago, a quieter stretch, then a rise."""
    rise = 0.98 + 0.42 / (1 + np.exp((min(days_to_anchor, 90) - 24) / 6))
    hump = 0.28 * np.exp(-(((days_to_anchor - 76) / 6) ** 2))
    return float(rise + hump)
