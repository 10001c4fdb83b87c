"""The dashboard's numbers by their definitions, on rows whose answers are known by hand."""

from datetime import timedelta

import pytest

from dashapp.data import grid
from dashapp.data.engine import Engine
from dashapp.data.metrics import EFFICACY, METRIC_TOTALS, TILES, efficacy, metric_totals, tiles
from dashapp.data.volume import totals_over_time
from dashapp.domain.metrics import DEFINITIONS, EFFICACY_PARTS, Metric
from dashapp.query.grammar import parse
from dashapp.query.window import Grain, Window
from tests.data.sample import WINDOW

EMPTY = Window(WINDOW.end + timedelta(days=90), WINDOW.end + timedelta(days=91))


def test_totals_and_what_stands_beside_them(engine: Engine) -> None:
    frame = metric_totals(engine, WINDOW)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == METRIC_TOTALS
    assert list(frame.itertuples(index=False, name=None)) == [
        ("attacks", 5, 0, True),
        ("malware-blocked", 1, 0, True),
        ("phish-blocked", 1, 0, True),
        ("zero-day", 3, 0, True),
        ("urls-blocked", 2, 1, True),
        ("user-reported", 2, 0, True),
        ("removed-after-delivery", 2, 0, True),
    ]


@pytest.mark.parametrize("metric", [metric for metric in Metric if DEFINITIONS[metric].exact])
def test_a_number_is_the_length_of_the_list_behind_it(engine: Engine, metric: Metric) -> None:
    behind = grid.count(engine, parse(DEFINITIONS[metric].filter_text), WINDOW).matching
    number = metric_totals(engine, WINDOW).set_index("metric").loc[metric.value, "count"]
    assert number == behind


def test_tiles_add_up_to_the_totals(engine: Engine) -> None:
    frame = tiles(engine, WINDOW, grain=Grain.DAY, zone="America/New_York")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == TILES
    sums = frame.groupby("metric")["count"].sum().to_dict()
    totals = metric_totals(engine, WINDOW).set_index("metric")["count"].to_dict()
    assert sums == {metric: count for metric, count in totals.items() if count}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_removals_are_counted_to_the_microsecond_of_the_range(engine: Engine, zone: str) -> None:
    node, tick = parse(DEFINITIONS[Metric.REMOVED_AFTER_DELIVERY].filter_text), timedelta(microseconds=1)
    times = grid.page(engine, node, WINDOW, columns=["Timestamp"], offset=0, limit=10)["Timestamp"].dt.to_pydatetime()
    assert len(times) == 2
    for moment in times:
        for start, end in ((moment, moment + tick), (moment + tick, WINDOW.end), (WINDOW.start - tick, moment)):
            window = Window(start, end)
            frame = tiles(engine, window, grain=Grain.HOUR, zone=zone)
            found = frame[frame["metric"] == Metric.REMOVED_AFTER_DELIVERY.value][["bucket", "count"]]
            expected = totals_over_time(engine, node, window, grain=Grain.HOUR, zone=zone)
            assert found.to_numpy().tolist() == expected.to_numpy().tolist()


def test_a_time_without_data_is_told_from_a_zero(engine: Engine) -> None:
    frame = metric_totals(engine, EMPTY)
    assert frame["count"].sum() == 0
    assert not frame["has_data"].any()
    assert tiles(engine, EMPTY, grain=Grain.DAY).empty


def test_efficacy_parts_are_all_attacks(engine: Engine) -> None:
    frame = efficacy(engine, WINDOW)
    # m1 ana blocked; m1 bo taken out, m9 by an administrator; m3 replaced but redelivered, m7 not taken out in the end
    assert dict(frame.itertuples(index=False, name=None)) == dict(zip(EFFICACY_PARTS, (1, 2, 2), strict=True))
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == EFFICACY
    assert efficacy(engine, EMPTY)["messages"].tolist() == [0, 0, 0]
