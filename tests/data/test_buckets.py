"""Local buckets agree with the standard library, in every zone, over changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashapp.data.buckets import bucket, bucket_of, offsets, whole_hours
from dashapp.query.window import Grain, Window

YEAR = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham")


def expected(instant: datetime, grain: Grain, zone: str) -> datetime:
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    if grain is Grain.MINUTE:
        return local
    local = local.replace(minute=0)
    if grain is Grain.HOUR:
        return local
    day = local.replace(hour=0)
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain is Grain.MONTH else day


@given(
    minutes=st.lists(st.integers(0, 525_599), min_size=1, max_size=20),
    grain=st.sampled_from(list(Grain)),
    zone=st.sampled_from(ZONES),
)
@settings(max_examples=25, deadline=None)
def test_buckets_are_those_of_the_wall_clock(minutes: list[int], grain: Grain, zone: str) -> None:
    instants = [YEAR.start + timedelta(minutes=minute) for minute in minutes]
    table = ibis.table({"time": "timestamp(6)"}, name="instants")
    sql = ibis.to_sql(table.select(at=bucket(table["time"], YEAR, grain=grain, zone=zone)), dialect="duckdb")
    with duckdb.connect() as connection:
        naive = pd.DataFrame({"time": [instant.replace(tzinfo=None) for instant in instants]})
        connection.register("instants", naive)
        found = [row[0] for row in connection.execute(str(sql)).fetchall()]
    wall = [expected(instant, grain, zone) for instant in instants]
    assert sorted(found) == sorted(wall)
    here = pd.Series(pd.DatetimeIndex(instants).as_unit("us"))
    assert bucket_of(here, YEAR, grain=grain, zone=zone).tolist() == wall


@pytest.mark.parametrize(("zone", "whole"), [("UTC", True), ("Europe/Berlin", True), ("Asia/Kolkata", False)])
def test_only_some_zones_are_whole_hours_away(zone: str, whole: bool) -> None:
    assert whole_hours(YEAR, zone) is whole


def test_offsets_change_at_the_second_the_clock_does() -> None:
    changes = offsets(YEAR, "Europe/Berlin")
    assert [change for change, _ in changes[1:]] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]


def test_a_window_of_all_time_is_no_trouble() -> None:
    everything = Window(datetime(1, 1, 2, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC))
    assert offsets(everything, "America/New_York")[0][0] == everything.start
