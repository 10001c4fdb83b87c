"""The time axis of a chart: which buckets a window has, and which of them have no data at all.

Buckets are naive local times, the starts of hours, days, weeks (Monday) or months in the viewer's zone.
"""

from datetime import timedelta

import pandas as pd

from dashapp.query.window import Grain, Window

_STEP = {Grain.MINUTE: "1min", Grain.HOUR: "1h", Grain.DAY: "1D", Grain.WEEK: "7D", Grain.MONTH: "MS"}
MOST_TICKS = 7  # as many as fit on a phone
_CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)  # minutes
_QUIET = {Grain.MINUTE: 24 * 60, Grain.HOUR: 24, Grain.DAY: 1, Grain.WEEK: 1, Grain.MONTH: 1}


def bucket_starts(window: Window, grain: Grain, zone: str) -> pd.DatetimeIndex:
    """Every bucket ``window`` touches, first to last, as naive local starts (datetime64[us])."""
    first = floor_to(pd.Timestamp(window.start).tz_convert(zone).tz_localize(None), grain)
    last = pd.Timestamp(window.end - timedelta(microseconds=1)).tz_convert(zone).tz_localize(None)
    return pd.date_range(first, last, freq=_STEP[grain], unit="us")


def tick_labels(starts: pd.DatetimeIndex, grain: Grain) -> tuple[list[pd.Timestamp], list[str]]:
    """Where the time axis is marked, and what it says there: about six marks, the year only where it begins.

    Days and more are marked in the middle of what they cover, hours and minutes where they begin.
    """
    if grain in (Grain.HOUR, Grain.MINUTE):
        return _clock_labels(starts, grain)
    every = -(-len(starts) // MOST_TICKS)
    middle = pd.Timedelta(_STEP[grain]) / 2 if grain is not Grain.MONTH else pd.Timedelta(days=15)
    chosen = starts[::every]
    day = "%b" if grain is Grain.MONTH else "%-d %b"
    years = [None, *chosen.year]
    texts = [
        f"{mark:{day}}" + (f"<br>{mark:%Y}" if mark.year != before else "")
        for mark, before in zip(chosen, years, strict=False)
    ]
    return [mark + middle for mark in chosen], texts


def _clock_labels(starts: pd.DatetimeIndex, grain: Grain) -> tuple[list[pd.Timestamp], list[str]]:
    minutes = 1 if grain is Grain.MINUTE else 60
    step = next((each for each in _CLOCK_STEPS if len(starts) * minutes / each <= MOST_TICKS), _CLOCK_STEPS[-1])
    chosen = [mark for mark in starts if (mark.hour * 60 + mark.minute) % step == 0]
    texts, day = [], None
    for mark in chosen:
        texts.append(f"{mark:%H:%M}" + (f"<br>{mark:%-d %b}" if mark.date() != day else ""))
        day = mark.date()
    return chosen, texts


def floor_to(local: pd.Timestamp, grain: Grain) -> pd.Timestamp:
    """The start of the bucket ``local`` (naive) lies in."""
    if grain is Grain.MINUTE:
        return local.floor("min")
    if grain is Grain.HOUR:
        return local.floor("h")
    day = local.normalize()
    if grain is Grain.WEEK:
        return day - pd.Timedelta(days=day.weekday())
    return day.replace(day=1) if grain is Grain.MONTH else day


def empty_stretches(all_mail: pd.DataFrame, starts: pd.DatetimeIndex, grain: Grain) -> pd.DatetimeIndex:
    """The buckets of ``starts`` for which no mail of any kind is loaded, a gap in the data and not a quiet time.

    Args:
        all_mail: ``bucket``, ``messages``: all mail whatever its verdict, as of ``totals_over_time``.
        starts: All buckets of the window.
        grain: Hours and minutes count as a gap only when a whole day long; nights are quiet by nature.
    """
    loaded = set(all_mail.loc[all_mail["messages"] > 0, "bucket"])
    is_empty = pd.Series([start not in loaded for start in starts], index=starts, dtype=bool)
    if is_empty.empty:
        return starts
    stretch = (is_empty != is_empty.shift()).cumsum()
    long_enough = is_empty.groupby(stretch).transform("size") >= min(_QUIET[grain], len(starts))
    return starts[(is_empty & long_enough).to_numpy()]
