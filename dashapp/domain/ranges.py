"""The time ranges people choose from, and how a range is named."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashapp.query.window import Window

EN_DASH = "\u2013"


@dataclass(frozen=True)
class QuickRange:
    """One range of the list: its name and the texts of the address."""

    name: str
    start: str
    end: str


QUICK_RANGES = (
    QuickRange("Last 24 hours", "now-24h", "now"),
    QuickRange("Last 7 days", "now-7d", "now"),
    QuickRange("Last 30 days", "now-30d", "now"),
    QuickRange("Last 90 days", "now-90d", "now"),
    QuickRange("Last 12 months", "now-12M", "now"),
    QuickRange("Today", "now/d", "now"),
    QuickRange("Yesterday", "now-1d/d", "now-1d/d"),
    QuickRange("This week", "now/w", "now"),
    QuickRange("This month", "now/M", "now"),
    QuickRange("Last month", "now-1M/M", "now-1M/M"),
)


def range_name(start: str, end: str) -> str:
    """The name of the range written ``start`` to ``end``: that of the list, or "Custom range"."""
    return next((quick.name for quick in QUICK_RANGES if (quick.start, quick.end) == (start, end)), "Custom range")


def range_span(window: Window, zone: str) -> str:
    """The window resolved in ``zone``: ``24 Oct 2026, 10:42 - 23 Nov 2026, 10:42 CET`` (with an en dash).

    The year stands once if both ends share it.
    """
    place = ZoneInfo(zone)
    start, end = window.start.astimezone(place), window.end.astimezone(place)
    first = f"{start.day} {start:%b}" + (f" {start:%Y}" if start.year != end.year else "")
    last = f"{end.day} {end:%b %Y}"
    return f"{first}, {start:%H:%M} {EN_DASH} {last}, {end:%H:%M} {end:%Z}"
