"""Spans of time: half-open windows, the text people type for them, and the bucket size that suits a chart."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo


class RangeError(ValueError):
    """A time range cannot be read; the message says what is wrong and what would do."""


class Grain(StrEnum):
    """Width of one bucket of a time chart."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


GRAIN_SPAN = {
    Grain.MINUTE: timedelta(minutes=1),
    Grain.HOUR: timedelta(hours=1),
    Grain.DAY: timedelta(days=1),
    Grain.WEEK: timedelta(days=7),
    Grain.MONTH: timedelta(days=30),
}
MOST_BUCKETS = 120
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199


@dataclass(frozen=True)
class Window:
    """A half-open span ``[start, end)`` of aware UTC instants."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise RangeError("a window needs instants with a time zone")
        if self.start >= self.end:
            raise RangeError(
                f"the range ends ({self.end:%Y-%m-%d %H:%M}) before it starts ({self.start:%Y-%m-%d %H:%M})"
            )
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def span(self) -> timedelta:
        """How long the window is, in elapsed time."""
        return self.end - self.start

    def previous(self) -> "Window":
        """The same elapsed time just before."""
        return Window(self.start - self.span, self.start)

    @classmethod
    def last(cls, span: timedelta, now: datetime) -> "Window":
        """The ``span`` that ends at ``now``."""
        return cls(now - span, now)


_RELATIVE = re.compile(r"now(?:(?P<sign>[+-])(?P<count>\d{1,4})(?P<unit>[mhdwM]))?(?:/(?P<snap>[hdwM]))?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(days=7)}


def read_instant(text: str, *, now: datetime, zone: tzinfo, upper: bool = False) -> datetime:
    """Read ``now-7d``, ``now-1d/d``, ``2026-03-01``, ``2026-03-01T10:00`` or an ISO instant.

    Args:
        text: What was typed; ``/d`` rounds down to a day of ``zone`` (up when ``upper``, as in a range's end).
        now: The instant ``now`` stands for, aware.
        zone: Where days begin, and the zone of a time written without one.
        upper: The text is the end of a range.

    Raises:
        RangeError: The text is none of these.
    """
    cleaned = text.strip()
    match = _RELATIVE.fullmatch(cleaned)
    if match:
        return _relative(match, now=now, zone=zone, upper=upper)
    try:
        instant = datetime.fromisoformat(cleaned)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=zone)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RangeError(f"cannot read the time {text[:40]!r}; try now-7d, now-1d/d or 2026-03-01T10:00") from None


def _relative(match: re.Match[str], *, now: datetime, zone: tzinfo, upper: bool) -> datetime:
    instant = now.astimezone(zone)
    if match["count"]:
        count = int(match["count"]) * (1 if match["sign"] == "+" else -1)
        instant = (
            _add_months(instant, count)
            if match["unit"] == "M"
            else (instant.astimezone(UTC) + count * _UNITS[match["unit"]]).astimezone(zone)
        )
    if match["snap"]:
        floor = _floor(instant, match["snap"])
        instant = _next(floor, match["snap"]) if upper and floor != instant else floor
    return instant.astimezone(UTC)


def _floor(instant: datetime, unit: str) -> datetime:
    if unit == "h":
        return instant.replace(minute=0, second=0, microsecond=0)
    day = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "w":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "M" else day


def _next(floor: datetime, unit: str) -> datetime:
    return _add_months(floor, 1) if unit == "M" else floor + _UNITS[unit]


def _add_months(instant: datetime, count: int) -> datetime:
    month = instant.month - 1 + count
    year = instant.year + month // 12
    if not 1 <= year <= 9998:
        raise RangeError("that is too far away")
    first = instant.replace(year=year, month=month % 12 + 1, day=1)
    last_day = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(instant.day, last_day.day))


def read_window(start: str, end: str, *, now: datetime, zone: str = "UTC") -> Window:
    """Read a range from its two texts.

    Raises:
        RangeError: A text cannot be read, the zone is unknown, or the range is empty.
    """
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise RangeError(f"unknown time zone {zone[:40]!r}") from None
    try:
        window = Window(
            read_instant(start, now=now, zone=place),
            read_instant(end, now=now, zone=place, upper=True),
        )
    except OverflowError:
        raise RangeError("that range is too far away") from None
    if window.start.year < EARLIEST_YEAR or window.end.year > LATEST_YEAR:
        raise RangeError(f"ranges lie between the years {EARLIEST_YEAR} and {LATEST_YEAR}")
    return window


def grain_for(window: Window) -> Grain:
    """The finest grain that keeps a chart at or under about 120 buckets."""
    for grain, span in GRAIN_SPAN.items():
        if window.span / span <= MOST_BUCKETS:
            return grain
    return Grain.MONTH
