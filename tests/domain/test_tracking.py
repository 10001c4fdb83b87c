"""When a tracked query is counted, what its days are, and when they raise an alert; the clock is always told."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashapp.domain.tracking import (
    USUAL_DAYS,
    DayCounts,
    Tracker,
    counted_window,
    day_counts,
    day_window,
    days_over,
    local_day,
    next_run,
)

ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
zones = st.sampled_from(ZONES)


@settings(deadline=None)
@given(moments, st.integers(5, 1440))
def test_the_next_run_comes_within_one_interval_and_on_the_beat(now: datetime, minutes: int) -> None:
    step = timedelta(minutes=minutes)
    after = next_run(now, minutes)
    assert now < after <= now + step
    assert next_run(after - timedelta(microseconds=1), minutes) == after
    assert next_run(after, minutes) == after + step


@settings(deadline=None)
@given(moments, st.integers(5, 1440), st.integers(0, 500))
def test_missed_runs_are_made_up_for_by_one(now: datetime, minutes: int, missed: int) -> None:
    late = now + missed * timedelta(minutes=minutes)
    assert next_run(late, minutes) - late <= timedelta(minutes=minutes)


@settings(deadline=None)
@given(st.dates(date(2015, 1, 1), date(2035, 1, 1)), zones)
def test_days_follow_each_other_without_gaps(day: date, zone: str) -> None:
    window, following = day_window(day, zone), day_window(day + timedelta(days=1), zone)
    assert window.end == following.start
    assert timedelta(hours=22) < window.span < timedelta(hours=26)
    assert local_day(window.start, zone) == day
    assert local_day(window.end - timedelta(microseconds=1), zone) == day


@settings(deadline=None)
@given(moments, zones)
def test_what_is_counted_ends_now_and_begins_a_week_before_today(now: datetime, zone: str) -> None:
    window = counted_window(now, zone)
    assert window.end - now <= timedelta(microseconds=1)
    assert local_day(window.start, zone) == local_day(now, zone) - timedelta(days=USUAL_DAYS)


@settings(deadline=None)
@given(moments, zones, st.data())
def test_counts_are_those_of_a_plain_loop(now: datetime, zone: str, data: st.DataObject) -> None:
    here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    hour = here.replace(minute=0, second=0, microsecond=0)
    backs = data.draw(st.dictionaries(st.integers(0, 24 * 7), st.integers(1, 1000), max_size=40))
    by_hour = {hour - timedelta(hours=back): messages for back, messages in backs.items()}
    counts = day_counts(by_hour, now, zone)
    assert counts.day == here.date()
    assert counts.today == sum(n for start, n in by_hour.items() if start.date() == here.date())
    assert counts.prior == sum(n for start, n in by_hour.items() if start.date() == here.date() - timedelta(days=1))
    assert counts.so_far <= counts.today
    assert (counts.usual is None) == (here.hour == 0)


@pytest.mark.parametrize(
    ("so_far", "usual", "change"),
    [(10, 10.0, 0.0), (15, 10.0, 0.5), (0, 4.0, -1.0), (3, 0.0, float("inf")), (0, 0.0, None), (5, None, None)],
)
def test_change(so_far: int, usual: float | None, change: float | None) -> None:
    assert DayCounts(date(2026, 1, 1), 1, 1, so_far, usual).change == change


TODAY = date(2026, 11, 23)


def tracker(threshold: int | None, since: date) -> Tracker:
    began = day_window(since, "Europe/Zurich").start + timedelta(hours=9)
    return Tracker(threshold, began, next_run=began)


@pytest.mark.parametrize(
    ("threshold", "since", "today", "prior", "alerts"),
    [
        (None, date(2026, 1, 1), 999, 999, []),
        (10, date(2026, 1, 1), 9, 9, []),
        (10, date(2026, 1, 1), 10, 9, [TODAY]),
        (10, date(2026, 1, 1), 0, 10, [TODAY - timedelta(days=1)]),
        (10, date(2026, 1, 1), 50, 50, [TODAY - timedelta(days=1), TODAY]),
        (10, TODAY, 50, 50, [TODAY]),  # nobody tracked it yesterday
    ],
)
def test_days_over(threshold: int | None, since: date, today: int, prior: int, alerts: list[date]) -> None:
    counts = DayCounts(TODAY, today, prior)
    assert [day for day, _ in days_over(counts, tracker(threshold, since), "Europe/Zurich")] == alerts
