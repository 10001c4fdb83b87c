"""Buckets of local time, without asking the database about time zones: every engine can add and truncate."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from dashapp.data.engine_sql import stored
from dashapp.query.window import Grain, Window

_UNITS = {Grain.MINUTE: "m", Grain.HOUR: "h", Grain.DAY: "D", Grain.WEEK: "W", Grain.MONTH: "M"}
_PANDAS_UNITS = {Grain.MINUTE: "min", Grain.HOUR: "h"}
_LONGEST_WALK = timedelta(days=366 * 60)


def bucket(time: Any, window: Window, *, grain: Grain, zone: str) -> Any:
    """The start of the local bucket of ``time`` (naive UTC, inside ``window``) as naive local time."""
    steps = offsets(window, zone)
    local = _shifted(time, steps[-1][1])
    if len(steps) > 1:
        until = zip((start for start, _ in steps[1:]), (offset for _, offset in steps), strict=False)
        cases = [(time < stored(end), _shifted(time, offset)) for end, offset in until]
        local = ibis.cases(*cases, else_=local)
    return local.truncate(_UNITS[grain]).cast("timestamp(6)")


def bucket_of(times: pd.Series, window: Window, *, grain: Grain, zone: str) -> pd.Series:
    """What ``bucket`` gives, for times (datetime64[us, UTC]) inside ``window`` that are no longer in the database."""
    naive = times.dt.tz_localize(None).astype("datetime64[us]")
    local = naive.copy()
    for start, offset in offsets(window, zone):
        local = local.where(naive < start.astimezone(UTC).replace(tzinfo=None), naive + offset)
    if grain is Grain.WEEK:
        local = local - pd.to_timedelta(local.dt.day_of_week, unit="D")
    if grain is Grain.MONTH:
        local = local - pd.to_timedelta(local.dt.day - 1, unit="D")
    floored: pd.Series = local.dt.floor(_PANDAS_UNITS.get(grain, "D"))
    return floored.astype("datetime64[us]")


def whole_hours(window: Window, zone: str) -> bool:
    """Whether the zone differs from UTC by whole hours all through ``window``."""
    return all(offset % timedelta(hours=1) == timedelta(0) for _, offset in offsets(window, zone))


@functools.lru_cache(256)
def offsets(window: Window, zone: str) -> tuple[tuple[datetime, timedelta], ...]:
    """From when on which difference from UTC holds, in order; the first from the window's start."""
    place = ZoneInfo(zone)
    found = [(window.start, _offset(window.start, place))]
    at, step = window.start, max(timedelta(days=1), window.span / (_LONGEST_WALK / timedelta(days=1)))
    while at < window.end:
        later = min(at + step, window.end)
        if _offset(later, place) != found[-1][1]:
            change = _change(at, later, place)
            found.append((change, _offset(change, place)))
        at = later
    return tuple(found)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    try:
        return instant.astimezone(zone).utcoffset() or timedelta(0)
    except OverflowError:
        return timedelta(0)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes between two instants that differ in it."""
    old = _offset(before, zone)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _shifted(time: Any, offset: timedelta) -> Any:
    return time + ibis.interval(seconds=int(offset.total_seconds())) if offset else time
