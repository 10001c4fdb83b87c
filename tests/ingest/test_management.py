"""Records of the Office 365 Management Activity API."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dashapp.ingest.chunk import Chunk
from dashapp.ingest.normalise.derive import Rules
from dashapp.ingest.normalise.rows import normalise
from tests.ingest.conftest import NOW, read_bytes, split

MAIL: dict[str, Any] = {
    "Id": "r1",
    "RecordType": 28,
    "CreationTime": "2026-01-02T05:00:00",
    "Operation": "TIMailData",
    "OrganizationId": "o1",
    "UserId": "ThreatIntel",
    "MessageTime": "2026-01-02T03:04:05",
    "NetworkMessageId": "m1",
    "InternetMessageId": "<i1@x>",
    "P1Sender": "bounce@evil.example",
    "P2Sender": "Boss@evil.example",
    "Recipients": ["A@b.example", "c@b.example"],
    "SenderIp": "192.0.2.7",
    "Subject": "Pay",
    "Verdict": "Phish",
    "DetectionType": "Inline",
    "DetectionMethod": "Spoof DMARC",
    "ThreatsAndDetectionTech": ["Phish: [Spoof DMARC, Advanced filter]", "Malware: [File detonation]"],
    "PhishConfidenceLevel": "High",
    "DeliveryAction": "DeliveredAsSpam",
    "OriginalDeliveryLocation": "JunkFolder",
    "LatestDeliveryLocation": "Quarantine",
    "Directionality": "Inbound",
    "Policy": 7,
    "PolicyAction": "MoveToJmf",
    "AuthDetails": [{"Name": "SPF", "Value": "Fail"}, {"Name": "Comp Auth", "Value": "fail"}],
    "SystemOverrides": [
        {"Details": "Sender domain list (Admin)", "FinalOverride": "Yes", "Result": "Allow", "Source": "Tenant"}
    ],
    "AttachmentData": [
        {
            "FileName": "a.docm",
            "FileType": "docm",
            "FileVerdict": 1,
            "MalwareFamily": "Trojan:O97M/QakBot.A",
            "SHA256": "ab",
        }
    ],
    "EventDeepLink": "https://security.example/x",
}
CLICK = {
    "Id": "r2",
    "RecordType": 41,
    "CreationTime": "2026-01-02T05:00:00",
    "Operation": "TIUrlClickData",
    "UserId": "A@b.example",
    "AppName": "Mail",
    "URLClickAction": 4,
    "SourceId": "m1",
    "TimeOfClick": "2026-01-02T04:00:00",
    "Url": "http://evil.example/a",
    "UserIp": "198.51.100.1",
}


def stored_rows(tmp_path: Path, *records: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for chunk in read_bytes(json.dumps(records).encode(), tmp_path):
        assert isinstance(chunk, Chunk), chunk
        rows = normalise(chunk, Rules(), now=NOW)
        assert rows.refused == []
        found.setdefault(chunk.table, []).extend(rows.rows.to_pylist())
    return found


def test_a_mail_record_is_a_row_for_each_recipient(tmp_path: Path) -> None:
    found = stored_rows(tmp_path, MAIL)
    rows = found["EmailEvents"]
    assert [row["recipient"] for row in rows] == ["a@b.example", "c@b.example"]
    wanted = {
        "Timestamp": datetime(2026, 1, 2, 3, 4, 5),
        "SenderMailFromAddress": "bounce@evil.example",
        "sender_address": "boss@evil.example",
        "sender_ip": "192.0.2.7",
        "primary_threat": "Malware",
        "threat_types": ["Phish", "Malware"],
        "primary_technology": "File detonation",
        "det_techs": ["Spoof DMARC", "Advanced filter", "File detonation"],
        "threat_family": "QakBot",
        "explorer_delivery": "Delivered to junk",
        "DeliveryAction": "Junked",
        "DeliveryLocation": "Junk folder",
        "LatestDeliveryLocation": "Quarantine",
        "EmailActionPolicy": "Anti-phishing spoof",
        "EmailAction": "Move message to junk mail folder",
        "spf": "Fail",
        "compauth": "Fail",
        "primary_override": "Allowed by organization policy",
        "primary_override_source": "Sender domain list (Admin)",
        "AttachmentCount": 1,
        "ReportId": "r1",
    }
    assert {name: rows[0][name] for name in wanted} == wanted
    rest = json.loads(rows[0]["AdditionalFields"])
    assert (rest["EventDeepLink"], rest["Operation"], rest["OrganizationId"]) == (
        "https://security.example/x",
        "TIMailData",
        "o1",
    )
    assert "Recipients" not in rest
    assert "EmailPostDeliveryEvents" not in found


def test_attachments_are_at_our_grain(tmp_path: Path) -> None:
    rows = stored_rows(tmp_path, MAIL)["EmailAttachmentInfo"]
    assert [
        (row["recipient"], row["FileName"], row["SHA256"], row["ThreatTypes"], row["threat_family"]) for row in rows
    ] == [
        ("a@b.example", "a.docm", "ab", "Malware", "QakBot"),
        ("c@b.example", "a.docm", "ab", "Malware", "QakBot"),
    ]


@pytest.mark.parametrize(
    ("kind", "action", "result"), [("ZAP", "Malware ZAP", "Success"), ("Delayed", "Delayed verdict", None)]
)
def test_follow_ups_are_post_delivery_events(kind: str, action: str, result: str | None, tmp_path: Path) -> None:
    found = stored_rows(tmp_path, MAIL | {"DetectionType": kind})
    event = found["EmailPostDeliveryEvents"][0]
    assert (event["ActionType"], event["ActionResult"], event["DeliveryLocation"]) == (action, result, "Quarantine")
    assert event["Timestamp"] == datetime(2026, 1, 2, 5)
    assert event["primary_threat"] == "Malware"
    # Clean mail is not in this feed, so the message itself may be known by its follow-up only.
    assert found["EmailEvents"][0]["Timestamp"] == datetime(2026, 1, 2, 3, 4, 5)


def test_a_single_verdict_is_enough(tmp_path: Path) -> None:
    record = {key: value for key, value in MAIL.items() if key not in {"ThreatsAndDetectionTech", "AttachmentData"}}
    row = stored_rows(tmp_path, record)["EmailEvents"][0]
    assert (row["primary_threat"], row["primary_technology"], row["confidence"]) == ("Phish", "Spoof DMARC", "High")


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        (2, "Blocked"),
        (3, "Pending verdict"),
        (4, "Block overridden"),
        (5, "Pending verdict bypassed"),
        ("Blockpage", "Blocked"),
        ("PendingDetonationPageOverride", "Pending verdict bypassed"),
        (99, "None"),
    ],
)
def test_clicks(action: object, verdict: str, tmp_path: Path) -> None:
    (row,) = stored_rows(tmp_path, CLICK | {"URLClickAction": action})["UrlClickEvents"]
    assert row["click_verdict"] == verdict
    assert (row["account"], row["NetworkMessageId"], row["ReportId"], row["Workload"]) == (
        "a@b.example",
        "m1",
        "r2",
        "Email",
    )
    assert row["Timestamp"] == datetime(2026, 1, 2, 4)


def test_files(tmp_path: Path) -> None:
    record = {
        "Id": "r3",
        "RecordType": 47,
        "CreationTime": "2026-01-02T05:00:00",
        "SourceWorkload": 1,
        "FileData": {
            "DocumentId": "d1",
            "FileName": "X.exe",
            "FileVerdict": 1,
            "MalwareFamily": "Emotet",
            "FileSize": 5,
        },
    }
    (row,) = stored_rows(tmp_path, record)["FileMaliciousContentInfo"]
    assert (row["Workload"], row["ThreatTypes"], row["threat_family"], row["file_name"]) == (
        "OneDrive",
        "Malware",
        "Emotet",
        "x.exe",
    )


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (MAIL | {"Recipients": []}, "a mail record without recipients"),
        (MAIL | {"RecordType": 64}, "records of type 64 are not read"),
        (MAIL | {"RecordType": None}, "records of type None are not read"),
        ({"RecordType": 47, "CreationTime": "2026-01-01"}, "a file record without FileData"),
    ],
)
def test_other_records_are_refused_with_a_reason(record: dict[str, Any], reason: str, tmp_path: Path) -> None:
    rows, refused = split(read_bytes(json.dumps([record]).encode(), tmp_path))
    assert rows == {}
    assert refused[0].reason.startswith(reason)


def test_fields_of_the_wrong_kind_do_no_harm(tmp_path: Path) -> None:
    odd: dict[str, Any] = {
        key: value
        for key, value in MAIL.items()
        if key in {"Id", "RecordType", "CreationTime", "NetworkMessageId", "MessageTime"}
    }
    for value in (7, "x", [1], {"a": 1}, [{"Name": None}], True):
        record = odd | {"Recipients": ["a@b.example"]}
        for key in MAIL.keys() - odd.keys() - {"Recipients"}:
            record[key] = value
        found = stored_rows(tmp_path, record)
        assert len(found["EmailEvents"]) == 1
