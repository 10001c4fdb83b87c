"""A small lake with sixty days of known mail, for tests of what is shown.

Every day has the same mail at ten o'clock; the last thirty days have more of it than the thirty before.
"""

from datetime import datetime, timedelta
from pathlib import Path

from dashapp.data.lake import Lake
from tests.lakes import publish

HOSTILE = '<img src=x onerror=alert(1)><a href="https://evil.example">claim</a>\u202egnp.exe'
PEOPLE = ("ana@contoso.example", "rui@contoso.example", "mei@contoso.example")
DAYS = 60
LATE_DAILY = (  # threat, delivery, technology, family: each once a day in the last thirty days
    ("Malware", "Blocked", "File detonation", "QakBot"),
    ("Phish", "Blocked", "URL detonation", None),
    ("Phish", "Delivered to junk", "Advanced filter", None),
    ("Phish", "Delivered", "URL malicious reputation", None),
    ("None", "Delivered", None, None),
)
EARLY_DAILY = LATE_DAILY[1:]
ATTACKS = 30 * 4  # of the last thirty days


def threat_lake(path: Path, now: datetime, *, subject: str = "Invoice", family: str = "QakBot") -> Lake:
    """The lake at ``path``, whose last day is the one before ``now`` (aware, UTC)."""
    rows: list[tuple[datetime, int, tuple[str, str, str | None, str | None]]] = []
    for back in range(1, DAYS + 1):
        moment = now.replace(tzinfo=None) - timedelta(days=back) + timedelta(minutes=30)
        rows += [(moment, index, kind) for index, kind in enumerate(LATE_DAILY if back <= 30 else EARLY_DAILY)]
    who = [PEOPLE[index % len(PEOPLE)] for _, index, _ in rows]
    lake = publish(
        path,
        "EmailEvents",
        Timestamp=[moment for moment, _, _ in rows],
        EmailDirection=["Inbound"] * len(rows),
        is_simulation=[False] * len(rows),
        primary_threat=[kind[0] for *_, kind in rows],
        ThreatTypes=[kind[0] if kind[0] != "None" else None for *_, kind in rows],
        threat_types=[[kind[0]] if kind[0] != "None" else [] for *_, kind in rows],
        explorer_delivery=[kind[1] for *_, kind in rows],
        DeliveryLocation=["Quarantine" if kind[1] == "Blocked" else "Inbox/folder" for *_, kind in rows],
        det_techs=[[kind[2]] if kind[2] else [] for *_, kind in rows],
        primary_technology=[kind[2] for *_, kind in rows],
        threat_family=[family if kind[3] else None for *_, kind in rows],
        Subject=[subject] * len(rows),
        subject_lower=[subject.lower()] * len(rows),
        SenderFromAddress=["billing@evil.example"] * len(rows),
        sender_address=["billing@evil.example"] * len(rows),
        SenderFromDomain=["evil.example"] * len(rows),
        sender_domain=["evil.example"] * len(rows),
        sender_country=["NL"] * len(rows),
        RecipientEmailAddress=who,
        recipient=who,
    )
    _people(path, now)
    return lake


def add_rows(path: Path, now: datetime, *, text: str = "Invoice") -> None:
    """Clicks, reports and files of the last three days: of each kind one a day, the click and the report of a message.

    The last click and the last report are about no message that is there.
    """
    days = [now.replace(tzinfo=None) - timedelta(days=back) for back in range(1, 4)]
    messages = ["NetworkMessageId-x", None, "gone"]
    publish(
        path,
        "EmailEvents",
        Timestamp=[days[0]],
        NetworkMessageId=messages[:1],
        RecipientEmailAddress=PEOPLE[:1],
        recipient=PEOPLE[:1],
        Subject=[text],
        subject_lower=[text.lower()],
        SenderFromDomain=["evil.example"],
        sender_domain=["evil.example"],
    )
    urls = [f"https://evil.example/{text}", "https://teams.example/a", "https://other.example/"]
    publish(
        path,
        "UrlClickEvents",
        Timestamp=days,
        Url=urls,
        url_lower=[url.lower() for url in urls],
        url_domain=["evil.example", "teams.example", "other.example"],
        ActionType=["ClickBlocked", "ClickAllowed", "ClickAllowed"],
        click_verdict=["Blocked", "Allowed", "Allowed"],
        AccountUpn=list(PEOPLE),
        account=list(PEOPLE),
        Workload=["Email", "Teams", "Email"],
        NetworkMessageId=messages,
        ThreatTypes=["Phish", None, None],
        ReportId=["c 1", "c2", "c3"],
    )
    publish(
        path,
        "UserSubmissions",
        Timestamp=days,
        SubmissionId=["s1", "s2", "s3"],
        NetworkMessageId=messages,
        RecipientEmailAddress=list(PEOPLE),
        recipient=list(PEOPLE),
        SubmittedBy=list(PEOPLE),
        submitted_by=list(PEOPLE),
        SubmissionType=["User", "User", "Admin"],
        Subject=[text, "b", "c"],
        SenderFromAddress=["Billing@Evil.example", "b@other.example", "c@other.example"],
        Verdict=["Phish", "Spam", None],
    )
    publish(
        path,
        "FileMaliciousContentInfo",
        Timestamp=days,
        DocumentId=["d 1", "d2", "d3"],
        FileName=[text, "b.xlsm", "c.iso"],
        file_name=[text.lower(), "b.xlsm", "c.iso"],
        Workload=["Teams", "OneDrive", "SharePoint"],
        FileOwnerUpn=["Ana@Contoso.example", *PEOPLE[1:]],
        ThreatTypes=["Malware"] * 3,
        threat_family=["QakBot", "QakBot", None],
        DetectionMethods=['{"Malware": ["File detonation"]}', None, None],
        SHA256=["ab" * 32, "cd" * 32, None],
        FileSize=[1_000, 20, None],
    )


def _people(path: Path, now: datetime) -> None:
    publish(
        path,
        "IdentityInfo",
        Timestamp=[now.replace(tzinfo=None) - timedelta(days=90)] * len(PEOPLE),
        AccountUpn=list(PEOPLE),
        account=list(PEOPLE),
        email_address=list(PEOPLE),
        AccountDisplayName=["Ana Silva", "Rui Costa", "Mei Tan"],
        Department=["Finance", "Sales", "Finance"],
    )
