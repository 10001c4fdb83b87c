"""How numbers and times are written for people: separators, short forms, changes, ages."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUS, DASH = "\u2212", "\u2013"
_SHORT = ((1_000_000_000, "B"), (1_000_000, "M"), (10_000, "k"))


def whole(number: float) -> str:
    """``1234567`` as ``1,234,567``."""
    return f"{number:,.0f}"


def short(number: float) -> str:
    """``1234567`` as ``1.2M``; below 10,000 all digits."""
    for size, letter in _SHORT:
        if abs(number) >= size:
            scaled = number / (1_000 if letter == "k" else size)
            return f"{scaled:.0f}{letter}" if abs(scaled) >= 100 else f"{scaled:.1f}{letter}"
    return whole(number)


def change(now: float, before: float) -> str:
    """``now`` against ``before``: ``+12 %``, ``-8 %`` (with a minus sign), ``no change``, ``new`` (from nothing)."""
    if now == before:
        return "no change"
    if before == 0:
        return "new"
    percent = (now - before) / before * 100
    if math.isclose(percent, 0, abs_tol=0.5):
        return "about the same"
    shown = f"{abs(percent):,.0f} %" if abs(percent) < 1000 else f"{(now / before):,.0f} times"
    return shown if percent >= 1000 else f"{MINUS if percent < 0 else '+'}{shown}"


def share(part: float, of: float) -> str:
    """``part`` of ``of`` as ``12.3 %``; a dash when there is nothing to share."""
    return f"{part / of * 100:.1f} %" if of else DASH


def age(span: timedelta) -> str:
    """How long ago in one word pair: ``just now``, ``3 min ago``, ``5 h ago``, ``12 days ago``."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // 1440:,} days ago"


def moment(instant: datetime, zone: str, *, year: bool = True) -> str:
    """An aware instant in ``zone``: ``23 Nov 2026, 10:42``."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M}" if year else f"{local.day} {local:%b, %H:%M}"
