"""One message with what belongs to it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dashapp.domain.message_story import Story

RECEIVED = datetime(2026, 3, 1, 10, tzinfo=UTC)
COLUMNS = (
    *("recipient", "primary_threat", "confidence", "threat_family", "explorer_delivery", "DeliveryLocation"),
    *("LatestDeliveryLocation", "primary_override", "primary_override_source", "EmailDirection", "is_simulation"),
    *("primary_technology", "det_techs", "AdditionalFields"),
)
NOTHING = dict.fromkeys(("who", "kind", "what", "result", "place", "actor", "text", "threats", "through"))


def message(**said: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS) | {"Timestamp": RECEIVED, "recipient": "ana"} | said


def record(table: str, **said: Any) -> dict[str, Any]:
    return {"Timestamp": RECEIVED, "table": table, **NOTHING, **said}


def test_the_case_counts_only_the_recipients_own_records() -> None:
    story = Story(
        message(),
        records=[
            record("UrlClickEvents", who="ana", text="u", what="Blocked"),
            record("UrlClickEvents", who="ana", text="u", what="Blocked", through=True),
            record("UrlClickEvents", who="bo", text="u", what="Allowed"),
            record("UserSubmissions"),
            record("UserSubmissions", who="bo"),
            record("EmailPostDeliveryEvents", who="bo", kind="Phish ZAP"),
        ],
    )

    assert (story.case.clicks, story.case.through, story.case.reports, story.case.steps) == (2, 1, 1, ())
    assert story.clicks_on("u") == (3, 2)
    assert story.clicks_on("v") == (0, 0)


def test_the_technology_of_the_worst_verdict_is_told_first() -> None:
    told = message(primary_threat="Phish", primary_technology="Spoof DMARC", det_techs="Bulk, Spoof DMARC")

    assert Story(told).case.technologies == ("Spoof DMARC", "Bulk")
    assert Story(told | {"primary_threat": "None"}).case.technologies == ()


def test_others_are_all_but_the_recipient() -> None:
    assert Story(message(), copies=[{"recipient": "ana"}, {"recipient": "bo"}]).others == [{"recipient": "bo"}]


@pytest.mark.parametrize(
    ("text", "headers", "fields"),
    [
        (None, "", {}),
        ("", "", {}),
        ('{"Headers": "A: b", "Extra": 1}', "A: b", {"Extra": "1"}),
        ('{"internet_message_headers": "A: b"}', "A: b", {}),
        ('{"Empty": "", "Nothing": null, "Deep": {"a": [1]}}', "", {"Deep": '{"a": [1]}'}),
        ("not json", "", {"AdditionalFields": "not json"}),
        ("[1, 2]", "", {"AdditionalFields": "[1, 2]"}),
        ("7", "", {"AdditionalFields": "7"}),
        ("[" * 100_000, "", {"AdditionalFields": "[" * 100_000}),
    ],
)
def test_what_the_source_said_besides(text: str | None, headers: str, fields: dict[str, str]) -> None:
    story = Story(message(AdditionalFields=text))

    assert story.headers == headers
    assert story.fields == fields
