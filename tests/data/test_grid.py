"""Pages of messages: order, depth, columns from anywhere."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashapp.data.engine import Engine, FilterError
from dashapp.data.errors import TooDeep
from dashapp.data.grid import Count, count, page
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Window
from tests.data.sample import WINDOW
from tests.lakes import at, publish

KEYS = ("NetworkMessageId", "RecipientEmailAddress")


def ids(frame: pd.DataFrame) -> list[str]:
    return frame["NetworkMessageId"].tolist()


def test_newest_first_with_ties_by_id_and_recipient(engine: Engine) -> None:
    frame = page(engine, Everything(), WINDOW, columns=KEYS, offset=0, limit=20)
    assert ids(frame) == ["m9", "m7", "m8", "m6", "m5", "m4", "m3", "m2", "m1", "m1"]
    assert frame["RecipientEmailAddress"].tolist()[-2:] == ["Ana@Corp.Example", "Bo@Corp.Example"]


@pytest.mark.parametrize(
    ("column", "descending"), [("Timestamp", True), ("Timestamp", False), ("Subject", False), ("EmailSize", True)]
)
def test_pages_follow_each_other_without_gap_or_repeat(engine: Engine, column: str, *, descending: bool) -> None:
    sort = [(column, descending)]
    whole = page(engine, Everything(), WINDOW, columns=KEYS, sort=sort, offset=0, limit=50)
    for size in (1, 3, 7):
        pages = [
            page(engine, Everything(), WINDOW, columns=KEYS, sort=sort, offset=offset, limit=size)
            for offset in range(0, 12, size)
        ]
        assert pd.concat(pages).to_numpy().tolist() == whole.to_numpy().tolist()


def test_columns_from_everywhere(engine: Engine) -> None:
    columns = ["Timestamp", "ThreatTypes", "DetectionTechnology", "LatestDeliveryLocation", "UrlDomain", "Url"]
    columns += ["Department", "EmailSize", "IsFirstContact", "SubmissionType", "SenderIP", "RecipientName"]
    frame = page(engine, parse("NetworkMessageId:m1"), WINDOW, columns=columns, offset=0, limit=5)
    assert list(frame.columns) == columns
    assert frame.loc[1].to_dict() == {
        "Timestamp": pd.Timestamp("2026-03-01", tz="UTC"),
        "ThreatTypes": "Phish",
        "DetectionTechnology": "URL detonation, Spoof DMARC",
        "LatestDeliveryLocation": "Quarantine",
        "UrlDomain": "bad.example, cdn.example",
        "Url": "http://bad.example/A?x=1, https://cdn.example/x",
        "Department": "Sales",
        "EmailSize": 100,
        "IsFirstContact": False,
        "SubmissionType": "Spam",
        "SenderIP": "192.0.2.7",
        "RecipientName": "Bo",
    }
    assert str(frame["Timestamp"].dtype) == "datetime64[us, UTC]"
    assert str(frame["EmailSize"].dtype) == "Int64"
    assert str(frame["IsFirstContact"].dtype) == "boolean"


def test_every_field_can_be_shown_with_rows_and_without(engine: Engine) -> None:
    full = page(engine, Everything(), WINDOW, columns=list(FIELDS), offset=0, limit=20)
    empty = page(engine, parse("Subject:nothing-has-this"), WINDOW, columns=list(FIELDS), offset=0, limit=20)
    assert len(full) == 10
    assert empty.empty
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()


def test_every_field_of_the_message_can_be_sorted_by(engine: Engine) -> None:
    for name, field in FIELDS.items():
        if field.place.joined:
            with pytest.raises(FilterError, match=name):
                page(engine, Everything(), WINDOW, columns=KEYS, sort=[(name, False)], offset=0, limit=5)
        else:
            assert len(page(engine, Everything(), WINDOW, columns=KEYS, sort=[(name, True)], offset=0, limit=5)) == 5


def test_deep_pages_only_in_time_order(engine: Engine) -> None:
    assert page(engine, Everything(), WINDOW, columns=KEYS, offset=10_000_000, limit=100).empty
    with pytest.raises(TooDeep, match="100,000"):
        page(engine, Everything(), WINDOW, columns=KEYS, sort=[("Subject", True)], offset=99_950, limit=100)


def test_any_depth_is_the_same_as_sorting_it_all(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    random = np.random.default_rng(7)
    times = [at("2026-03-01") + timedelta(seconds=int(step)) for step in random.integers(0, 7 * 86_400, 3000)]
    names = [f"m{number:04}" for number in range(3000)]
    publish(lake_path, "EmailEvents", Timestamp=times, NetworkMessageId=names, recipient=["a@b.example"] * 3000)
    engine = engine_over()
    oldest_first = [name for _, name in sorted(zip(times, names, strict=True))]
    at_of = dict(zip(names, times, strict=True))
    newest_first = sorted(names, key=lambda name: (-at_of[name].timestamp(), name))
    window = Window(WINDOW.start + timedelta(minutes=17), WINDOW.end - timedelta(minutes=17))
    for offset in (0, 90, 500, 1499, 2700):
        for newest, expected in ((True, newest_first), (False, oldest_first)):
            sort = [("Timestamp", newest)]
            found = page(engine, Everything(), WINDOW, columns=KEYS[:1], sort=sort, offset=offset, limit=100)
            assert ids(found) == expected[offset : offset + 100]
            tenth = offset // 10
            few = page(engine, parse("NetworkMessageId:*7"), window, columns=KEYS[:1], sort=sort, offset=tenth, limit=9)
            inside = [name for name in expected if name.endswith("7") and _in(window, times, name)]
            assert ids(few) == inside[tenth : tenth + 9]


def _in(window: Window, times: list, name: str) -> bool:
    return window.start.replace(tzinfo=None) <= times[int(name[1:])] < window.end.replace(tzinfo=None)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["Subject", "EmailSize"])
def test_equal_and_missing_values_are_not_lost_between_pages(
    lake_path: Path, engine_over: Callable[..., Engine], column: str, *, descending: bool
) -> None:
    random, rows = np.random.default_rng(11), 400
    names = [f"m{number:03}" for number in random.permutation(rows)]
    values = [None if number > 300 else int(number) % 7 for number in random.permutation(rows)]
    texts = [None if value is None else f"subject {value}" for value in values]
    publish(
        lake_path,
        "EmailEvents",
        Timestamp=[at("2026-03-01") + timedelta(hours=int(hour)) for hour in random.integers(0, 160, rows)],
        NetworkMessageId=names,
        recipient=["a@b.example"] * rows,
        Subject=texts,
        subject_lower=texts,
        EmailSize=values,
    )
    sign = -1 if descending else 1
    known = sorted((sign * value, name) for value, name in zip(values, names, strict=True) if value is not None)
    missing = sorted(name for value, name in zip(values, names, strict=True) if value is None)
    expected = [name for _, name in known] + missing
    engine = engine_over()
    for offset in (0, 37, 290, 299, 350):
        found = page(engine, Everything(), WINDOW, columns=KEYS, sort=[(column, descending)], offset=offset, limit=20)
        assert ids(found) == expected[offset : offset + 20]


def test_columns_of_other_tables_for_messages_far_apart(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("NetworkMessageId", "Url", "Department", "SubmissionType", "FileName", "AdditionalAction", "UserTag")
    near = page(engine, Everything(), WINDOW, columns=columns, offset=0, limit=20)
    monkeypatch.setattr("dashapp.data.grid_columns._NEAR", timedelta(0))
    far = page(engine, Everything(), WINDOW, columns=columns, offset=0, limit=20)
    assert near[list(columns)].notna().any().all()
    pd.testing.assert_frame_equal(far, near)


def test_a_directory_too_large_to_be_remembered_is_asked_for_those_on_the_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = ("RecipientEmailAddress", "Department", "UserTag")
    remembered = page(engine, Everything(), WINDOW, columns=columns, offset=0, limit=20)
    monkeypatch.setattr("dashapp.data.grid_columns.MOST_RECORDS", 0)
    pd.testing.assert_frame_equal(page(engine, Everything(), WINDOW, columns=columns, offset=0, limit=20), remembered)
    assert remembered["Department"].nunique() >= 2


def test_counts(engine: Engine) -> None:
    assert count(engine, Everything(), WINDOW) == Count(10, 0)
    assert count(engine, parse("UrlDomain:*"), WINDOW) == Count(3, 0)
