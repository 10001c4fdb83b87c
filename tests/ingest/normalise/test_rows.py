"""Whole rows: every table gets every stored column, or a reason why not."""

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashapp.data.coded import all_text
from dashapp.data.schema import TABLES
from dashapp.ingest.chunk import Chunk
from dashapp.ingest.enrichment import Enrichment
from dashapp.ingest.normalise.derive import Rules
from dashapp.ingest.normalise.rows import Normalised, normalise
from tests.ingest.conftest import NOW, mail

KEYS = {
    "EmailEvents": {"NetworkMessageId": "m", "RecipientEmailAddress": "A@b.example"},
    "EmailUrlInfo": {"NetworkMessageId": "m", "Url": "HTTP://X.co.uk/a"},
    "EmailAttachmentInfo": {"NetworkMessageId": "m", "RecipientEmailAddress": "A@b.example"},
    "EmailPostDeliveryEvents": {"NetworkMessageId": "m", "ActionType": "Phish ZAP"},
    "UrlClickEvents": {"ReportId": "r"},
    "UserSubmissions": {"SubmissionId": "s"},
    "AlertInfo": {"AlertId": "a"},
    "AlertEvidence": {"AlertId": "a"},
    "IdentityInfo": {"AccountObjectId": "o"},
    "CampaignInfo": {"CampaignId": "c", "NetworkMessageId": "m"},
    "FileMaliciousContentInfo": {"DocumentId": "d"},
}


def rows_of(table: str, rules: Rules | None = None, **columns: object) -> Normalised:
    count = max((len(values) for values in columns.values() if isinstance(values, list | pa.Array)), default=1)
    given = {"Timestamp": "2026-01-02T03:04:05Z"} | KEYS[table] | columns
    table_rows = {
        name: value if isinstance(value, list | pa.Array) else [value] * count for name, value in given.items()
    }
    return normalise(Chunk(table, pa.table(table_rows), "f"), rules or Rules(), now=NOW)


def row_of(table: str, rules: Rules | None = None, **columns: object) -> dict[str, object]:
    found = rows_of(table, rules, **columns)
    assert found.refused == []
    return found.rows.to_pylist()[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_bare_key_is_a_whole_row(table: str) -> None:
    found = rows_of(table)
    wanted = [name for name in TABLES[table].schema.names if name not in {"batch_id", "ingested_at"}]
    assert all_text(found.rows).schema == pa.schema([TABLES[table].schema.field(name) for name in wanted])
    assert (found.rows.num_rows, found.refused) == (1, [])


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_row_without_its_key_is_refused(table: str) -> None:
    for name in KEYS[table]:
        if (table, name) in {
            ("EmailAttachmentInfo", "RecipientEmailAddress"),
            ("EmailPostDeliveryEvents", "ActionType"),
        }:
            continue
        found = rows_of(table, **{name: ["x", "", None]})
        assert (found.rows.num_rows, [each.row for each in found.refused]) == (1, [2, 3])
        assert found.refused[0].reason == f"{name} is missing"


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("1994-12-31T23:59:59Z", "the time is before 1995"),
        ("1601-01-01T00:00:00Z", "the time is before 1995"),
        ("1970-01-01", "the time is before 1995"),
        ("2026-02-02T00:00:01Z", "the time is more than a day ahead"),
        ("9999-12-31T00:00:00Z", "the time is more than a day ahead"),
        ("2026-02-30", "the time is missing or cannot be read"),
        (None, "the time is missing or cannot be read"),
    ],
)
def test_an_implausible_time_is_refused(time: str | None, reason: str) -> None:
    found = rows_of("EmailEvents", Timestamp=["1995-01-01T00:00:00Z", time, "2026-02-02T00:00:00Z"])
    assert found.rows.num_rows == 2
    assert [(each.source, each.row, each.reason) for each in found.refused] == [("f", 2, reason)]
    assert json.loads(found.refused[0].raw)["NetworkMessageId"] == "m"


