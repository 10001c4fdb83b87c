"""Records of the Office 365 Management Activity API: 28 mail, 41 clicks, 47 files; in our columns and at our grain."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

Row = dict[str, Any]


class RecordError(Exception):
    """A record cannot become rows; the message says why."""


_POLICIES = {
    1: "Antispam high-confidence",
    2: "Antispam",
    3: "Antispam bulk mail",
    4: "Antispam phishing",
    5: "Anti-phishing domain impersonation",
    6: "Anti-phishing user impersonation",
    7: "Anti-phishing spoof",
    8: "Anti-phishing graph impersonation",
    9: "Antimalware",
    10: "Safe Attachments",
    11: "Enterprise Transport Rules (ETR)",
    12: "Malware ZAP",
    13: "Phish ZAP",
    14: "Spam ZAP",
    15: "Antispam high-confidence phishing",
    17: "Antispam outbound",
}
_ACTIONS = {
    0: "Move message to junk mail folder",
    1: "Add X-header",
    2: "Modify subject",
    3: "Redirect message",
    4: "Delete message",
    5: "Send to quarantine",
    6: "No action taken",
    7: "Bcc message",
    8: "Replace attachment",
}
_ACTION_NAMES = {
    "movetojmf": 0,
    "addxheader": 1,
    "modifysubject": 2,
    "redirect": 3,
    "delete": 4,
    "quarantine": 5,
    "noaction": 6,
    "bccmessage": 7,
    "replaceattachment": 8,
}
_FILE_VERDICTS = {0: "Good", 1: "Bad", -1: "Error", -2: "Timeout", -3: "Pending"}
_CLICKS = {
    2: ("ClickBlocked", False),
    3: ("UrlScanInProgress", False),
    4: ("ClickBlocked", True),
    5: ("UrlScanInProgress", True),
}
_CLICK_NAMES = {"blockpage": 2, "pendingdetonationpage": 3, "blockpageoverride": 4, "pendingdetonationpageoverride": 5}
_WORKLOADS = {0: "SharePoint", 1: "OneDrive", 2: "Teams"}
_DELIVERIES = {"deliveredasspam": "Junked", "deliveredtojunk": "Junked"}
_LOCATIONS = {
    "inbox": "Inbox/folder",
    "junkfolder": "Junk folder",
    "deletedfolder": "Deleted items",
    "deleteditems": "Deleted items",
    "onpremexternal": "On-premises/external",
}
_MOVED = {"quarantine": "Moved to quarantine", "junk": "Moved to junk folder", "deleted": "Moved to deleted items"}

_MAIL_TOLD = frozenset(
    [
        "AttachmentData",
        "DetectionMethod",
        "InternetMessageId",
        "NetworkMessageId",
        "P1Sender",
        "P2Sender",
        "Policy",
        "PolicyAction",
        "Recipients",
        "SenderIp",
        "Subject",
        "Verdict",
        "MessageTime",
        "DeliveryAction",
        "OriginalDeliveryLocation",
        "LatestDeliveryLocation",
        "Directionality",
        "ThreatsAndDetectionTech",
        "Connectors",
        "AuthDetails",
        "PhishConfidenceLevel",
        "RecordType",
    ]
)
_CLICK_TOLD = frozenset(
    ["UserId", "AppName", "URLClickAction", "SourceId", "TimeOfClick", "Url", "URL", "UserIp", "RecordType"]
)
_FILE_TOLD = frozenset(
    [
        "FileData",
        "SourceWorkload",
        "DetectionMethod",
        "LastModifiedDate",
        "LastModifiedBy",
        "CreationTime",
        "RecordType",
    ]
)


def is_record(found: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a record of this API."""
    return "RecordType" in found and ("CreationTime" in found or "Operation" in found)


def rows_of(record: Row) -> Iterator[tuple[str, Row]]:
    """The rows of a record, each with its table.

    Raises:
        RecordError: It is of a type that holds nothing we keep, or lacks what makes it one.
    """
    kind = record["RecordType"]
    reader = _READERS.get(kind if isinstance(kind, int) else _KINDS.get(str(kind).lower(), -1))
    if reader is None:
        raise RecordError(f"records of type {str(kind)[:40]} are not read; only 28, 41 and 47 are")
    yield from reader(record)


def _mail(record: Row) -> Iterator[tuple[str, Row]]:
    recipients = [to for to in _list(record.get("Recipients")) if isinstance(to, str) and to]
    if not recipients:
        raise RecordError("a mail record without recipients")
    common = _mail_columns(record)
    follow_up = str(record.get("DetectionType") or "").lower() in {"delayed", "zap"}
    for recipient in recipients:
        yield "EmailEvents", common | {"RecipientEmailAddress": recipient}
        for attachment in _list(record.get("AttachmentData")):
            if isinstance(attachment, dict):
                yield "EmailAttachmentInfo", _attachment(attachment, common, recipient)
        if follow_up:
            yield "EmailPostDeliveryEvents", _post_delivery(record, common, recipient)


