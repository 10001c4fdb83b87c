"""A dozen messages that differ in everything a filter or a question looks at."""

import ipaddress
from datetime import UTC, datetime
from pathlib import Path

from dashapp.query.window import Window
from tests.lakes import at, publish

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))


def key(address: str) -> bytes:
    """An address as 16 sortable bytes."""
    parsed = ipaddress.ip_address(address)
    return parsed.packed if parsed.version == 6 else ipaddress.ip_address(f"::ffff:{address}").packed


# id | time | recipient | sender | subject | threat | delivery | technologies | address | direction; - is missing
_ROWS = """
m1 | 2026-03-01T00:00 | ana | evil@bad.example | Invoice 1 | Phish | Blocked | URL detonation,Spoof DMARC | 192.0.2.7
m1 | 2026-03-01T00:00 | bo | evil@bad.example | Invoice 1 | Phish | Delivered | URL detonation,Spoof DMARC | 192.0.2.7
m2 | 2026-03-01T23:30 | ana | Boss_1@corp.example | 100% sure? | None | Delivered | - | 2001:db8::5 | Intra-org
m3 | 2026-03-02T09:15 | cy | evil@bad.example | İstanbul straße | Malware | Replaced | File detonation | 198.51.100.1
m4 | 2026-03-02T09:45 | cy | news@shop.example | - | Spam | Delivered to junk | Bulk | -
m5 | 2026-03-03T12:00 | ana | - | | - | - | - | -
m6 | 2026-03-04T08:00 | bo | train@sim.example | Your parcel | Phish | Delivered | Advanced filter | 192.0.2.200
m7 | 2026-03-05T08:00 | dee | evil@bad.example | Re: invoice | Phish | Delivered | Advanced filter | 192.0.2.8
m8 | 2026-03-05T08:00 | ana | ana@corp.example | hello | None | Delivered | - | 10.0.0.1 | Outbound
m9 | 2026-03-07T23:59 | bo | evil@bad.example | Payroll | Malware | Delivered | File reputation | 192.0.2.9
"""


def _columns() -> list[list[str | None]]:
    lines = [[part.strip() for part in line.split("|")] for line in _ROWS.strip().splitlines()]
    full = [[*line, "Inbound"][:10] for line in lines]
    return [[None if cell == "-" else cell for cell in column] for column in zip(*full, strict=True)]


