"""How often a thing takes part in mail, against plain pandas on the rows of ``tests.data.sample`` and a few more."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from dashapp.data import entities, entity_events, grid, prevalence
from dashapp.data.engine import Engine, open_engine
from dashapp.data.lake import Lake
from dashapp.domain.viewer import Viewer
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.entities import Part, read_entity
from dashapp.query.fields import FIELDS, Place
from dashapp.query.grammar import parse
from dashapp.query.window import Grain
from dashapp.settings import Settings
from tests.data.sample import fill
from tests.lakes import at, publish
from tests.threats import HOSTILE

HASH = "ab" * 32
ANA, BO, EVIL = "ana@corp.example", "bo@corp.example", "evil@bad.example"
# Every part with values that occur, that do not, and that try to be more than a value.
CASES = [
    *((Part.RECIPIENT, value) for value in (ANA, BO, "nobody@corp.example", "' OR 1=1 --")),
    *((Part.SENDER, value) for value in (EVIL, "boss_1@corp.example", "b%s_1@corp.example", "*")),
    *((Part.SENDER_DOMAIN, value) for value in ("bad.example", "shop.example", "nowhere.example", "%")),
    *((Part.SENDER_IP, value) for value in ("192.0.2.7", "2001:db8::5", "203.0.113.1")),
    *((Part.URL, value) for value in ("http://bad.example/a?x=1", "https://lost.example/", "http://bad.example/", "*")),
    *((Part.URL_DOMAIN, value) for value in ("bad.example", "cdn.example", "shop.example", "lost.example")),
    *((Part.SHA256, value) for value in (HASH, "cd" * 32)),
    *((Part.FILE_NAME, value) for value in ("bill.docm", "x.exe", "İ.pdf", "bill")),
]
every_case = pytest.mark.parametrize(("part", "value"), CASES, ids=str)


@pytest.fixture(scope="module")
def lake_of_things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with files that have hashes, and records that come later than their messages; nothing changes it."""
    lake_path: Path = tmp_path_factory.mktemp("things") / "lake"
    fill(lake_path)
    publish(
        lake_path,
        "EmailAttachmentInfo",
        Timestamp=[at("2026-03-01"), at("2026-03-01"), at("2026-03-20"), at("2026-03-05T08:00")],
        NetworkMessageId=["m1", "m1", "m3", "m7"],
        recipient=[ANA, BO, "cy@corp.example", "dee@corp.example"],
        FileName=["Pay.zip", "Pay.zip", "Pay 2.zip", "İ.pdf"],
        file_name=["pay.zip", "pay.zip", "pay 2.zip", "i.pdf"],
        SHA256=[HASH, HASH.upper(), HASH, "ef" * 32],
        FileSize=[10, 10, 10, 20],
    )
    publish(
        lake_path,
        "EmailUrlInfo",
        Timestamp=[at("2026-03-25")],
        NetworkMessageId=["m9"],
        Url=["http://bad.example/A?x=1"],
        url_lower=["http://bad.example/a?x=1"],
        url_domain=["bad.example"],
    )
    return lake_path


@pytest.fixture(scope="module")
def things(lake_of_things: Path) -> Iterator[Engine]:
    engine = open_engine(Lake.open(lake_of_things), Settings(query_memory_mb=200, query_threads=2))
    yield engine.pinned()
    engine.close()


def rows_of(path: Path, table: str) -> pd.DataFrame:
    files = Lake.open(path).snapshot().files(table, None)
    return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)


def oracle(path: Path, part: Part, value: str) -> pd.DataFrame:
    """The messages of a part, in plain pandas."""
    mail, field = rows_of(path, "EmailEvents"), FIELDS[part]
    if part is Part.SENDER_IP:
        return mail[mail["sender_ip"] == value]
    wanted = value.replace("İ", "i")
    if not field.place.joined:
        return mail[mail[field.column].str.lower() == wanted]
    found = rows_of(path, field.place.table)
    found = found[found[field.column].str.lower() == wanted]
    by = ["NetworkMessageId"] + (["recipient"] if field.place is Place.ATTACHMENT else [])
    return mail.merge(found[by].dropna().drop_duplicates(), on=by)