def _mail_columns(record: Row) -> Row:
    methods = _methods(record)
    attachments = [each for each in _list(record.get("AttachmentData")) if isinstance(each, dict)]
    families = [each["MalwareFamily"] for each in attachments if each.get("MalwareFamily")]
    address = str(record.get("SenderIp") or "")
    row = {
        "Timestamp": record.get("MessageTime"),
        "NetworkMessageId": record.get("NetworkMessageId"),
        "InternetMessageId": record.get("InternetMessageId"),
        "SenderMailFromAddress": record.get("P1Sender"),
        "SenderFromAddress": record.get("P2Sender"),
        "SenderIPv6" if ":" in address else "SenderIPv4": address or None,
        "Subject": record.get("Subject"),
        "EmailDirection": _direction(record.get("Directionality")),
        "DeliveryAction": _word(record.get("DeliveryAction"), _DELIVERIES),
        "DeliveryLocation": _word(record.get("OriginalDeliveryLocation"), _LOCATIONS),
        "LatestDeliveryLocation": _word(record.get("LatestDeliveryLocation"), _LOCATIONS),
        "ThreatTypes": ", ".join(methods) or record.get("Verdict"),
        "ThreatNames": ", ".join(dict.fromkeys(map(str, families))) or None,
        "DetectionMethods": orjson.dumps(methods).decode() if any(methods.values()) else None,
        "ConfidenceLevel": _confidence(record, methods),
        "EmailActionPolicy": _named(record.get("Policy"), _POLICIES),
        "EmailAction": _action(record.get("PolicyAction")),
        "Connectors": record.get("Connectors"),
        "AuthenticationDetails": _authentication(record.get("AuthDetails")),
        "AttachmentCount": len(attachments) if "AttachmentData" in record else None,
        "ReportId": record.get("Id"),
        "AdditionalFields": _rest(record, _MAIL_TOLD),
    }
    return row | _overrides(record.get("SystemOverrides"))


def _methods(record: Row) -> dict[str, list[str]]:
    """Technologies by threat: ``["Phish: [Spoof DMARC, Advanced filter]"]``, else the single verdict and method."""
    found: dict[str, list[str]] = {}
    for text in _list(record.get("ThreatsAndDetectionTech")):
        threat, _, technologies = str(text).partition(":")
        names = [name.strip() for name in technologies.strip(" []").split(",") if name.strip()]
        if threat.strip():
            found.setdefault(threat.strip(), []).extend(names)
    verdict, method = record.get("Verdict"), record.get("DetectionMethod")
    if not found and isinstance(verdict, str) and verdict:
        found[verdict] = [str(method)] if method else []
    return found


def _confidence(record: Row, methods: dict[str, list[str]]) -> str | None:
    level = record.get("PhishConfidenceLevel")
    phish = next((threat for threat in methods if "phish" in threat.lower()), None)
    return orjson.dumps({phish: level}).decode() if isinstance(level, str) and level and phish else None


def _overrides(overrides: object) -> Row:
    """``[{Details, FinalOverride, Result, Source}]`` to the four columns of advanced hunting."""
    row: Row = {}
    for override in _list(overrides):
        if not isinstance(override, dict):
            continue
        level = "UserLevel" if "user" in str(override.get("Source") or "").lower() else "OrgLevel"
        result = str(override.get("Result") or "").lower()
        action = "Allow" if result.startswith("allow") else "Block" if result.startswith("block") else None
        details = override.get("Details") or override.get("FinalOverride")
        row.setdefault(f"{level}Action", action)
        row.setdefault(f"{level}Policy", str(details) if details else None)
    return row


def _authentication(details: object) -> str | None:
    pairs = {
        str(each.get("Name")): str(each.get("Value"))
        for each in _list(details)
        if isinstance(each, dict) and each.get("Name") and each.get("Value")
    }
    names = {"comp auth": "CompAuth", "compauth": "CompAuth"}
    named = {names.get(name.lower(), name.upper()): value for name, value in pairs.items()}
    return orjson.dumps(named).decode() if named else None


def _attachment(attachment: Row, common: Row, recipient: str) -> Row:
    verdict = _named(attachment.get("FileVerdict"), _FILE_VERDICTS)
    told = {"FileName", "FileType", "SHA256", "FileSize", "MalwareFamily", "FileVerdict"}
    rest = {key: value for key, value in attachment.items() if key not in told} | {"FileVerdict": verdict}
    return {
        "Timestamp": common["Timestamp"],
        "NetworkMessageId": common["NetworkMessageId"],
        "SenderFromAddress": common["SenderFromAddress"],
        "RecipientEmailAddress": recipient,
        "FileName": attachment.get("FileName"),
        "FileType": attachment.get("FileType"),
        "SHA256": attachment.get("SHA256"),
        "FileSize": attachment.get("FileSize"),
        "ThreatNames": attachment.get("MalwareFamily"),
        "ThreatTypes": "Malware" if verdict == "Bad" else None,
        "ReportId": common["ReportId"],
        "AdditionalFields": orjson.dumps(rest).decode(),
    }


