"""The volume chart as data: stacking, gaps, the ghost of the period before, hostile names."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashapp.figures.buckets import bucket_starts, empty_stretches, tick_labels
from dashapp.figures.theme import THREAT_COLOURS, series_colours, series_order
from dashapp.figures.volume import GHOST, NO_DATA, volume_over_time
from dashapp.query.window import Grain, Window

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC))


def counts(rows: list[tuple[int, str, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["day", "series", "messages"])
    frame["bucket"] = pd.to_datetime([f"2026-03-{day:02d}" for day in frame["day"]]).astype("datetime64[us]")
    return frame[["bucket", "series", "messages"]]


def mail(*days: int, month: int = 3) -> pd.DataFrame:
    stamps = pd.to_datetime([f"2026-{month:02d}-{day:02d}" for day in days]).astype("datetime64[us]")
    return pd.DataFrame({"bucket": stamps, "messages": [100] * len(days)})


COUNTS = counts([(1, "Phish", 5), (3, "Phish", 2), (3, "Malware", 1)])


def test_one_bar_trace_per_threat_most_severe_at_the_bottom_with_zeros_between() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC")

    assert [trace.name for trace in figure.data] == ["Malware", "Phish"]
    assert [list(trace.y) for trace in figure.data] == [[0, 0, 1, 0], [5, 0, 2, 0]]
    assert figure.data[0].type == "bar"
    assert figure.data[0].marker.color == THREAT_COLOURS["Malware"]
    assert figure.layout.barmode == "stack"
    assert (figure.layout.dragmode, figure.layout.selectdirection) == ("select", "h")


def test_beyond_sixty_buckets_the_series_are_filled_lines() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.HOUR, zone="UTC")

    assert {trace.type for trace in figure.data} == {"scatter"}
    assert {trace.stackgroup for trace in figure.data} == {"messages"}
    assert len(figure.data[0].x) == 96


def test_a_day_without_any_mail_is_hatched_and_not_shown_as_zero() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC", all_mail=mail(1, 2, 3))

    gap = next(trace for trace in figure.data if trace.name == NO_DATA)
    assert [str(day.date()) for day in pd.to_datetime(gap.x)] == ["2026-03-04"]
    assert gap.marker.pattern.shape == "/"


def test_quiet_nights_are_no_gap_but_a_silent_day_is() -> None:
    starts = bucket_starts(WINDOW, Grain.HOUR, "UTC")
    noons = pd.DataFrame({"bucket": pd.to_datetime(["2026-03-01 12:00", "2026-03-02 12:00"]), "messages": [3, 3]})

    gaps = empty_stretches(noons, starts, Grain.HOUR)

    assert gaps[0] == pd.Timestamp("2026-03-02 13:00")
    assert gaps[-1] == starts[-1]


def test_ghost_of_the_previous_period_lies_on_this_periods_days() -> None:
    ghost = mail(25, 28, month=2)

    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC", ghost=ghost)

    trace = next(trace for trace in figure.data if trace.name == GHOST)
    assert list(trace.y) == [100, 0, 0, 100]
    assert pd.Timestamp(trace.x[0]) == pd.Timestamp("2026-03-01")


def test_no_ghost_of_nothing() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC", ghost=mail())

    assert GHOST not in [trace.name for trace in figure.data]


@pytest.mark.parametrize(
    ("all_mail", "note"),
    [
        (None, "Nothing in this period"),
        (mail(1, 2, 3, 4), "Nothing in this period"),
        (mail(), "No data loaded for this period"),
    ],
)
def test_empty_says_whether_it_is_peace_or_ignorance(all_mail: pd.DataFrame | None, note: str) -> None:
    figure = volume_over_time(COUNTS.iloc[:0], WINDOW, grain=Grain.DAY, zone="UTC", all_mail=all_mail)

    assert not figure.data
    assert figure.layout.annotations[0].text == note


def test_hostile_series_name_is_text() -> None:
    rows = counts([(1, '<a href="https://evil.example">%{y}</a>', 3)])

    figure = volume_over_time(rows, WINDOW, grain=Grain.DAY, zone="UTC")

    assert "<" not in figure.data[0].name
    assert "%{" not in figure.data[0].name


def test_on_a_logarithmic_scale_each_series_is_a_line_broken_where_it_is_zero() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC", log=True)

    assert figure.layout.yaxis.type == "log"
    assert [(trace.type, trace.stackgroup, trace.connectgaps) for trace in figure.data] == [
        ("scatter", None, False)
    ] * 2
    assert [list(trace.y) for trace in figure.data] == [[None, None, 1, None], [5, None, 2, None]]
    low, high = figure.layout.yaxis.range
    assert 10**low < 1 < 5 < 10**high


def test_the_browser_is_told_the_grain_and_where_a_click_leads() -> None:
    figure = volume_over_time(COUNTS, WINDOW, grain=Grain.DAY, zone="UTC", address="/explorer?q=x")

    assert figure.layout.meta == {"grain": "day", "address": "/explorer?q=x", "zone": "UTC"}
    assert {trace.xperiod for trace in figure.data} == {86_400_000}


@pytest.mark.parametrize(
    ("grain", "zone", "first", "length"),
    [
        (Grain.DAY, "UTC", "2026-03-01", 4),
        (Grain.DAY, "Europe/Lisbon", "2026-03-01", 4),
        (Grain.DAY, "America/New_York", "2026-02-28", 5),
        (Grain.WEEK, "UTC", "2026-02-23", 2),
        (Grain.MONTH, "UTC", "2026-03-01", 1),
    ],
)
def test_buckets_begin_where_the_viewers_day_begins(grain: Grain, zone: str, first: str, length: int) -> None:
    starts = bucket_starts(WINDOW, grain, zone)

    assert starts[0] == pd.Timestamp(first)
    assert len(starts) == length
    assert str(starts.dtype) == "datetime64[us]"


def test_a_day_bucket_survives_a_change_of_clocks() -> None:
    window = Window.last(timedelta(days=3), datetime(2026, 3, 30, 12, tzinfo=UTC))

    assert len(bucket_starts(window, Grain.DAY, "Europe/Lisbon")) == 4


def test_unknown_series_are_ordered_by_size_and_the_rest_last() -> None:
    ordered = series_order(["Others", "b", "a", "Phish"], {"a": 1, "b": 9, "Others": 99, "Phish": 1})

    assert ordered == ["Phish", "b", "a", "Others"]
    assert len({series_colours(ordered)[name] for name in ("b", "a")}) == 2


def test_the_ten_series_of_a_chart_have_ten_colours() -> None:
    names = [f"family {place}" for place in range(10)]
    assert len(set(series_colours([*names, "Others"]).values())) == 11


@pytest.mark.parametrize(
    ("grain", "start", "count", "texts"),
    [
        (Grain.DAY, "2026-12-30", 4, ["30 Dec<br>2026", "31 Dec", "1 Jan<br>2027", "2 Jan"]),
        (Grain.DAY, "2026-11-01", 30, [f"{day} Nov" + "<br>2026" * (day == 1) for day in range(1, 30, 5)]),
        (Grain.HOUR, "2026-11-01 20:00", 5, ["20:00<br>1 Nov", "21:00", "22:00", "23:00", "00:00<br>2 Nov"]),
        (
            Grain.HOUR,
            "2026-11-01",
            48,
            ["00:00<br>1 Nov", "12:00", "00:00<br>2 Nov", "12:00"],
        ),
        (Grain.MONTH, "2026-12-01", 2, ["Dec<br>2026", "Jan<br>2027"]),
    ],
)
def test_the_axis_is_marked_where_people_expect_it(grain, start, count, texts) -> None:
    freq = {Grain.DAY: "1D", Grain.HOUR: "1h", Grain.MONTH: "MS"}[grain]
    assert tick_labels(pd.date_range(start, periods=count, freq=freq), grain)[1] == texts


def test_delivered_is_bad_news_only_where_all_are_attacks() -> None:
    assert series_colours(["Delivered"], attacks=True) != series_colours(["Delivered"])