@every_case
@pytest.mark.parametrize("most", [entities.MOST_LOOKED_UP, 0], ids=["looked up", "joined"])
def test_messages_over_time_are_those_of_the_oracle(
    things: Engine, lake_of_things: Path, monkeypatch: pytest.MonkeyPatch, part: Part, value: str, most: int
) -> None:
    monkeypatch.setattr(entities, "MOST_LOOKED_UP", most)
    found = prevalence.over_time(things, part, value, grain=Grain.DAY, zone="Asia/Tokyo")
    mail = oracle(lake_of_things, part, value)

    assert dict(found.dtypes.astype(str)) == dict(prevalence.OVER_TIME)
    assert found["messages"].sum() == len(mail)
    days = (mail["Timestamp"] + pd.Timedelta(hours=9)).dt.normalize().value_counts().sort_index()
    assert found.groupby("bucket")["messages"].sum().to_dict() == days.to_dict()
    threats = mail["primary_threat"].value_counts(dropna=False).to_dict()
    assert found.groupby("threat", dropna=False)["messages"].sum().to_dict() == threats
    if len(mail):
        assert found["first"].min() == mail["Timestamp"].min().tz_localize("UTC")
        assert found["last"].max() == mail["Timestamp"].max().tz_localize("UTC")


@every_case
def test_the_explorer_counts_the_same(things: Engine, part: Part, value: str) -> None:
    window = prevalence.whole_time(things)
    assert window is not None
    found = prevalence.over_time(things, part, value, grain=Grain.DAY, zone="UTC")

    assert grid.count(things, part.of(value), window).matching == found["messages"].sum()


@every_case
def test_leading_values_are_those_of_the_oracle(things: Engine, lake_of_things: Path, part: Part, value: str) -> None:
    fields = ("SenderFromAddress", "RecipientEmailAddress")
    found = prevalence.leading(things, part, value, fields, start=None, limit=2)
    mail = oracle(lake_of_things, part, value)

    assert dict(found.dtypes.astype(str)) == dict(prevalence.LEADING)
    for field in fields:
        given = mail[mail[FIELDS[field].column].fillna("") != ""]
        counts = given.groupby(FIELDS[field].column).size()
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:2]
        part_of = found[found["field"] == field]
        assert list(zip(part_of["value"], part_of["messages"], strict=True)) == ordered
        assert set(part_of["values"]) <= {len(counts)}
        bad = given[given["primary_threat"].isin(["Malware", "Phish"])].groupby(FIELDS[field].column).size()
        assert part_of["malicious"].tolist() == [bad.get(name, 0) for name, _ in ordered]


def test_the_latest_messages_and_from_when_on_they_are(things: Engine) -> None:
    counts = prevalence.over_time(things, Part.SENDER, EVIL, grain=Grain.DAY, zone="UTC")
    start = prevalence.since(counts, 2)

    assert start == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert prevalence.since(counts, 6) is None
    assert prevalence.since(counts, 5) == datetime(2026, 3, 1, tzinfo=UTC)
    for begin in (start, None):
        found = prevalence.latest(things, Part.SENDER, EVIL, start=begin, limit=2)
        assert list(found["NetworkMessageId"]) == ["m9", "m7"]
        assert dict(found.dtypes.astype(str)) == dict(prevalence.LATEST)
    few = prevalence.leading(things, Part.SENDER, EVIL, ("RecipientEmailAddress",), start=start)
    assert list(few["value"]) == [BO, "dee@corp.example"]


