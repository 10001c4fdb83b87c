"""The dashboard's numbers against the demonstration's own count, which no query of ours had a part in."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashapp.data import grid
from dashapp.data.engine import open_engine
from dashapp.data.lake import Lake
from dashapp.data.origins import origins
from dashapp.data.top import top_targeted
from dashapp.demo import generate
from dashapp.domain.metrics import DEFINITIONS, Metric
from dashapp.identity.permissions import Role
from dashapp.ids import Dashboard
from dashapp.ingest.pipeline import ingest
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Window
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.callbacks.test_dashboard import answer, said, view

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 2, 1), date(2026, 3, 1)  # half-open
WINDOW = Window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
COUNTED = {*Metric} - {Metric.USER_REPORTED}  # reports are no part of the manifest's daily numbers


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Board, dict[str, Any]]]:
    folder: Path = tmp_path_factory.mktemp("demo")
    generate(folder / "demo", messages=20_000, days=60, seed=11, until=datetime(2026, 3, 3, 12, tzinfo=UTC))
    lake = Lake.open(folder / "lake")
    ingest([folder / "demo"], lake=lake, settings=Settings(enrichment_dir=folder / "none"))
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine)
    yield made, json.loads((folder / "demo" / "manifest.json").read_text())
    engine.close()
    made.services.storage.close()


def expected(manifest: dict[str, Any], group: str, name: str) -> int:
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days)]
    return sum(manifest["days"][str(day)].get(group, {}).get(name, 0) for day in days)


def shown(board: Board) -> dict[Metric, int]:
    response = answer(board, Dashboard.TILES, Role.EXECUTIVE, sent=view("?from=2026-02-01&to=2026-03-01"))
    found = re.findall(r'"className": "tb-tile-count"}, "([\d,]+)"', said(response))
    return dict(zip(Metric, (int(number.replace(",", "")) for number in found), strict=True))


def test_tiles_show_what_the_generator_counted(demo: tuple[Board, dict[str, Any]]) -> None:
    board, manifest = demo
    numbers = shown(board)

    assert {metric: numbers[metric] for metric in COUNTED} == {
        metric: expected(manifest, "metric", metric.value) for metric in COUNTED
    }
    assert numbers[Metric.ATTACKS] > 100


@pytest.mark.parametrize("metric", [metric for metric in Metric if DEFINITIONS[metric].exact])
def test_the_list_behind_a_tile_is_as_long_as_it_says(demo: tuple[Board, dict[str, Any]], metric: Metric) -> None:
    board, _ = demo
    listed = grid.count(board.services.whole_engine, parse(DEFINITIONS[metric].filter_text), WINDOW)

    assert listed.matching == shown(board)[metric]


def test_efficacy_is_what_the_generator_planned(demo: tuple[Board, dict[str, Any]]) -> None:
    board, manifest = demo
    sent = view("?from=2026-02-01&to=2026-03-01")
    text = said(answer(board, Dashboard.EFFICACY, Role.EXECUTIVE, sent=sent))
    counts = [int(number.replace(",", "")) for number in re.findall(r'"className": "tb-part-count"}, "([\d,]+)"', text)]

    assert counts == [expected(manifest, "efficacy", part) for part in ("before", "removed", "uncaught")]


def test_the_most_targeted_are_those_the_generator_attacked_most(demo: tuple[Board, dict[str, Any]]) -> None:
    board, manifest = demo
    planted = manifest["truths"]["13"]["top"]
    whole = Window(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    found = top_targeted(board.services.whole_engine, whole, limit=len(planted))
    assert dict(zip(found["recipient"], found["attacks"], strict=True)) == planted
    assert sorted(planted.values(), reverse=True) == found["attacks"].tolist()


def test_countries_are_those_the_generator_sent_from(demo: tuple[Board, dict[str, Any]]) -> None:
    board, manifest = demo
    found = origins(board.services.whole_engine, Everything(), WINDOW)
    days = [manifest["days"][str(FIRST + timedelta(days=number))] for number in range((LAST - FIRST).days)]
    planted = sum((Counter(day.get("country", {})) for day in days), Counter[str]())
    known = found[found["country"] != "(none)"]
    assert dict(zip(known["country"], known["messages"], strict=True)) == planted
