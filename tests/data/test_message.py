"""What the lake knows about one message, on the rows of ``tests.data.sample``."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.data import message
from dashapp.data.engine import Engine
from dashapp.domain.viewer import Viewer
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.grammar import parse
from dashapp.query.window import Window
from tests.data.sample import fill
from tests.lakes import at, publish

M1 = datetime(2026, 3, 1, tzinfo=UTC)
ANA, BO = "ana@corp.example", "bo@corp.example"


def test_a_message_has_one_row_for_each_recipient(engine: Engine) -> None:
    found = message.copies(engine, "m1", message.around(M1))

    assert dict(found.dtypes.astype(str)) == dict(message.COPIES)
    assert list(found["recipient"]) == [ANA, BO]
    assert list(found["explorer_delivery"]) == ["Blocked", "Delivered"]
    assert list(found["Timestamp"]) == [M1, M1]


def test_a_message_is_found_wherever_it_lies(engine: Engine) -> None:
    elsewhere = message.around(datetime(2020, 1, 1, tzinfo=UTC))

    assert len(message.copies(engine, "m1", elsewhere)) == 2
    assert len(message.copies(engine, "m1", None)) == 2


@pytest.mark.parametrize("name", ["", "m", "M1", "m1 ", "m1' OR 1=1 --", "%", "\u202e", "x" * 5000])
def test_only_the_very_id_is_found(engine: Engine, name: str) -> None:
    found = message.copies(engine, name, None)

    assert found.empty
    assert dict(found.dtypes.astype(str)) == dict(message.COPIES)


def test_a_row_says_all_it_knows_and_nothing_more(engine: Engine) -> None:
    found = message.message(engine, "m1", BO, M1)

    assert dict(found.dtypes.astype(str)) == dict(message.MESSAGE)
    row = found.iloc[0]
    assert row["RecipientEmailAddress"] == "Bo@Corp.Example"
    assert row["det_techs"] == "URL detonation, Spoof DMARC"
    assert row["UrlCount"] == 2
    assert not row["is_simulation"]
    assert found["SenderDisplayName"].isna().all()
    assert message.message(engine, "m1", "cy@corp.example", M1).empty
    assert message.message(engine, "m1", BO, M1 + timedelta(seconds=1)).empty


def test_a_message_to_nobody_is_a_message(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-01")], NetworkMessageId=["alone"], recipient=[None])

    found = message.message(engine_over(), "alone", None, M1)

    assert list(found["NetworkMessageId"]) == ["alone"]


def test_urls_come_by_where_they_stand(engine: Engine) -> None:
    found = message.urls(engine, "m1", M1, 2)

    assert dict(found.dtypes.astype(str)) == dict(message.URLS)
    assert list(found["Url"]) == ["http://bad.example/A?x=1", "https://cdn.example/x"]
    assert message.urls(engine, "m2", M1, 0).empty


@pytest.mark.parametrize("stated", [None, 3])
def test_urls_that_came_late_are_found_when_some_are_missing(
    lake_path: Path, engine_over: Callable[..., Engine], stated: int | None
) -> None:
    fill(lake_path)
    publish(
        lake_path, "EmailUrlInfo", Timestamp=[at("2026-03-20")], NetworkMessageId=["m1"], Url=["https://late.example/"]
    )
    engine = engine_over()

    assert "https://late.example/" in set(message.urls(engine, "m1", M1, stated)["Url"])
    assert len(message.urls(engine, "m1", M1, 2)) == 2


def test_attachments_are_those_of_the_recipient(engine: Engine) -> None:
    sent = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    found = message.attachments(engine, "m3", ["cy@corp.example"], sent, None)

    assert dict(found.dtypes.astype(str)) == dict(message.ATTACHMENTS)
    assert list(found["FileName"]) == ["Bill.DOCM"]
    assert list(found["FileSize"]) == [1000]
    assert message.attachments(engine, "m9", [BO], sent, 1).empty


def test_records_of_all_tables_come_in_order_and_only_of_the_recipients(engine: Engine) -> None:
    found = message.records(engine, "m1", [ANA, BO], M1)

    assert dict(found.dtypes.astype(str)) == dict(message.RECORDS)
    assert list(zip(found["table"], found["who"].fillna("-"), strict=True)) == [
        ("EmailPostDeliveryEvents", BO),
        ("EmailPostDeliveryEvents", BO),
        ("UrlClickEvents", BO),  # not that of nobody@corp.example
        ("CampaignInfo", ANA),
        ("UserSubmissions", "-"),
    ]
    assert list(found["what"].dropna()) == ["Moved to junk folder", "Moved to quarantine", "Big Phish"]
    assert found["through"].dropna().tolist() == [True]


def test_records_of_others_are_left_out(engine: Engine) -> None:
    found = message.records(engine, "m1", [ANA], M1)

    assert list(found["table"]) == ["CampaignInfo", "UserSubmissions"]


def test_an_alert_is_told_once(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    fill(lake_path)
    publish(
        lake_path,
        "AlertEvidence",
        Timestamp=[at("2026-03-08")] * 2,
        AlertId=["a2"] * 2,
        EntityType=["User", "Url"],
        NetworkMessageId=["m9"] * 2,
        Title=["Malware delivered"] * 2,
        Severity=["High"] * 2,
    )
    found = message.records(engine_over(), "m9", [BO], datetime(2026, 3, 7, 23, 59, tzinfo=UTC))

    assert list(found["table"]) == ["AlertEvidence", "EmailPostDeliveryEvents"]
    assert list(found["kind"]) == ["High", "Manual remediation"]


def test_a_person_is_described_by_the_latest_record(engine: Engine) -> None:
    found = message.person(engine, ANA)

    assert dict(found.dtypes.astype(str)) == dict(message.PERSON)
    assert found.iloc[0].to_dict()["AccountDisplayName"] == "Ana New"
    assert found.iloc[0].to_dict()["UserTags"] == "Priority account"
    assert message.person(engine, "nobody@corp.example").empty


def test_what_is_outside_the_scope_is_not_found(engine: Engine) -> None:
    analyst = Actor("1", "Ana", frozenset({Role.SECURITY_READER}))
    inside = engine.for_viewer(Viewer(analyst, parse("RecipientEmailAddress:bo@corp.example")))

    assert list(message.copies(inside, "m1", None)["recipient"]) == [BO]
    assert message.message(inside, "m1", ANA, M1).empty
    assert message.copies(inside, "m2", None).empty


def test_single_messages_are_not_for_executives(engine: Engine) -> None:
    executive = engine.for_viewer(Actor("1", "Eva", frozenset({Role.EXECUTIVE})))
    for ask in (
        lambda: message.copies(executive, "m1", None),
        lambda: message.message(executive, "m1", BO, M1),
        lambda: message.urls(executive, "m1", M1, 2),
        lambda: message.attachments(executive, "m1", [BO], M1, 2),
        lambda: message.records(executive, "m1", [BO], M1),
        lambda: message.person(executive, BO),
    ):
        with pytest.raises(PermissionDenied):
            ask()


@pytest.mark.parametrize("edge", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)])
def test_time_around_the_edges_of_time(edge: datetime) -> None:
    assert isinstance(message.around(edge), Window)


def test_questions_about_different_messages_are_compiled_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    from dashapp.data import engine_sql

    real = engine_sql._compiled
    monkeypatch.setattr(engine_sql, "_compiled", lambda *args: compiled.append(1) or real(*args))
    for name, recipient in (("m1", BO), ("m7", "dee@corp.example"), ("m2", ANA)):
        message.copies(engine, name, message.around(M1))
        message.message(engine, name, recipient, M1)
        message.records(engine, name, [recipient], M1)

    assert len(compiled) <= 4  # copies around a time and in all of it, the row, the records