def test_records_of_a_link_and_a_file(things: Engine) -> None:
    links = entities.records(things, Part.URL_DOMAIN, "bad.example")
    files = entities.records(things, Part.SHA256, HASH)

    assert dict(links.dtypes.astype(str)) == entities.records_contract(Part.URL_DOMAIN)
    assert sorted(links["NetworkMessageId"]) == ["m1", "m9"]
    assert dict(files.dtypes.astype(str)) == entities.records_contract(Part.SHA256)
    assert sorted(files["FileName"]) == ["Pay 2.zip", "Pay.zip", "Pay.zip"]


def test_times_far_apart_are_read_apart() -> None:
    days = [datetime(2026, month, 1, hour, tzinfo=UTC) for month in range(1, 11) for hour in (0, 1)]
    found = entities.spans(days[::-1], entities.SLACK)

    assert len(found) == entities.MOST_SPANS
    assert all(any(span.start <= day < span.end for span in found) for day in days)
    assert sum(len([day for day in days if span.start <= day < span.end]) for span in found) == len(days)
    assert len(entities.spans(days[:2], entities.SLACK)) == 1


def test_clicks_of_a_user_a_link_and_a_domain(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    publish(
        lake_path,
        "UrlClickEvents",
        Timestamp=[at(f"2026-03-0{day}") for day in range(1, 8)],
        account=[ANA, ANA, ANA, BO, BO, ANA, ANA],
        Url=["http://a.example/1"] * 4 + ["http://a.example/2"] * 2 + ["http://b.example/"],
        url_lower=["http://a.example/1"] * 4 + ["http://a.example/2"] * 2 + ["http://b.example/"],
        url_domain=["a.example"] * 6 + ["b.example"],
        click_verdict=["Blocked", "Blocked", "Allowed", "Allowed", "Blocked", None, "Blocked"],
        IsClickedThrough=[False, False, True, True, None, None, False],
    )
    engine = engine_over()
    expected = {
        f"user:{ANA}": ({"Blocked": 3, "Allowed": 1, None: 1}, 1),
        "url:http://a.example/1": ({"Blocked": 2, "Allowed": 2}, 2),
        "domain:a.example": ({"Blocked": 3, "Allowed": 2, None: 1}, 2),
        "domain:c.example": ({}, 0),
    }
    for name, (verdicts, through) in expected.items():
        entity = read_entity(name)
        assert entity is not None
        counts = entity_events.click_counts(engine, entity)
        assert dict(counts.dtypes.astype(str)) == dict(entity_events.CLICK_COUNTS)
        said = [None if pd.isna(verdict) else verdict for verdict in counts["verdict"]]
        assert dict(zip(said, counts["clicks"], strict=True)) == verdicts
        assert counts["through"].sum() == through
        newest = entity_events.latest_clicks(engine, entity)
        assert dict(newest.dtypes.astype(str)) == dict(entity_events.CLICKS)
        assert len(newest) == min(sum(verdicts.values()), entity_events.MOST_SHOWN)
        assert newest["Timestamp"].is_monotonic_decreasing


def test_reports_alerts_documents_and_the_directory(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    fill(lake_path)
    publish(
        lake_path,
        "AlertEvidence",
        Timestamp=[at("2026-03-06"), at("2026-03-07"), at("2026-03-08"), at("2026-03-08")],
        AlertId=["a1", "a1", "a2", "a3"],
        EntityType=["User", "Ip", "User", "File"],
        AccountUpn=["Bo@Corp.Example", None, BO, None],
        RemoteIP=[None, "192.0.2.7", None, None],
        SHA256=[None, None, None, HASH.upper()],
        Title=["Odd sign-in", "Odd sign-in", None, "Bad file"],
    )
    publish(
        lake_path,
        "AlertInfo",
        Timestamp=[at("2026-03-08")],
        AlertId=["a2"],
        Title=[HOSTILE],
        Severity=["Low"],
        Category=["Phish"],
    )
    publish(
        lake_path,
        "FileMaliciousContentInfo",
        Timestamp=[at("2026-03-09")],
        DocumentId=["d1"],
        SHA256=[HASH],
        FileName=["Pay.zip"],
        file_name=["pay.zip"],
    )
    engine = engine_over()

    def alerts(name: str) -> pd.DataFrame:
        entity = read_entity(name)
        assert entity is not None
        found = entity_events.alerts(engine, entity)
        assert dict(found.dtypes.astype(str)) == dict(entity_events.ALERTS)
        return found

    assert list(alerts(f"user:{BO}")["title"]) == [HOSTILE, "Odd sign-in"]
    assert set(alerts(f"user:{BO}")["all"]) == {2}
    assert list(alerts("ip:192.0.2.7")["alert"]) == ["a1"]
    assert list(alerts(f"file:{HASH}")["title"]) == ["Bad file"]
    assert alerts("domain:bad.example").empty
    assert alerts("url:http://none.example/").empty
    assert list(entity_events.reports(engine, BO)["kind"]) == ["Spam"]
    for name, count in ((f"file:{HASH}", 1), ("file:pay.zip", 1), ("file:none", 0)):
        assert len(entity_events.documents(engine, read_entity(name))) == count  # type: ignore[arg-type]
    assert list(entity_events.directory(engine, ANA)["AccountDisplayName"]) == ["Ana New"]


def test_counts_follow_the_scope(things: Engine) -> None:
    analyst = Actor("1", "Ana", frozenset({Role.SECURITY_READER}))
    inside = things.for_viewer(Viewer(analyst, parse(f"RecipientEmailAddress:{BO}")))

    def total(part: Part, value: str) -> int:
        return int(prevalence.over_time(inside, part, value, grain=Grain.DAY, zone="UTC")["messages"].sum())

    assert total(Part.SENDER_DOMAIN, "bad.example") == 2
    assert total(Part.URL, "http://bad.example/a?x=1") == 2
    assert total(Part.SHA256, HASH) == 1
    assert total(Part.RECIPIENT, ANA) == 0
    assert set(entities.records(inside, Part.SHA256, HASH)["recipient"]) == {BO}
    assert entity_events.directory(inside, ANA).empty
    assert not entity_events.directory(inside, BO).empty
    bo = read_entity(f"user:{BO}")
    other = read_entity(f"user:{ANA}")
    assert bo is not None
    assert other is not None
    assert entity_events.click_counts(inside, bo)["clicks"].sum() == 2
    assert entity_events.click_counts(inside, other).empty


def test_an_executive_gets_none_of_it(things: Engine) -> None:
    executive = things.for_viewer(Actor("1", "Eva", frozenset({Role.EXECUTIVE})))
    user, file = read_entity(f"user:{BO}"), read_entity(f"file:{HASH}")
    assert user is not None
    assert file is not None
    for ask in (
        lambda: prevalence.over_time(executive, Part.SENDER_DOMAIN, "bad.example", grain=Grain.DAY, zone="UTC"),
        lambda: prevalence.leading(executive, Part.SENDER_DOMAIN, "bad.example", ("SenderFromDomain",), start=None),
        lambda: prevalence.latest(executive, Part.SENDER_DOMAIN, "bad.example", start=None),
        lambda: entities.records(executive, Part.URL, "x"),
        lambda: entity_events.click_counts(executive, user),
        lambda: entity_events.latest_clicks(executive, user),
        lambda: entity_events.reports(executive, BO),
        lambda: entity_events.alerts(executive, user),
        lambda: entity_events.documents(executive, file),
        lambda: entity_events.directory(executive, BO),
    ):
        with pytest.raises(PermissionDenied):
            ask()


def test_an_empty_lake_has_no_time(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    Lake.open(lake_path)
    engine = engine_over()

    assert prevalence.whole_time(engine) is None
    assert prevalence.over_time(engine, Part.URL, "x", grain=Grain.DAY, zone="UTC").empty
