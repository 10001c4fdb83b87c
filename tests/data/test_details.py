"""The questions of the explorer's tabs against plain pandas over random rows, and on the sample lake."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from inspect import unwrap
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashapp.data.clicks import (
    CLICK_TOTALS,
    LATEST_CLICKS,
    PIVOTS,
    TOP_CLICKS,
    VERDICTS,
    click_totals,
    clicks_over_time,
    latest_clicks,
    top_clicks,
)
from dashapp.data.engine import Engine, open_engine
from dashapp.data.lake import Lake
from dashapp.data.origins import ORIGINS, origins
from dashapp.data.top import top_families, top_targeted
from dashapp.data.top_urls import TOP_URLS, top_urls
from dashapp.domain.metrics import ATTACK_FILTER
from dashapp.domain.viewer import Viewer
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Grain, Window
from dashapp.settings import Settings
from tests.data.sample import WINDOW
from tests.data.test_top import dtypes
from tests.lakes import publish
from tests.query.frames import random_frames
from tests.query.oracle import Oracle

QUERIES = ("", "PrimaryThreat:*", "NOT UrlDomain:evil.example", "SenderCountry:* OR Url:*", "Subject:alpha")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
ALL = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
PART = Window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
Rows = list[dict[str, Any]]


class Plain:
    """Random rows, and the answers to the questions by loops over them."""

    def __init__(self, path: Path, seed: int) -> None:
        self.frames = random_frames(seed)
        for name, frame in self.frames.items():
            publish(path, name, **{column: list(frame[column]) for column in frame.columns})
        self.engine = open_engine(Lake.open(path), Settings(query_memory_mb=200))

    def messages(self, text: str, window: Window) -> Rows:
        oracle = Oracle(self.frames, NOW, "UTC", {})
        node = parse(text)
        start, end = (edge.replace(tzinfo=None) for edge in (window.start, window.end))
        rows = self.frames["EmailEvents"].to_dict("records")
        return [row for row in rows if row["Timestamp"] and start <= row["Timestamp"] < end and oracle.holds(node, row)]

    def urls(self, text: str, window: Window) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        rows = self.frames["EmailUrlInfo"].to_dict("records")
        for message in self.messages(text, window):
            here = {row["url_lower"] for row in rows if row["NetworkMessageId"] == message["NetworkMessageId"]}
            for url in here - {None, ""}:
                found[url].update(["messages", str(message["explorer_delivery"])])
        return found

    def clicks(self, text: str, window: Window) -> Rows:
        keys = {(row["NetworkMessageId"], row["recipient"]) for row in self.messages(text, window)}
        rows = self.frames["UrlClickEvents"].to_dict("records")
        return [row for row in rows if row["account"] and (row["NetworkMessageId"], row["account"]) in keys]


@pytest.fixture(scope="module", params=[1, 2])
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Plain(tmp_path_factory.mktemp("plain") / "lake", request.param)
    yield made
    made.engine.close()


def ranked(counts: dict[str, Any], by: str, limit: int) -> list[str]:
    kept = [name for name in counts if counts[name][by] > 0]
    return sorted(kept, key=lambda name: (-counts[name][by], name))[:limit]


@pytest.mark.parametrize("window", [ALL, PART])
@pytest.mark.parametrize("text", QUERIES)
def test_top_urls_are_those_of_plain_pandas(plain: Plain, text: str, window: Window) -> None:
    expected = plain.urls(text, window)
    frame = top_urls(plain.engine, parse(text), window, limit=8)
    assert frame["url"].tolist() == ranked(expected, "messages", 8)
    for row in frame.itertuples():
        counts = expected[row.url]
        assert row.messages == counts["messages"]
        assert row.blocked == counts["Blocked"] + counts["Replaced"]
        assert row.junked == counts["Delivered to junk"]
        assert row.delivered == counts["Delivered"]
    assert dtypes(frame) == TOP_URLS


@pytest.mark.parametrize("window", [ALL, PART])
@pytest.mark.parametrize("text", QUERIES)
def test_clicks_are_those_of_plain_pandas(plain: Plain, text: str, window: Window) -> None:
    rows = plain.clicks(text, window)
    node = parse(text)
    frame = top_clicks(plain.engine, node, window, limit=100)
    by_url = Counter(row["url_lower"] for row in rows if row["url_lower"])
    assert dict(zip(frame["url"], frame["clicks"], strict=True)) == by_url
    for name, verdict in VERDICTS.items():
        assert frame[name].sum() == sum(row["click_verdict"] == verdict for row in rows if row["url_lower"])
    total = click_totals(plain.engine, node, window).iloc[0]
    assert total["clicks"] == len(rows)
    assert total["people"] == len({row["account"] for row in rows})
    start, end = (edge.replace(tzinfo=None) for edge in (window.start, window.end))
    inside = [row for row in rows if start <= row["Timestamp"] < end]
    assert total["later"] == len(rows) - len(inside)
    over_time = clicks_over_time(plain.engine, node, window, by="domain", grain=Grain.DAY, top=100)
    expected = Counter((row["Timestamp"].date(), row["url_domain"] or "(none)") for row in inside)
    assert {(row.bucket.date(), row.series): row.messages for row in over_time.itertuples()} == expected


@pytest.mark.parametrize("window", [ALL, PART])
@pytest.mark.parametrize("text", QUERIES)
def test_origins_add_up_to_what_matches(plain: Plain, text: str, window: Window) -> None:
    frame = origins(plain.engine, parse(text), window)
    expected = Counter(row["sender_country"] or "(none)" for row in plain.messages(text, window))
    assert dict(zip(frame["country"], frame["messages"], strict=True)) == expected
    assert frame["messages"].is_monotonic_decreasing
    assert dtypes(frame) == ORIGINS


@pytest.mark.parametrize("text", QUERIES)
def test_targets_are_the_attacks_among_what_matches(plain: Plain, text: str) -> None:
    both = f"({ATTACK_FILTER}) ({text})" if text else ATTACK_FILTER
    expected = Counter(row["recipient"] for row in plain.messages(both, ALL))
    frame = top_targeted(plain.engine, ALL, limit=100, node=parse(text))
    assert dict(zip(frame["recipient"], frame["attacks"], strict=True)) == expected
    families = Counter(row["threat_family"] for row in plain.messages(both, ALL) if row["threat_family"])
    frame = top_families(plain.engine, ALL, limit=100, node=parse(text))
    assert dict(zip(frame["family"], frame["messages"], strict=True)) == families


@pytest.mark.parametrize("candidates", [1, 8, 10_000])
@pytest.mark.parametrize("by", ["messages", "junked"])
def test_urls_of_many_messages_are_the_same(
    plain: Plain, monkeypatch: pytest.MonkeyPatch, candidates: int, by: str
) -> None:
    expected = top_urls(plain.engine, Everything(), PART, limit=8, by=by)
    monkeypatch.setattr("dashapp.data.top_urls.FEW", 0)
    monkeypatch.setattr("dashapp.data.top_urls.CANDIDATES", candidates)
    asked_anew = unwrap(top_urls)
    pd.testing.assert_frame_equal(asked_anew(plain.engine, Everything(), PART, limit=8, by=by), expected)


def test_a_url_in_several_places_of_a_message_counts_once(lake_path: Path, engine: Engine) -> None:
    publish(
        lake_path,
        "EmailUrlInfo",
        Timestamp=[datetime(2026, 3, 1)],
        NetworkMessageId=["m1"],
        Url=["HTTP://bad.example/A?x=1"],
        UrlLocation=["Attachment"],
        url_lower=["http://bad.example/a?x=1"],
    )
    frame = top_urls(engine, Everything(), WINDOW, limit=1)
    assert list(frame.itertuples(index=False, name=None)) == [("http://bad.example/a?x=1", 2, 1, 0, 1)]


def test_another_count_may_decide(engine: Engine) -> None:
    assert top_urls(engine, Everything(), WINDOW, limit=9, by="junked")["url"].tolist() == ["https://shop.example/"]
    by_malware = top_targeted(engine, WINDOW, limit=1, by="malware")
    assert by_malware["recipient"].tolist() == ["bo@corp.example"]


@pytest.mark.parametrize("by", PIVOTS)
def test_every_pivot_of_clicks_counts_every_click(engine: Engine, by: str) -> None:
    frame = clicks_over_time(engine, Everything(), WINDOW, by=by, grain=Grain.DAY)
    assert frame["messages"].sum() == 2  # one more is nobody's message, one another's


def test_the_path_of_a_clicked_url_has_no_scheme_and_no_query(lake_path: Path, engine: Engine) -> None:
    publish(
        lake_path,
        "UrlClickEvents",
        Timestamp=[datetime(2026, 3, 1, 1)] * 2,
        NetworkMessageId=["m1"] * 2,
        account=["bo@corp.example"] * 2,
        url_lower=["https://a.example/x/y?z=https://b.example#c", "a.example/x/y#d"],
    )
    frame = clicks_over_time(engine, parse("Subject:Invoice"), WINDOW, by="path", grain=Grain.WEEK)
    assert dict(zip(frame["series"], frame["messages"], strict=True)) == {"a.example/x/y": 2, "(none)": 1}


def test_latest_clicks_come_newest_first_and_say_whose_message(engine: Engine) -> None:
    frame = latest_clicks(engine, Everything(), WINDOW, limit=5)
    assert dtypes(frame) == LATEST_CLICKS
    assert frame["message_id"].tolist() == ["m6", "m1"]
    assert frame["recipient"].tolist() == ["bo@corp.example"] * 2
    assert latest_clicks(engine, Everything(), WINDOW, limit=1)["message_id"].tolist() == ["m6"]


def test_nothing_found_keeps_columns_and_dtypes(engine: Engine) -> None:
    node, later = parse("Subject:nothing-has-this"), Window(WINDOW.end, WINDOW.end + timedelta(days=1))
    for asked in ((node, WINDOW), (Everything(), later)):
        for frame, contract in (
            (top_urls(engine, *asked, limit=5), TOP_URLS),
            (top_clicks(engine, *asked, limit=5), TOP_CLICKS),
            (latest_clicks(engine, *asked, limit=5), LATEST_CLICKS),
            (origins(engine, *asked), ORIGINS),
        ):
            assert frame.empty
            assert dtypes(frame) == contract
        totals = click_totals(engine, *asked)
        assert dtypes(totals) == CLICK_TOTALS
        assert totals.to_dict("records") == [{"clicks": 0, "later": 0, "people": 0}]


def test_a_scope_holds_for_every_question(engine: Engine) -> None:
    actor = Actor("1", "Ana", frozenset({Role.SECURITY_READER}))
    sales = engine.for_viewer(Viewer(actor, parse("RecipientEmailAddress:bo@corp.example")))
    assert top_urls(sales, Everything(), WINDOW, limit=9)["messages"].tolist() == [1, 1]
    assert latest_clicks(sales, Everything(), WINDOW, limit=9)["message_id"].tolist() == ["m6", "m1"]
    nobody = engine.for_viewer(Viewer(actor, parse("RecipientEmailAddress:cy@corp.example")))
    assert latest_clicks(nobody, Everything(), WINDOW, limit=9).empty
    assert origins(nobody, Everything(), WINDOW)["messages"].sum() == 2


def test_who_sees_no_messages_sees_no_links_and_no_clicks(engine: Engine) -> None:
    blind = engine.for_viewer(Viewer(Actor("1", "Eve", frozenset({Role.EXECUTIVE}))))
    for ask in (
        lambda: top_urls(blind, Everything(), WINDOW, limit=1),
        lambda: top_clicks(blind, Everything(), WINDOW, limit=1),
        lambda: latest_clicks(blind, Everything(), WINDOW, limit=1),
        lambda: clicks_over_time(blind, Everything(), WINDOW, by="url", grain=Grain.DAY),
    ):
        with pytest.raises(PermissionDenied):
            ask()
    assert isinstance(origins(blind, Everything(), WINDOW), pd.DataFrame)
