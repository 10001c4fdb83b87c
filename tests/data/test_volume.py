"""Messages over time."""

from datetime import timedelta

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from dashapp.data.engine import Engine, FilterError
from dashapp.data.volume import TOTALS, VOLUME, totals_over_time, volume
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Grain, Window
from tests.data.sample import WINDOW

LATER = Window(WINDOW.end + timedelta(days=90), WINDOW.end + timedelta(days=91))


def table(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    return [(f"{row.bucket:%d}", row.series, row.messages) for row in frame.itertuples()]


def test_days_of_the_zone_and_values(engine: Engine) -> None:
    frame = volume(engine, Everything(), WINDOW, by="PrimaryThreat", grain=Grain.DAY, zone="Europe/Berlin", top=2)
    assert table(frame) == [
        ("01", "Phish", 2),
        ("02", "Malware", 1),
        ("02", "Others", 2),
        ("03", "(none)", 1),
        ("04", "Phish", 1),
        ("05", "Others", 1),
        ("05", "Phish", 1),
        ("08", "Malware", 1),
    ]
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == VOLUME


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("UrlDomain", {"bad.example": 2, "cdn.example": 2, "Others": 1, "(none)": 7}),
        ("DetectionTechnology", {"Advanced filter": 2, "Spoof DMARC": 2, "Others": 5, "(none)": 3}),
        ("SenderFromAddress", {"evil@bad.example": 5, "ana@corp.example": 1, "Others": 3, "(none)": 1}),
        ("LatestDeliveryLocation", {"Inbox/folder": 7, "Quarantine": 2, "Others": 1}),
        ("SubmissionType", {"Spam": 2, "Phish": 1, "(none)": 7}),
        ("IsSimulation", {"false": 9, "true": 1}),
    ],
)
def test_any_field_can_be_the_series(engine: Engine, by: str, expected: dict[str, int]) -> None:
    frame = volume(engine, Everything(), WINDOW, by=by, grain=Grain.MONTH, top=2)
    assert frame.groupby("series")["messages"].sum().to_dict() == expected


def test_half_hour_zones_and_filters_on_other_tables(engine: Engine) -> None:
    frame = totals_over_time(engine, parse("UrlDomain:*"), WINDOW, grain=Grain.HOUR, zone="Asia/Kolkata")
    expected = pd.DataFrame({"bucket": pd.to_datetime(["2026-03-01 05:00", "2026-03-02 15:00"]), "messages": [2, 1]})
    assert_frame_equal(frame, expected.astype(TOTALS))


def test_no_messages_keep_columns_and_dtypes(engine: Engine) -> None:
    for by in ("PrimaryThreat", "Subject"):
        frame = volume(engine, Everything(), LATER, by=by, grain=Grain.DAY)
        assert frame.empty
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == VOLUME


def test_unknown_field_is_named(engine: Engine) -> None:
    with pytest.raises(FilterError, match="Nonsense"):
        volume(engine, Everything(), WINDOW, by="Nonsense", grain=Grain.DAY)
