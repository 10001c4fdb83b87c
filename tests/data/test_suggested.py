"""Values offered while somebody types: of the data, in scope, most frequent first, and never late."""

import threading

import pytest

from dashapp.data import suggested
from dashapp.data.engine import Engine, FilterError
from dashapp.data.errors import QueryCancelled, QueryTimeout
from dashapp.data.suggested import Suggested, suggested_values
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from tests.data.sample import WINDOW


def found(engine: Engine, field: str, typed: str = "", query: str = "") -> list[tuple[str, int]]:
    return list(suggested_values(engine, parse(query), WINDOW, field=field, typed=typed).values)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("PrimaryThreat", "", [("Phish", 4), ("Malware", 2), ("None", 2), ("Spam", 1)]),
        ("PrimaryThreat", "p", [("Phish", 4), ("Spam", 1)]),
        ("SenderFromDomain", "B", [("bad.example", 5)]),
        ("SenderFromAddress", "corp", [("ana@corp.example", 1), ("boss_1@corp.example", 1)]),
        ("DetectionTechnology", "spoof", [("Spoof DMARC", 2)]),
        ("UrlDomain", "sh", [("shop.example", 1)]),
        ("UserTag", "", [("Priority account", 4)]),
        ("SenderIP", "192.0.2.2", [("192.0.2.200", 1)]),
        ("Subject", "payroll", [("payroll", 1)]),
        ("SenderFromDomain", "nowhere", []),
        ("Timestamp", "", []),
        ("IsFirstContact", "", []),
        ("NetworkMessageId", "m", []),
    ],
)
def test_what_occurs_by_count(engine: Engine, field: str, typed: str, expected: list[tuple[str, int]]) -> None:
    assert found(engine, field, typed) == expected


def test_the_rest_of_the_query_narrows_what_is_offered(engine: Engine) -> None:
    assert found(engine, "SenderFromDomain", query="PrimaryThreat:Malware") == [("bad.example", 2)]
    assert found(engine, "SenderFromDomain", query="size:9999") == []


def test_a_rare_value_is_found_beyond_the_leading_and_the_latest_ones(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggested, "RECENT_CELLS", 1)
    answer = suggested_values(engine, Everything(), WINDOW, field="SenderFromDomain", typed="")
    assert answer.since is not None
    assert answer.since > WINDOW.start

    assert found(engine, "SenderFromDomain", "shop") == [("shop.example", 1)]
    assert found(engine, "Subject", "straße") == [("i\u0307stanbul straße", 1)]


def test_hours_that_are_counted_already_are_never_cut(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggested, "RECENT_CELLS", 1)
    answer = suggested_values(engine, Everything(), WINDOW, field="PrimaryThreat", typed="")
    assert (answer.since is None) == (dict(answer.values).get("Phish") == 4)


def test_who_sees_only_numbers_is_offered_no_names(engine: Engine) -> None:
    limited = engine.for_viewer(Actor("1", "Eve", frozenset({Role.EXECUTIVE})))

    assert found(limited, "PrimaryThreat", "mal") == [("Malware", 2)]
    with pytest.raises(PermissionDenied):
        found(limited, "SenderFromAddress")
    with pytest.raises(PermissionDenied):
        found(limited, "PrimaryThreat", query="sender:a@b.example")


def test_an_unknown_field_is_said(engine: Engine) -> None:
    with pytest.raises(FilterError):
        found(engine, "Nonsense")


def test_a_late_answer_is_none(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_args: object, **_options: object) -> None:
        raise QueryTimeout("no answer within 0.4 seconds")

    monkeypatch.setattr(suggested, "breakdown", slow)
    assert suggested_values(engine, Everything(), WINDOW, field="UrlDomain", typed="") == Suggested()


def test_a_hurried_engine_waits_no_longer_than_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    core = engine._core

    def endless(_text: object, _parameters: object, started: object) -> None:
        try:
            started(ended.set)  # type: ignore[operator]
        except QueryCancelled:  # given up before it began
            ended.set()
            raise
        assert ended.wait(60)
        raise RuntimeError("interrupted")

    monkeypatch.setattr(core.database, "run", endless)
    rows = engine.hurried(0.05)
    with pytest.raises(QueryTimeout, match=r"0\.05 seconds"):
        rows.frame(rows.table("EmailEvents", WINDOW).select("NetworkMessageId"), {"NetworkMessageId": "str"})
    assert ended.wait(60)