def _post_delivery(record: Row, common: Row, recipient: str) -> Row:
    """What happened to a message later: a ZAP removed it, a ``Delayed`` record only tells of a late verdict."""
    zapped = str(record["DetectionType"]).lower() == "zap"
    threats = str(common["ThreatTypes"] or "").lower()
    worst = next((name for name in ("Malware", "Phish", "Spam") if name.lower() in threats), "Phish")
    place = str(common["LatestDeliveryLocation"] or "").lower()
    moved = next((text for key, text in _MOVED.items() if place.startswith(key)), None)
    return {
        "Timestamp": record.get("CreationTime") or common["Timestamp"],
        "NetworkMessageId": common["NetworkMessageId"],
        "InternetMessageId": common["InternetMessageId"],
        "Action": moved if zapped else None,
        "ActionType": f"{worst} ZAP" if zapped else "Delayed verdict",
        "ActionTrigger": "SpecialAction",
        "ActionResult": "Success" if zapped else None,
        "RecipientEmailAddress": recipient,
        "DeliveryLocation": common["LatestDeliveryLocation"],
        "ThreatTypes": common["ThreatTypes"],
        "DetectionMethods": common["DetectionMethods"],
        "ReportId": common["ReportId"],
        "AdditionalFields": common["AdditionalFields"],
    }


def _click(record: Row) -> Iterator[tuple[str, Row]]:
    action = record.get("URLClickAction")
    number = action if isinstance(action, int) else _CLICK_NAMES.get(str(action).lower().replace(" ", ""), -1)
    kind, through = _CLICKS.get(number, (None if action is None else str(action), None))
    application = str(record.get("AppName") or "")
    mail = application.lower() in {"mail", "email", "outlook"}
    row = {
        "Timestamp": record.get("TimeOfClick") or record.get("CreationTime"),
        "Url": record.get("URL") or record.get("Url"),
        "ActionType": kind,
        "AccountUpn": record.get("UserId"),
        "Workload": "Email" if mail else application or None,
        "NetworkMessageId": record.get("SourceId") if mail or not application else None,
        "IPAddress": record.get("UserIp"),
        "IsClickedThrough": through,
        "ReportId": record.get("Id"),
        "AppName": application or None,
        "AdditionalFields": _rest(record, _CLICK_TOLD),
    }
    yield "UrlClickEvents", row


def _file(record: Row) -> Iterator[tuple[str, Row]]:
    data = record.get("FileData")
    if not isinstance(data, dict):
        raise RecordError("a file record without FileData")
    yield (
        "FileMaliciousContentInfo",
        {
            "Timestamp": record.get("CreationTime"),
            "Workload": _named(record.get("SourceWorkload"), _WORKLOADS),
            "FileName": data.get("FileName"),
            "FolderPath": data.get("FilePath"),
            "FileSize": data.get("FileSize"),
            "SHA256": data.get("SHA256"),
            "DocumentId": data.get("DocumentId"),
            "ThreatTypes": "Malware" if _named(data.get("FileVerdict"), _FILE_VERDICTS) == "Bad" else None,
            "ThreatNames": data.get("MalwareFamily"),
            "DetectionMethods": record.get("DetectionMethod"),
            "LastModifyingAccountUpn": record.get("LastModifiedBy"),
            "LastModifiedTime": record.get("LastModifiedDate"),
            "ReportId": record.get("Id"),
            "AdditionalFields": _rest(record, _FILE_TOLD),
        },
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _rest(record: Row, told: frozenset[str]) -> str:
    return orjson.dumps({key: value for key, value in record.items() if key not in told}).decode()


def _named(value: object, names: dict[int, str]) -> str | None:
    """The name of an enum's number; a name, or a number nobody knows, stays what it is."""
    if value is None:
        return None
    text = str(value)
    return names.get(int(text), text) if re.fullmatch(r"-?\d{1,4}", text) else text


def _action(value: object) -> str | None:
    known = _ACTION_NAMES.get(str(value).lower().replace(" ", "")) if isinstance(value, str) else None
    return _named(value if known is None else known, _ACTIONS)


def _word(value: object, words: dict[str, str]) -> str | None:
    if value is None:
        return None
    return words.get(re.sub(r"[^a-z]", "", str(value).lower()), str(value))


def _direction(value: object) -> str | None:
    return _word(value, {"intraorg": "Intra-org", "inbound": "Inbound", "outbound": "Outbound"})


_READERS = {28: _mail, 41: _click, 47: _file}
_KINDS = {
    **{str(number): number for number in _READERS},
    "threatintelligence": 28,
    "threatintelligenceurl": 41,
    "threatintelligenceatpcontent": 47,
}
