"""CSV as exported from advanced hunting and from Explorer, and CSV that is none."""

from datetime import datetime
from pathlib import Path

import pytest

from dashapp.ingest import csvs
from dashapp.ingest.chunk import Chunk
from dashapp.ingest.normalise.derive import Rules
from dashapp.ingest.normalise.rows import normalise
from tests.ingest.conftest import NOW, read_bytes, split

HUNTING = (
    "Timestamp,NetworkMessageId,RecipientEmailAddress,Subject,ThreatTypes,DetectionMethods,EmailSize\r\n"
    '2026-01-02T03:04:05.1234567Z,m1,a@b.example,"Hello, ""you""\nnext line",Phish,"{""Phish"":'
    '[""Spoof DMARC""]}",12\r\n'
    "2026-01-02T03:04:06Z,m2,a@b.example,,,,\r\n"
)
EXPLORER = (
    '"Date (UTC)","Subject","Recipient","Sender address","Sender IP","Threat type",'
    '"Detection technology","Delivery action",'
    '"Original delivery location","Latest delivery location","Primary override","Primary override source",'
    '"Phish confidence level","Directionality","Network message ID","Tags"\n'
    '"1/2/2026 3:04:05 PM","Hi","A@b.example","x@evil.example","192.0.2.7","Phish, Spam",'
    '"Spoof DMARC, Advanced filter",'
    '"Delivered to junk","Junk folder","Quarantine","Allowed by organization policy","Sender domain list (Admin)",'
    '"High","Inbound","m1","Priority account"\n'
)


def normalised(data: str, tmp_path: Path) -> list[dict[str, object]]:
    chunks = [each for each in read_bytes(data.encode(), tmp_path) if isinstance(each, Chunk)]
    return [row for chunk in chunks for row in normalise(chunk, Rules(), now=NOW).rows.to_pylist()]


def test_an_export_of_advanced_hunting(tmp_path: Path) -> None:
    rows = normalised(HUNTING, tmp_path)
    assert [row["Subject"] for row in rows] == ['Hello, "you"\nnext line', ""]
    assert rows[0]["Timestamp"] == datetime(2026, 1, 2, 3, 4, 5, 123456)
    assert [row["primary_threat"] for row in rows] == ["Phish", "None"]
    assert (rows[0]["primary_technology"], rows[0]["EmailSize"], rows[1]["EmailSize"]) == ("Spoof DMARC", 12, None)


def test_an_export_of_explorer(tmp_path: Path) -> None:
    (row,) = normalised("\ufeff" + EXPLORER, tmp_path)
    wanted = {
        "Timestamp": datetime(2026, 1, 2, 15, 4, 5),
        "recipient": "a@b.example",
        "sender_ip": "192.0.2.7",
        "threat_types": ["Phish", "Spam"],
        "primary_threat": "Phish",
        "confidence": "High",
        "det_techs": ["Spoof DMARC", "Advanced filter"],
        "primary_technology": "Spoof DMARC",
        "explorer_delivery": "Delivered to junk",
        "DeliveryLocation": "Junk folder",
        "LatestDeliveryLocation": "Quarantine",
        "primary_override": "Allowed by organization policy",
        "primary_override_source": "Sender domain list (Admin)",
        "EmailDirection": "Inbound",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert '"Tags":"Priority account"' in str(row["AdditionalFields"])


def test_clicks_of_explorer(tmp_path: Path) -> None:
    data = (
        "Time clicked,Recipient,URL click action,URL,Network message ID,Click ID,Client IP\n"
        "1/2/2026 3:04:05 PM,A@b.example,Block page override,http://x.example/a,m1,c1,192.0.2.9\n"
    )
    (row,) = normalised(data, tmp_path)
    assert (row["account"], row["click_verdict"], row["url_domain"], row["ReportId"]) == (
        "a@b.example",
        "Block overridden",
        "x.example",
        "c1",
    )


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_delimiters(mark: str, tmp_path: Path) -> None:
    header = ("Timestamp", "NetworkMessageId", "RecipientEmailAddress", "Subject")
    data = f"{mark.join(header)}\n{mark.join(('2026-01-02', 'm1', 'a@b.example', 'x, y'))}\n"
    assert [row["Subject"] for row in normalised(data, tmp_path)] == ["x, y"]


def test_lines_with_too_few_or_too_many_cells_are_refused(tmp_path: Path) -> None:
    good = "2026-01-02,m{},a@b.example,Hi\n"
    data = (
        "Timestamp,NetworkMessageId,RecipientEmailAddress,Subject\n"
        + good.format(1)
        + "2026-01-02,m2\n"
        + good.format(3)
    )
    rows, refused = split(read_bytes(data.encode(), tmp_path))
    assert [row["NetworkMessageId"] for row in rows["EmailEvents"]] == [b"m1", b"m3"]
    assert [(each.row, each.reason) for each in refused] == [(2, "2 cells where the header has 4")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a,b,c\n1,2,3\n", "the columns are of none of the tables"),
        (b"," * 9_999 + b"\n", "more than 500 columns"),
        (b"a," * 40_000, "the first line is longer than 64 kB"),
        (b"<html><body>a,b</body></html>", "not recognised"),
        (b"just words", "not recognised"),
        (b"a\0b,c\nx,y\n", "not recognised"),
        (b"\x00\x01\x02,", "not recognised"),
    ],
)
def test_what_is_no_csv_of_ours_is_refused_whole(data: bytes, reason: str, tmp_path: Path) -> None:
    rows, refused = split(read_bytes(data, tmp_path))
    assert rows == {}
    assert [each.row for each in refused] == [None]
    assert refused[0].reason.startswith(reason)


def test_an_unclosed_quote_costs_only_what_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvs, "BLOCK", 4_096)
    good = "".join(f"2026-01-02,m{number},a@b.example,Hi\n" for number in range(500))
    data = "Timestamp,NetworkMessageId,RecipientEmailAddress,Subject\n" + good + '2026-01-02,x,a@b.example,"Hi\n' + good
    rows, refused = split(read_bytes(data.encode(), tmp_path))
    assert 0 < len(rows["EmailEvents"]) <= 501
    assert refused


def test_bytes_that_are_no_utf_8_are_mended(tmp_path: Path) -> None:
    data = b"Timestamp,NetworkMessageId,RecipientEmailAddress,Subject\n2026-01-02,m1,a@b.example,caf\xe9\n"
    chunk = next(each for each in read_bytes(data, tmp_path) if isinstance(each, Chunk))
    assert normalise(chunk, Rules(), now=NOW).rows["Subject"].to_pylist() == ["caf�"]
