"""Nobody sees more than their scope: rows, counts, top values; and no names without the right to them."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.data import grid, metrics, top, volume
from dashapp.data.engine import Engine, open_engine
from dashapp.data.scope import returns_sensitive
from dashapp.domain.viewer import LicencePlan, Viewer
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.grammar import parse
from dashapp.query.subjects import DOCUMENTS
from dashapp.query.tree import Everything
from dashapp.query.window import Grain, Window
from dashapp.settings import Settings
from tests.data.sample import WINDOW
from tests.lakes import publish

ANALYST = Actor("1", "Ana", frozenset({Role.SECURITY_READER}))
EXECUTIVE = Actor("2", "Eve", frozenset({Role.EXECUTIVE}))
RESTRICTIONS = (
    "PrimaryThreat:Phish",
    "RecipientEmailAddress:ana@corp.example",
    "NOT SenderIP:192.0.2.0/24",
    "UrlDomain:* OR Department:sales",
    "LatestDeliveryLocation:quarantine",
    "SubmissionType:*",
    "Subject:nothing-has-this",
)
FILTERS = ("", "Subject:invoice", "ThreatTypes:*", "NOT UrlDomain:bad.example", "Department:*", "SubmissionType:* OR a")
KEYS = ["NetworkMessageId", "RecipientEmailAddress"]
relaxed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows(engine: Engine, text: str) -> set[tuple[str, ...]]:
    frame = grid.page(engine, parse(text), WINDOW, columns=KEYS, offset=0, limit=100)
    return set(frame.itertuples(index=False, name=None))


def total(frame: object, column: str = "messages") -> int:
    return int(frame[column].sum())  # type: ignore[index]


@given(restriction=st.sampled_from(RESTRICTIONS), text=st.sampled_from(FILTERS))
@relaxed
def test_every_answer_lies_inside_the_scope(engine: Engine, restriction: str, text: str) -> None:
    node, limited = parse(text), engine.for_viewer(Viewer(ANALYST, parse(restriction)))
    inside = rows(engine, f"({restriction}) ({text})" if text else restriction)
    outside = rows(engine, text) - inside

    assert rows(limited, text) == inside
    counted = grid.count(limited, node, WINDOW)
    assert (counted.matching, counted.hidden) == (len(inside), len(outside))
    assert total(volume.totals_over_time(limited, node, WINDOW, grain=Grain.DAY)) == len(inside)
    assert total(volume.volume(limited, node, WINDOW, by="PrimaryThreat", grain=Grain.DAY)) == len(inside)
    leading = top.top_values(limited, node, WINDOW, field="RecipientEmailAddress", limit=100)
    assert set(leading["value"]) == {address.lower() for _, address in inside}
    assert total(leading) == len(inside)
    assert total(top.breakdown(limited, node, WINDOW, field="UrlDomain")) <= 2 * len(inside)


@pytest.mark.parametrize("restriction", RESTRICTIONS)
def test_metrics_lie_inside_the_scope(engine: Engine, restriction: str) -> None:
    limited = engine.for_viewer(Viewer(ANALYST, parse(restriction)))
    whole = metrics.metric_totals(engine, WINDOW).set_index("metric")
    part = metrics.metric_totals(limited, WINDOW).set_index("metric")
    assert (part["count"] <= whole["count"]).all()
    attacks = len(rows(limited, "EmailDirection:Inbound IsSimulation:false PrimaryThreat:(Malware, Phish)"))
    assert part.loc["attacks", "count"] == attacks
    assert total(metrics.efficacy(limited, WINDOW)) == attacks
    assert total(top.top_targeted(limited, WINDOW, limit=100), "attacks") == attacks
    assert total(top.top_families(limited, WINDOW, limit=100)) <= attacks


@pytest.mark.parametrize(
    "table",
    ["EmailUrlInfo", "UrlClickEvents", "UserSubmissions", "EmailPostDeliveryEvents", "AlertEvidence", "AlertInfo"],
)
def test_rows_of_other_tables_follow_their_messages(engine: Engine, table: str) -> None:
    nothing = engine.for_viewer(Viewer(ANALYST, parse("Subject:nothing-has-this")))
    rows = nothing.table(table)
    assert nothing.frame(rows.agg(n=rows.count()), {"n": "int64"})["n"].tolist() == [0]
    phish = engine.for_viewer(Viewer(ANALYST, parse("NetworkMessageId:m7")))
    rows = phish.table("UserSubmissions")
    assert phish.frame(rows.select("SubmissionType"), {"SubmissionType": "str"})["SubmissionType"].tolist() == ["Phish"]


def test_without_a_plan_nobody_is_left_out(engine: Engine) -> None:
    assert len(rows(engine.for_viewer(ANALYST), "")) == 10


def test_with_a_plan_only_licensed_recipients_show_while_they_are(engine: Engine) -> None:
    licensed = replace(engine, plan=lambda: LicencePlan(frozenset({"P2"}))).for_viewer(ANALYST)
    # Ana: until March 1, noon, and again from March 2; Bo has another licence.
    assert {id_ for id_, _ in rows(licensed, "")} == {"m1", "m5", "m8"}
    assert {to for _, to in rows(licensed, "")} == {"Ana@Corp.Example"}
    assert grid.count(licensed, Everything(), WINDOW) == grid.Count(3, 7)
    other = replace(engine, plan=lambda: LicencePlan(frozenset({"P1"}))).for_viewer(ANALYST)
    assert {to for _, to in rows(other, "")} == {"Bo@Corp.Example"}
    none = replace(engine, plan=lambda: LicencePlan(frozenset()))
    assert grid.count(none, Everything(), WINDOW).matching == 0


def test_an_executive_gets_numbers_without_names(engine: Engine) -> None:
    executive = engine.for_viewer(EXECUTIVE)
    with pytest.raises(PermissionDenied):
        grid.page(executive, Everything(), WINDOW, columns=["Timestamp"], offset=0, limit=1)
    for field in ("RecipientEmailAddress", "Subject", "SenderFromAddress", "RecipientName", "FileName"):
        with pytest.raises(PermissionDenied):
            top.top_values(executive, Everything(), WINDOW, field=field)
        with pytest.raises(PermissionDenied):
            volume.volume(executive, Everything(), WINDOW, by=field, grain=Grain.DAY)

    targeted = top.top_targeted(executive, WINDOW, limit=3)
    assert targeted["recipient"].tolist() == ["Recipient 1", "Recipient 2", "Recipient 3"]
    assert set(targeted["display_name"]) == {""}
    assert targeted["attacks"].tolist() == [2, 1, 1]
    assert total(top.top_values(executive, Everything(), WINDOW, field="SenderFromDomain")) == 9
    assert total(metrics.efficacy(executive, WINDOW)) == 5
    assert not top.top_families(executive, WINDOW, limit=3).empty
    top.risers(executive, WINDOW, limit=3)
    metrics.tiles(executive, WINDOW, grain=Grain.DAY)


@pytest.mark.parametrize(
    "query",
    [
        "ClickId:1",
        "AlertId:1",
        "SubmissionId:1",
        "ReportId:1",
        "NetworkMessageId:1",
        "InternetMessageId:1",
        "ExchangeTransportRule:ana",
        "Connectors:ana",
        'AuthenticationDetails:"smtp.mailfrom=ana"',
    ],
)
def test_an_executive_cannot_single_out_a_message_by_an_id_or_a_name(engine: Engine, query: str) -> None:
    with pytest.raises(PermissionDenied):
        volume.totals_over_time(engine.for_viewer(EXECUTIVE), parse(query), WINDOW, grain=Grain.DAY, zone="UTC")
    volume.totals_over_time(engine.for_viewer(ANALYST), parse(query), WINDOW, grain=Grain.DAY, zone="UTC")


def test_the_engine_itself_refuses_to_return_names(engine: Engine) -> None:
    executive = engine.for_viewer(EXECUTIVE)
    mail = executive.table("EmailEvents", WINDOW)
    people = executive.table("IdentityInfo")
    ways_out = [
        mail.select(x=mail["recipient"]),
        mail.select(x=mail["recipient"].upper() + "!"),
        mail.agg(x=mail["Subject"].max()),
        mail.agg(x=mail["recipient"].collect().join(",")),
        mail.group_by(x="sender_address").agg(n=mail.count()),
        mail.select(x=ibis.ifelse(mail["UrlCount"] > 0, mail["To"], "")),
        ibis.union(mail.select(x="primary_threat"), mail.select(x="Cc")),
        mail.left_join(people, mail["recipient"] == people["account"]).select(x="AccountDisplayName"),
        mail.order_by("Timestamp").limit(1).distinct().select(x="SenderDisplayName"),
        people.select(x="Phone"),
        mail.select(x=mail["recipient"].substr(0, 1)),
        executive.table("EmailUrlInfo", WINDOW).select(x="url_lower"),
    ]
    for expression in ways_out:
        with pytest.raises(PermissionDenied):
            executive.frame(expression.select("x"), {"x": "str"})
    assert not returns_sensitive(mail.group_by("primary_threat").agg(n=mail["recipient"].nunique()))


def test_answers_are_not_shared_across_scopes(engine: Engine) -> None:
    limited = engine.for_viewer(Viewer(ANALYST, parse("PrimaryThreat:Phish")))
    for _ in range(2):
        assert grid.count(engine, Everything(), WINDOW).matching == 10
        assert grid.count(limited, Everything(), WINDOW).matching == 4


def test_files_are_those_of_licensed_owners_and_none_for_who_sees_certain_messages(tmp_path: Path) -> None:
    at_noon, never = datetime(2026, 3, 1, 12), [None, None]
    publish(
        tmp_path,
        "FileMaliciousContentInfo",
        Timestamp=[at_noon] * 3,
        FileOwnerUpn=["Ana@Corp.example", "bo@corp.example", None],
    )
    lake = publish(
        tmp_path,
        "IdentityInfo",
        Timestamp=[at_noon] * 2,
        account=["ana@corp.example", "bo@corp.example"],
        AssignedLicenses=[["P2"], ["P1"]],
        LicensedFrom=never,
        LicensedUntil=never,
    )
    with closing(open_engine(lake, Settings(query_memory_mb=200))) as whole:
        day = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))

        def counted(engine: Engine, viewer: Viewer | Actor) -> grid.Count:
            return grid.count(engine.for_viewer(viewer), Everything(), day, subject=DOCUMENTS)

        assert counted(whole, ANALYST) == grid.Count(3, 0)
        assert counted(replace(whole, plan=lambda: LicencePlan(frozenset({"P2"}))), ANALYST) == grid.Count(1, 2)
        assert counted(whole, Viewer(ANALYST, parse("Department:sales"))) == grid.Count(0, 3)