def test_without_verdict_columns_nobody_looked() -> None:
    assert row_of("EmailEvents")["primary_threat"] is None
    assert row_of("EmailEvents", ThreatTypes=[None])["primary_threat"] == "None"
    assert row_of("EmailEvents", DetectionMethods=[""])["primary_threat"] == "None"


def test_what_has_no_column_is_kept_and_merged() -> None:
    columns: dict[str, object] = {
        "AdditionalFields": ['{"a":1}', "text", None, ""],
        "Extra": ["x", None, 'q"', None],
        "Number": [None, 2, None, None],
        "EmailSize": ["5", "many", "", None],
        "Nested": pa.array([{"b": [1]}, None, None, None]),
    }
    found = rows_of("EmailEvents", **columns).rows["AdditionalFields"].to_pylist()
    assert [json.loads(value) if value else None for value in found] == [
        {"a": 1, "Extra": "x", "Nested": {"b": [1]}},
        {"AdditionalFields": "text", "Number": 2, "EmailSize": "many"},
        {"Extra": 'q"'},
        None,
    ]


def test_our_own_columns_are_computed_anew() -> None:
    row = row_of("EmailEvents", primary_threat=["Malware"], batch_id=["x"], recipient=["wrong@x"], Subject=["ÀB"])
    assert (row["primary_threat"], row["recipient"], row["AdditionalFields"]) == (None, "a@b.example", None)
    assert row["subject_lower"] == "àb"


def test_names_in_another_case_and_twice() -> None:
    rows = pa.Table.from_arrays(
        [pa.array(["2026-01-02"]), pa.array(["m"]), pa.array(["A@b.example"]), pa.array(["one"]), pa.array(["two"])],
        ["timestamp", "networkmessageid", "RECIPIENTEMAILADDRESS", "subject", "Subject"],
    )
    row = normalise(Chunk("EmailEvents", rows, "f"), Rules(), now=NOW).rows.to_pylist()[0]
    assert (row["Subject"], json.loads(row["AdditionalFields"])) == ("two", {"subject": "one"})


@pytest.mark.parametrize(
    ("sender", "recipient", "wanted"),
    [
        ("x@other.example", "a@our.example", "Inbound"),
        ("x@Sub.Our.example", "a@our.example", "Intra-org"),
        ("x@our.example", "a@other.example", "Outbound"),
        ("x@other.example", "a@notour.example", "Unknown"),
        (None, "a@our.example", "Inbound"),
    ],
)
def test_our_domains_decide_a_missing_direction(sender: str | None, recipient: str, wanted: str) -> None:
    rules = Rules(own_domains=frozenset({"our.example"}))
    columns = {"SenderFromAddress": [sender], "RecipientEmailAddress": [recipient]}
    assert row_of("EmailEvents", rules, **columns)["EmailDirection"] == wanted
    assert row_of("EmailEvents", rules, **columns, EmailDirection=["Odd"])["EmailDirection"] == "Odd"
    assert row_of("EmailEvents", **columns)["EmailDirection"] is None


@pytest.mark.parametrize(
    ("columns", "override", "source", "sources", "simulation"),
    [
        ({}, None, None, None, False),
        ({"OrgLevelAction": "Allow", "OrgLevelPolicy": "A"}, "Allowed by organization policy", "A", ["A"], False),
        ({"UserLevelAction": "Block", "UserLevelPolicy": "B"}, "Blocked by user policy", "B", ["B"], False),
        (
            {"OrgLevelAction": "Block", "OrgLevelPolicy": "A, C", "UserLevelAction": "Allow", "UserLevelPolicy": "B"},
            "Blocked by organization policy",
            "A, C",
            ["A", "C", "B"],
            False,
        ),
        (
            {"OrgLevelAction": "Allow", "OrgLevelPolicy": "Phishing simulation"},
            "Allowed by organization policy",
            "Phishing simulation",
            ["Phishing simulation"],
            True,
        ),
    ],
)
def test_overrides(
    columns: dict[str, str], override: str | None, source: str | None, sources: list[str] | None, simulation: bool
) -> None:
    row = row_of("EmailEvents", **columns)
    found = (row["primary_override"], row["primary_override_source"], row["override_sources"], row["is_simulation"])
    assert found == (override, source, sources, simulation)


