"""One message as rows: recipients, time, ids, verdict, links and files, and what is refused."""

import hashlib
from datetime import UTC, datetime

import pytest

from dashapp.ingest.mail.message import NotMail, Place, Rows, looks_like_mail, read_message

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOUND = Place()
RECEIVED = "Received: from a by b; "


def mail(*lines: str, body: str = "Hello") -> bytes:
    """A message with a sender, a recipient and a time unless ``lines`` give their own."""
    given = {line.partition(":")[0].lower() for line in lines}
    usual = ["From: Eva <eva@evil.example>", "To: ana@corp.example", "Date: Mon, 23 Nov 2026 10:00:00 +0100"]
    kept = [line for line in usual if line.partition(":")[0].lower() not in given]
    return ("\r\n".join([*kept, *lines]) + "\r\n\r\n" + body).encode()


def read(data: bytes, place: Place = FOUND) -> Rows:
    return read_message(data, place, NOW)


def event(data: bytes, place: Place = FOUND) -> dict[str, object]:
    rows = read(data, place).events
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("lines", "owner", "expected"),
    [
        (["Delivered-To: <Ana@Corp.example>"], "", ["Ana@Corp.example"]),
        (["Delivered-To: last@corp.example", "Delivered-To: first@corp.example"], "", ["last@corp.example"]),
        (["X-Original-To: list@corp.example", "Cc: rui@corp.example"], "", ["list@corp.example"]),
        (["To: a@corp.example, B <b@corp.example>", "Cc: A@CORP.example"], "", ["a@corp.example", "b@corp.example"]),
        (['To: "Last, First" <x@corp.example>'], "", ["x@corp.example"]),
        (["To: undisclosed-recipients:;"], "own@corp.example", ["own@corp.example"]),
        (["To: =?utf-8?q?Smith=2C_Jo?= <jo@corp.example>"], "", ["jo@corp.example"]),
    ],
)
def test_recipients_are_the_envelope_then_to_and_cc_then_the_owner(lines, owner, expected) -> None:
    rows = read(mail(*lines), Place(owner=owner)).events
    assert [row["RecipientEmailAddress"] for row in rows] == expected


def test_nobody_received_it() -> None:
    with pytest.raises(NotMail, match="nobody received it"):
        read(mail("To: undisclosed-recipients:;"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Date: Mon, 23 Nov 2026 10:00:00 +0100"], datetime(2026, 11, 23, 9)),
        (
            [RECEIVED + "Mon, 23 Nov 2026 08:00:00 +0000", "Date: Tue, 1 Jan 2019 00:00:00 +0000"],
            datetime(2026, 11, 23, 8),
        ),
        (
            [RECEIVED + "Fri, 1 Jan 2100 00:00:00 +0000", RECEIVED + "Sun, 22 Nov 2026 08:00:00 -0000"],
            datetime(2026, 11, 22, 8),
        ),
        (["Received: broken", "Date: 22 Nov 2026 10:00:00"], datetime(2026, 11, 22, 10)),
    ],
)
def test_time_is_the_topmost_plausible_received_else_date(lines: list[str], expected: datetime) -> None:
    assert event(mail(*lines))["Timestamp"] == expected


@pytest.mark.parametrize("date", ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 1 Jan 2100 00:00:00 +0000", "yesterday", ""])
def test_implausible_time_is_refused(date: str) -> None:
    with pytest.raises(NotMail, match="no plausible time"):
        read(mail(f"Date: {date}"))


def test_the_same_bytes_are_the_same_message() -> None:
    assert event(mail())["NetworkMessageId"] == event(mail())["NetworkMessageId"]
    assert event(mail())["NetworkMessageId"] != event(mail(body="Hello!"))["NetworkMessageId"]


def test_the_services_id_is_kept() -> None:
    given = "A1B2C3D4-1111-2222-3333-444455556666"
    assert event(mail(f"X-MS-Exchange-Organization-Network-Message-Id: {given}"))["NetworkMessageId"] == given.lower()


@pytest.mark.parametrize(
    ("lines", "threat"),
    [
        (["X-Spam-Flag: YES"], "Spam"),
        (["X-Spam-Status: No, score=-1.0"], ""),
        (["X-MS-Exchange-Organization-SCL: 9"], "Spam"),
        (["X-MS-Exchange-Organization-SCL: -1"], ""),
        (["X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:DE;SCL:9;CAT:HPHISH;"], "Phish"),
        (["X-Forefront-Antispam-Report: SCL:5;CAT:MALW;"], "Malware"),
        (["X-Virus-Status: Yes"], "Malware"),
    ],
)
def test_verdict_comes_from_the_header(lines: list[str], threat: str) -> None:
    rows = read(mail(*lines))
    assert rows.judged
    assert rows.events[0]["ThreatTypes"] == threat


def test_without_a_verdict_there_is_no_verdict_column() -> None:
    rows = read(mail("X-MS-Exchange-Organization-SCL: high"))
    assert not rows.judged
    assert "ThreatTypes" not in rows.events[0]


def test_only_the_topmost_authentication_results_count() -> None:
    found = event(
        mail(
            "Authentication-Results: mx.corp.example; spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail",
            "Authentication-Results: evil.example; spf=pass; dkim=pass; compauth=pass",
        )
    )
    assert found["AuthenticationDetails"] == '{"DKIM": "none", "DMARC": "fail", "SPF": "fail"}'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Subject: =?utf-8?q?Rechnung_=C3=BCberf=C3=A4llig?=", "Rechnung überfällig"),
        ("Subject: =?utf-8?b?4oKs?= =?iso-8859-1?q?_gr=FC=DFe?=", "€ grüße"),
        ("Subject: =?no-such-charset?q?x?=", "x"),
        ("Subject: =?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("Subject: folded\r\n header", "folded header"),
        ("Subject: =HYPERLINK(1)", "=HYPERLINK(1)"),
        ("X-None: 1", ""),
    ],
)
def test_subject_is_decoded_or_left_alone(line: str, expected: str) -> None:
    assert event(mail(line))["Subject"] == expected