def fill(path: Path) -> None:
    """Publish the messages and what belongs to them."""
    ids, times, to, sender, subject, threat, delivery, techs, address, direction = _columns()
    to = [f"{name}@corp.example" for name in to]
    techs = [None if kinds is None else kinds.split(",") for kinds in techs]
    publish(
        path,
        "EmailEvents",
        Timestamp=[at(time) for time in times],
        NetworkMessageId=ids,
        InternetMessageId=[f"<{id_}@mail.example>" for id_ in ids],
        RecipientEmailAddress=[address.title() for address in to],
        recipient=to,
        SenderFromAddress=sender,
        sender_address=[None if text is None else text.lower() for text in sender],
        sender_domain=[None if text is None else text.lower().partition("@")[2] for text in sender],
        Subject=subject,
        subject_lower=[None if text is None else text.lower() for text in subject],
        primary_threat=threat,
        threat_types=[None if kind in {None, "None"} else [kind] for kind in threat],
        ThreatTypes=[None if kind in {None, "None"} else kind for kind in threat],
        explorer_delivery=delivery,
        DeliveryAction=["Junked" if kind == "Delivered to junk" else kind for kind in delivery],
        DeliveryLocation=["Quarantine" if kind == "Blocked" else "Inbox/folder" for kind in delivery],
        det_techs=techs,
        primary_technology=[None if kinds is None else kinds[0] for kinds in techs],
        sender_ip=address,
        sender_ip_key=[None if text is None else key(text) for text in address],
        sender_country=["US" if text and text.startswith("192") else None for text in address],
        threat_family=["Emotet" if kind == "Malware" else None for kind in threat],
        EmailDirection=direction,
        is_simulation=[id_ == "m6" for id_ in ids],
        IsFirstContact=[True, False, None, True, False, None, False, None, True, False],
        EmailSize=[100, 100, 2000, 300, None, 2**40, 5, 0, 7, 8],
        UrlCount=[2, 2, 0, None, 1, 0, 0, 0, 0, 0],
    )
    publish(
        path,
        "EmailUrlInfo",
        Timestamp=[at("2026-03-01T00:00"), at("2026-03-01T00:00"), at("2026-03-02T09:45"), at("2026-03-02T09:45")],
        NetworkMessageId=["m1", "m1", "m4", None],
        Url=["http://bad.example/A?x=1", "https://cdn.example/x", "https://shop.example/", "https://lost.example/"],
        url_lower=[
            "http://bad.example/a?x=1",
            "https://cdn.example/x",
            "https://shop.example/",
            "https://lost.example/",
        ],
        UrlDomain=["bad.example", "cdn.example", "shop.example", "lost.example"],
        url_domain=["bad.example", "cdn.example", "shop.example", "lost.example"],
    )
    publish(
        path,
        "EmailAttachmentInfo",
        Timestamp=[at("2026-03-02T09:15"), at("2026-03-07T23:59")],
        NetworkMessageId=["m3", "m9"],
        recipient=["cy@corp.example", "other@corp.example"],
        FileName=["Bill.DOCM", "x.exe"],
        file_name=["bill.docm", "x.exe"],
        FileSize=[1000, 5],
    )
    publish(
        path,
        "EmailPostDeliveryEvents",
        Timestamp=[at(f"2026-03-{day}") for day in ("01T01:00", "01T02:00", "05T09:00", "08T09:00", "02T12:00")],
        NetworkMessageId=["m1", "m1", "m7", "m9", "m3"],
        recipient=["bo@corp.example", "bo@corp.example", "dee@corp.example", "bo@corp.example", "cy@corp.example"],
        ActionType=["Phish ZAP", "Phish ZAP", "Phish ZAP", "Manual remediation", "Redelivery"],
        Action=["Moved to junk folder", "Moved to quarantine", "Moved to quarantine", "Hard deleted", "Moved to inbox"],
        ActionResult=["Success", "Success", "Error", "AdminPolicy", "Success"],
        DeliveryLocation=["Junk folder", "Quarantine", "Quarantine", "Deleted items", "Inbox/folder"],
    )
    publish(
        path,
        "UrlClickEvents",
        Timestamp=[at(f"2026-03-0{day}T10:00") for day in (1, 2, 4, 5)],
        NetworkMessageId=["m1", "m1", "m6", None],
        account=["bo@corp.example", "nobody@corp.example", "bo@corp.example", "ana@corp.example"],
        ActionType=["ClickBlocked", "ClickBlockedByTenantPolicy", "ClickBlocked", "ClickAllowed"],
        IsClickedThrough=[True, False, False, True],
    )
    publish(
        path,
        "UserSubmissions",
        Timestamp=[at("2026-03-05T10:00"), at("2026-03-06T10:00")],
        NetworkMessageId=["m7", "m1"],
        recipient=["dee@corp.example", None],
        submitted_by=["dee@corp.example", "bo@corp.example"],
        SubmissionType=["Phish", "Spam"],
    )
    publish(
        path,
        "IdentityInfo",
        Timestamp=[at("2026-01-01"), at("2026-02-01"), at("2026-02-01")],
        AccountObjectId=["1", "1", "2"],
        AccountDisplayName=["Ana Old", "Ana New", "Bo"],
        account=["ana@corp.example", "ana@corp.example", "b.o@corp.example"],
        email_address=["ana@corp.example", None, "bo@corp.example"],
        Department=["Sales", "Finance", "Sales"],
        UserTags=[None, ["Priority account"], []],
        AssignedLicenses=[["P2"], ["P2"], ["P1"]],
        LicensedFrom=[at("2026-01-01"), at("2026-03-02"), None],
        LicensedUntil=[at("2026-03-01T12:00"), None, None],
    )
    publish(
        path,
        "CampaignInfo",
        Timestamp=[at("2026-03-06")],
        NetworkMessageId=["m1"],
        recipient=["ana@corp.example"],
        CampaignId=["c1"],
        CampaignName=["Big Phish"],
    )
    publish(
        path,
        "AlertEvidence",
        Timestamp=[at("2026-03-06")],
        AlertId=["a1"],
        NetworkMessageId=["m9"],
        Title=["Malware delivered"],
        Severity=["High"],
    )