def test_urls_clicks_attachments() -> None:
    url = row_of("EmailUrlInfo")
    assert (url["UrlDomain"], url["url_lower"], url["url_registered_domain"]) == (
        "X.co.uk",
        "http://x.co.uk/a",
        "x.co.uk",
    )
    click = row_of(
        "UrlClickEvents",
        Url="http://X.example/",
        AccountUpn="A@b.example",
        IPAddress="192.0.2.1",
        ActionType="ClickBlocked",
    )
    assert (click["account"], click["url_domain"], click["click_verdict"]) == ("a@b.example", "x.example", "Blocked")
    assert len(click["client_ip_key"]) == 16  # type: ignore[arg-type]
    names = ["Invoice.PDF", "a.tar.gz", ".bashrc", "none", "invoice\u202efdp.exe", None]
    found = rows_of("EmailAttachmentInfo", FileName=names).rows["file_extension"].to_pylist()
    assert found == ["pdf", "gz", None, None, "exe", None]


@pytest.mark.parametrize("table", ["EmailAttachmentInfo", "FileMaliciousContentInfo", "AlertEvidence"])
def test_a_hash_is_the_same_in_every_table_whichever_case_it_came_in(table: str) -> None:
    found = rows_of(table, SHA256=["AB" * 32, "ab" * 32, "", None]).rows["SHA256"].to_pylist()
    assert found == ["ab" * 32, "ab" * 32, None, None]


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"EntityType": "User", "AccountUpn": "u", "SHA256": "h"}, "u"),
        ({"EntityType": "File", "AccountUpn": "u", "SHA1": "h"}, "h"),
        ({"EntityType": "Ip", "RemoteIP": "192.0.2.1"}, "192.0.2.1"),
        ({"EntityType": "MailMessage", "NetworkMessageId": "m", "AccountUpn": "u"}, "m"),
        ({"EntityType": "New kind", "DeviceId": "d"}, "d"),
        ({"EntityType": "User"}, None),
    ],
)
def test_the_entity_of_an_alert(columns: dict[str, str], wanted: str | None) -> None:
    assert row_of("AlertEvidence", **columns)["entity"] == wanted


def test_identities_have_lists_and_times() -> None:
    row = row_of(
        "IdentityInfo",
        AccountUpn="A@b.example",
        UserTags='["Priority account"]',
        CreatedDateTime="2020-01-01",
        DeletedDateTime="never",
    )
    assert (row["account"], row["UserTags"], row["CreatedDateTime"]) == (
        "a@b.example",
        ["Priority account"],
        datetime(2020, 1, 1),
    )
    assert json.loads(str(row["AdditionalFields"])) == {"DeletedDateTime": "never"}


@settings(deadline=timedelta(seconds=5), max_examples=50)
@given(
    st.sampled_from(sorted(TABLES)),
    st.dictionaries(
        st.sampled_from(sorted({name for table in TABLES.values() for name in table.given} | {"Odd", "__proto__", ""})),
        st.lists(st.none() | st.text(max_size=12), min_size=3, max_size=3)
        | st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3)
        | st.lists(st.none() | st.booleans(), min_size=3, max_size=3),
    ),
)
def test_any_columns_give_rows_or_reasons(table: str, columns: dict[str, list[object]]) -> None:
    found = rows_of(table, **columns)
    assert found.rows.num_rows + len(found.refused) == max([3 if columns else 1])
    found.rows.validate(full=True)
    assert all_text(found.rows).schema == all_text(rows_of(table).rows).schema
    for value in found.rows["AdditionalFields"].to_pylist():
        assert value is None or isinstance(json.loads(value), dict)


def test_an_empty_chunk_is_no_rows() -> None:
    assert normalise(Chunk("EmailEvents", mail(0), "f"), Rules(Enrichment()), now=NOW).rows.num_rows == 0
