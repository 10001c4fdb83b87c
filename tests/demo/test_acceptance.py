"""The pages' questions, asked of the demonstration's lake, give the numbers the generator counted itself."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from dashapp.data import metrics, top, volume
from dashapp.data.engine import open_engine
from dashapp.data.lake import Lake
from dashapp.ingest.pipeline import ingest
from dashapp.query.grammar import parse
from dashapp.query.window import Grain, Window
from dashapp.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine(demo, tmp_path_factory):
    settings = Settings()
    lake = Lake.open(tmp_path_factory.mktemp("lake") / "lake")
    summary = ingest([demo], lake=lake, settings=settings)
    assert summary.refused == 0
    opened = open_engine(lake, settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def totals(demo):
    return json.loads((demo / "manifest.json").read_text(encoding="utf-8"))["totals"]


@pytest.fixture(params=["range", "last_30_days", "previous_30_days"])
def span(request, totals):
    numbers = totals[request.param]
    first, last = (datetime.fromisoformat(numbers[name]).replace(tzinfo=UTC) for name in ("from", "to"))
    return numbers, Window(first, last + timedelta(days=1))


def test_tiles(engine, span):
    numbers, window = span
    for row in metrics.metric_totals(engine, window).to_dict("records"):
        name = row["metric"]
        assert row["count"] == numbers["metric"].get(name, 0), name
        beside = {"malware-blocked": "-junked", "phish-blocked": "-junked", "urls-blocked": "-clicked-through"}.get(
            name
        )
        assert row["beside"] == (numbers["metric"].get(name + beside, 0) if beside else 0), name


def test_efficacy(engine, span):
    numbers, window = span
    expected = [numbers.get("efficacy", {}).get(name, 0) for name in ("before", "removed", "uncaught")]
    assert metrics.efficacy(engine, window).messages.tolist() == expected


def test_volume_by_day_threat_and_delivery(demo, engine, totals):
    days = json.loads((demo / "manifest.json").read_text(encoding="utf-8"))["days"]
    first, last = (datetime.fromisoformat(totals["range"][name]).replace(tzinfo=UTC) for name in ("from", "to"))
    window = Window(first, last + timedelta(days=1))
    node = parse("EmailDirection:Inbound IsSimulation:false")
    for by, place in (("PrimaryThreat", 1), ("ExplorerDelivery", 2)):
        frame = volume.volume(engine, node, window, by=by, grain=Grain.DAY)
        counted = {(f"{row.bucket:%Y-%m-%d}", row.series): row.messages for row in frame.itertuples()}
        expected = {}
        for day, numbers in days.items():
            for name, number in numbers["volume"].items():
                parts = name.split("|")
                if parts[0] == "Inbound":
                    expected[day, parts[place]] = expected.get((day, parts[place]), 0) + number
        assert counted == expected, by


def test_most_attacked(demo, engine, totals):
    truth = json.loads((demo / "manifest.json").read_text(encoding="utf-8"))["truths"]["13"]["top"]
    first, last = (datetime.fromisoformat(totals["range"][name]).replace(tzinfo=UTC) for name in ("from", "to"))
    frame = top.top_targeted(engine, Window(first, last + timedelta(days=1)), limit=10)
    assert sorted(frame.attacks.tolist(), reverse=True) == sorted(truth.values(), reverse=True)
