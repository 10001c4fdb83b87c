"""The events of a message in order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashapp.domain.message_timeline import timeline

RECEIVED = datetime(2026, 3, 1, 10, tzinfo=UTC)
MESSAGE: dict[str, Any] = {
    "Timestamp": RECEIVED,
    "explorer_delivery": "Delivered",
    "DeliveryLocation": "Inbox/folder",
    "primary_threat": "Phish",
}
NOTHING = dict.fromkeys(("who", "kind", "what", "result", "place", "actor", "text", "threats", "through"))


def record(table: str, hours: int = 1, **said: Any) -> dict[str, Any]:
    return {"Timestamp": RECEIVED + timedelta(hours=hours), "table": table, **NOTHING, **said}


def test_a_message_begins_with_its_delivery() -> None:
    (only,) = timeline(MESSAGE, [])

    assert (only.time, only.source, only.title) == (RECEIVED, "System", "Delivered")
    assert only.details == ("Put into the inbox", "Judged phishing")
    assert only.tone == "bad"


@pytest.mark.parametrize(
    ("said", "title", "details", "tone"),
    [
        ({"explorer_delivery": "Blocked", "DeliveryLocation": "Quarantine"}, "Blocked", "Put into quarantine", "good"),
        ({"explorer_delivery": None, "DeliveryLocation": None, "primary_threat": None}, "Received", "", "quiet"),
        ({"explorer_delivery": "Odd", "primary_threat": "None"}, "Received", "No threat found", "quiet"),
        ({"primary_threat": "Spam"}, "Delivered", "Judged spam", "quiet"),
    ],
)
def test_deliveries(said: dict[str, Any], title: str, details: str, tone: str) -> None:
    (only,) = timeline(MESSAGE | said, [])

    assert (only.title, only.tone) == (title, tone)
    assert details in " ".join(only.details)


def test_events_of_all_tables_come_in_order() -> None:
    found = timeline(
        MESSAGE,
        [
            record("AlertEvidence", 4, kind="High", what="Clicked"),
            record("UserSubmissions", 3, kind="User", actor="ana@corp.example", what="Phish", result="Done"),
            record(
                "UrlClickEvents",
                1,
                kind="ClickBlocked",
                what="Blocked",
                text="https://evil.example/",
                place="192.0.2.1",
            ),
            record(
                "EmailPostDeliveryEvents",
                2,
                kind="Phish ZAP",
                what="Moved to quarantine",
                result="Success",
                place="Quarantine",
            ),
            record("CampaignInfo", 0, what="Big"),
        ],
    )

    assert [event.title for event in found] == [
        "Delivered",
        "Click on a link blocked",
        "Phish ZAP: moved to quarantine",
        "Reported",
        "Alert: Clicked",
    ]
    assert [event.source for event in found] == ["System", "Person", "System", "Person", "System"]
    assert [event.tone for event in found] == ["bad", "good", "good", "warn", "bad"]
    click = found[1]
    assert click.is_link
    assert click.details == ("From address 192.0.2.1", "https://evil.example/")
    assert found[3].details == ("By ana@corp.example", "Verdict of the check: Phish", "Status: Done")


def test_an_action_that_failed_says_so() -> None:
    failed = record(
        "EmailPostDeliveryEvents", kind="Phish ZAP", what="Moved to quarantine", result="Error", place="Quarantine"
    )

    event = timeline(MESSAGE, [failed])[1]
    assert event.title == "Phish ZAP did not succeed"
    assert event.details == ("Result: Error",)
    assert event.tone == "bad"


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({"kind": "Manual remediation"}, "Administrator"),
        ({"kind": "Something", "actor": "AdminAction"}, "Administrator"),
        ({"kind": "Something", "actor": "SpecialAction"}, "System"),
        ({}, "System"),
    ],
)
def test_who_acted(said: dict[str, Any], source: str) -> None:
    assert timeline(MESSAGE, [record("EmailPostDeliveryEvents", result="Success", **said)])[1].source == source


@pytest.mark.parametrize(
    ("what", "tone"),
    [
        ("Allowed", "warn"),
        ("Block overridden", "bad"),
        ("Pending verdict bypassed", "bad"),
        ("None", "quiet"),
        (None, "quiet"),
    ],
)
def test_clicks(what: str | None, tone: str) -> None:
    event = timeline(MESSAGE, [record("UrlClickEvents", what=what)])[1]

    assert event.tone == tone
    assert not event.is_link


def test_a_record_before_the_message_stays_before_it() -> None:
    assert timeline(MESSAGE, [record("AlertEvidence", -1)])[0].title == "Alert: without a title"
