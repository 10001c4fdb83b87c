"""Every ready-made question against what the generator planted, on a seed nobody has seen before."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashapp.data import grid
from dashapp.data.engine import Engine, open_engine
from dashapp.data.hunts import HUNTS, answer
from dashapp.data.lake import Lake
from dashapp.demo import generate
from dashapp.domain.ready_made import READY_MADE, find_ready_made
from dashapp.ingest.pipeline import ingest
from dashapp.query.grammar import parse
from dashapp.query.window import Window
from dashapp.settings import Settings

pytestmark = pytest.mark.slow
UNTIL = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
KEYS = ("Timestamp", "NetworkMessageId", "RecipientEmailAddress")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12,000 rows over 36 days."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # shown when a test fails
    folder = tmp_path_factory.mktemp("hunts") / f"seed-{seed}"
    generate(folder, messages=12_000, days=36, seed=seed, until=UNTIL, users=120)
    return folder


@pytest.fixture(scope="module")
def manifest(made: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def engine(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = Settings()
    lake = Lake.open(tmp_path_factory.mktemp("lake") / "lake")
    ingest([made], lake=lake, settings=settings)
    opened = open_engine(lake, settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def whole(manifest: dict[str, Any]) -> Window:
    first = datetime.fromisoformat(manifest["totals"]["range"]["from"]).replace(tzinfo=UTC)
    return Window(first, UNTIL + timedelta(days=1))


def truth(manifest: dict[str, Any], slug: str) -> Any:
    one = find_ready_made(slug)
    assert one is not None
    return manifest["truths"][str(one.number)]


def keys(truth: dict[str, Any]) -> set[tuple[str, str]]:
    return {(row["NetworkMessageId"], row["RecipientEmailAddress"].lower()) for row in truth["rows"]}


def listed(frame: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(frame["message"], frame["recipient"], strict=True))


def of_query(engine: Engine, slug: str, window: Window) -> tuple[set[tuple[str, str]], int]:
    one = find_ready_made(slug)
    assert one is not None
    assert one.state is not None
    node = parse(one.state.query)
    page = grid.page(engine, node, window, columns=[*one.state.columns, *KEYS], offset=0, limit=5_000)
    found = zip(page["NetworkMessageId"], page["RecipientEmailAddress"].str.lower(), strict=True)
    return set(found), grid.count(engine, node, window).matching


def test_every_question_is_answered_somehow() -> None:
    assert {one.number for one in READY_MADE} == set(range(1, 16))
    assert {one.slug for one in READY_MADE if one.is_hunt} == set(HUNTS)


def test_1_efficacy(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    frame = answer(engine, "efficacy", whole)
    expected = manifest["totals"]["range"]["efficacy"]
    assert frame["messages"].tolist() == [expected.get(name, 0) for name in ("before", "removed", "uncaught")]
    assert frame["share"].sum() == pytest.approx(1)


def test_2_bad_senders(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "bad-senders"), answer(engine, "bad-senders", whole).set_index("sender")
    found = frame.loc[told["sender"]]
    assert (found["messages"], found["phish"], found["share"]) == (told["messages"], told["phish"], told["share"])
    assert found["delivered"] == len(told["rows"])


def test_3_bad_addresses(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "bad-addresses"), answer(engine, "bad-addresses", whole).set_index("address")
    found = frame.loc[told["ip"]]
    assert (found["bad"], found["delivered"]) == (told["malware_or_phish"], told["delivered"])
    assert found["senders"] == 1


def test_4_bombing(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "bombing"), answer(engine, "bombing", whole)
    first = frame.iloc[0]
    assert first["recipient"] == told["recipient"]
    assert first["hour"] == datetime.fromisoformat(told["hour"]).replace(tzinfo=None)
    assert first["messages"] >= told["at_least"]


def test_5_new_repliers(engine: Engine, manifest: dict[str, Any]) -> None:
    told = truth(manifest, "new-repliers")
    window = Window(*(datetime.fromisoformat(told["window"][end]) for end in ("from", "to")))
    frame = answer(engine, "new-repliers", window)
    assert keys(told) <= listed(frame)
    assert set(frame[frame["sender"] == told["sender"]]["message"]) == {name for name, _ in keys(told)}
    earlier = Window(window.start - timedelta(days=30), window.start)
    for domain in {sender.rpartition("@")[2] for sender in frame["sender"]}:
        assert grid.count(engine, parse(f'SenderFromDomain="{domain}"'), earlier).matching == 0


def test_6_quick_codes(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "qr-codes"), answer(engine, "qr-codes", whole)
    assert keys(told) <= listed(frame)
    assert set(told["senders"]) <= set(frame["sender"])


def test_7_countries(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    frame = answer(engine, "countries", whole)
    expected = {name: count for name, count in manifest["totals"]["range"]["country-ipv4"].items() if count}
    assert dict(zip(frame["country"], frame["messages"], strict=True)) == expected


def test_8_phish_clicks(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told = truth(manifest, "phish-clicks")
    found, _ = of_query(engine, "phish-clicks", whole)
    assert keys(told) <= found


def test_9_clicked_first(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "clicked-first"), answer(engine, "clicked-first", whole)
    planted = frame[frame["message"].isin({name for name, _ in keys(told)})]
    assert listed(planted) == keys(told)
    assert planted["minutes_between"].tolist() == [told["seconds_from_click_to_removal"] / 60] * len(planted)
    assert (frame["clicked"] < frame["removed"]).all()


def test_10_zap_by_day(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    frame = answer(engine, "zap-by-day", whole).set_index("day")
    days = {pd.Timestamp(day): groups.get("zap", {}) for day, groups in manifest["days"].items()}
    for kind, name in (("spam", "Spam ZAP"), ("phish", "Phish ZAP"), ("malware", "Malware ZAP")):
        expected = {day: zaps.get(f"{name}|Success", 0) for day, zaps in days.items() if day in frame.index}
        assert frame[kind].to_dict() == expected
    failed = {day: sum(n for name, n in zaps.items() if not name.endswith("|Success")) for day, zaps in days.items()}
    assert frame["failed"].to_dict() == {day: count for day, count in failed.items() if day in frame.index}
    assert all(not zaps for day, zaps in days.items() if day not in frame.index)
    assert (np.diff(frame.index.to_numpy()) == np.timedelta64(1, "D")).all()


def test_11_remediation(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "remediation"), answer(engine, "remediation", whole).set_index("recipient")
    found, names = frame.loc[told["recipient"]], told["counts"]
    assert found["hard_deleted"] == names["Hard deleted"]
    assert found["soft_deleted"] == names["Soft deleted"]
    assert found["moved_to_junk"] == names["Moved to junk folder"]
    assert found["moved_to_deleted"] == names["Moved to deleted items"]
    assert found["messages"] == sum(names.values())


def test_12_allowed(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    _, count = of_query(engine, "allowed", whole)
    assert count == sum(manifest["totals"]["range"]["override"].values())


def test_13_most_attacked(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "most-attacked"), answer(engine, "most-attacked", whole)
    attacked = manifest["attacks_per_user"]
    expected = {user: count for user, count in attacked.items() if count >= told["percentile_90"]}
    assert dict(zip(frame["recipient"], frame["attacks"], strict=True)) == expected
    assert frame["attacks"].is_monotonic_decreasing
    assert (frame["malware"] + frame["phish"] == frame["attacks"]).all()


def test_14_detonated(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    found, count = of_query(engine, "detonated", whole)
    assert keys(truth(manifest, "detonated")) <= found
    assert count == manifest["totals"]["range"]["metric"]["zero-day"]


def test_15_rare_clusters(engine: Engine, manifest: dict[str, Any], whole: Window) -> None:
    told, frame = truth(manifest, "rare-clusters"), answer(engine, "rare-clusters", whole).set_index("cluster")
    found = frame.loc[told["EmailClusterId"]]
    assert found["messages"] == len(told["rows"])
    assert set(found["senders"].split(", ")) == set(told["senders"])
    assert found["subject_count"] == len(set(told["subjects"]))


@pytest.mark.parametrize("slug", HUNTS)
def test_outside_the_data_nothing_is_made_up(engine: Engine, slug: str) -> None:
    empty = Window(datetime(2001, 1, 1, tzinfo=UTC), datetime(2001, 2, 1, tzinfo=UTC))
    frame = answer(engine, slug, empty)
    assert list(frame.columns)
    if slug == "efficacy":
        assert frame["messages"].sum() == 0
    else:
        assert frame.empty