def test_bytes_that_are_no_text_become_valid_unicode() -> None:
    data = mail("Subject: SUBJECT").replace(b"SUBJECT", b"caf\xe9 \xff\x00")
    subject = str(event(data)["Subject"])
    assert subject.encode("utf-8").decode("utf-8") == subject
    assert subject.startswith("caf")


def test_links_of_text_html_and_subject_once_each() -> None:
    html = (
        '<a href="https://evil.example/x?a=1&amp;b=2">click</a> https://plain.example/path. '
        "<form action='http://post.example/go'><img src='http://pixel.example/p.gif'>"
        '<a href="javascript:alert(1)">no</a><a href="https://evil.example/x?a=1&amp;b=2">again</a>'
    )
    rows = read(mail("Content-Type: text/html; charset=utf-8", "Subject: see http://subject.example/", body=html))
    assert [(row["Url"], row["UrlDomain"], row["UrlLocation"]) for row in rows.urls] == [
        ("http://subject.example/", "subject.example", "Subject"),
        ("https://evil.example/x?a=1&b=2", "evil.example", "Body"),
        ("http://post.example/go", "post.example", "Body"),
        ("https://plain.example/path", "plain.example", "Body"),
    ]
    assert rows.events[0]["UrlCount"] == 4


def test_attachments_with_hash_size_and_type_for_each_recipient() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n"
        '--b\r\nContent-Type: application/pdf; name="a.PDF"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n'
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner\r\n--b--\r\n"
    )
    rows = read(mail("To: a@corp.example, b@corp.example", 'Content-Type: multipart/mixed; boundary="b"', body=body))
    pdf = [row for row in rows.attachments if row["FileName"] == "a.PDF"]
    assert [row["RecipientEmailAddress"] for row in pdf] == ["a@corp.example", "b@corp.example"]
    assert pdf[0]["SHA256"] == hashlib.sha256(b"%PDF").hexdigest()
    assert (pdf[0]["FileSize"], pdf[0]["FileExtension"], pdf[0]["FileType"]) == (4, "pdf", "application/pdf")
    assert rows.events[0]["AttachmentCount"] == 2


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("Received: from x ([203.0.114.9]) by y; Mon, 23 Nov 2026 08:00:00 +0000", "SenderIPv4", "203.0.114.9"),
        ("Received: from x ([10.0.0.1]) by y; Mon, 23 Nov 2026 08:00:00 +0000", "SenderIPv4", None),
        ("Received: from x ([IPv6:2a00:1450::1]) by y; Mon, 23 Nov 2026 08:00:00 +0000", "SenderIPv6", "2a00:1450::1"),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.44;CTRY:;", "SenderIPv4", "192.0.2.44"),
        ("Return-Path: <bounce@send.example>", "SenderMailFromAddress", "bounce@send.example"),
        ("Return-Path: <>", "SenderMailFromAddress", None),
        ("From: =?utf-8?q?Support=2C_Bank?= <s@bank.example>", "SenderDisplayName", "Support, Bank"),
        ("Message-ID: <a@b>", "InternetMessageId", "<a@b>"),
    ],
)
def test_columns_of_the_sender(line: str, column: str, expected: object) -> None:
    assert event(mail(line))[column] == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"just text\n\nmore", b"key: value\n\nno mail header", b"{}", b"a,b\n1,2", b"<html>"],
)
def test_what_is_not_mail(data: bytes) -> None:
    assert not looks_like_mail(data)
    with pytest.raises(NotMail):
        read(data)


def test_a_thousand_nested_parts_are_refused() -> None:
    body = "".join(f'--b{i}\r\nContent-Type: multipart/mixed; boundary="b{i + 1}"\r\n\r\n' for i in range(1000))
    data = mail('Content-Type: multipart/mixed; boundary="b0"', body=body)
    with pytest.raises(NotMail, match="nested"):
        read(data)


def test_ten_thousand_parts_are_refused() -> None:
    body = "".join(f"--b\r\nContent-Type: application/x\r\n\r\n{i}\r\n" for i in range(10_000))
    with pytest.raises(NotMail, match="parts"):
        read(mail('Content-Type: multipart/mixed; boundary="b"', body=body))


def test_a_header_of_a_megabyte_is_cut_not_fatal() -> None:
    assert len(str(event(mail("Subject: " + "x" * 1_000_000))["Subject"])) == 100_000
