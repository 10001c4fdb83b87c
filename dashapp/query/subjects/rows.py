"""Fields of rows that are no messages: clicks, reports by people, files in shared storage."""

from dataclasses import replace
from typing import Any

from dashapp.query.fields import NAMES, Field, Group, Place


def _own(name: str, **changes: Any) -> Field:
    """The field called ``name``, read from the row itself."""
    return replace(NAMES[name], place=Place.ROW, **changes)


def _plain(name: str, group: Group, **changes: Any) -> Field:
    """The same where the row holds it in a column of the field's name, as it came."""
    return _own(name, column=name, shown="", folded=False, group=group, **changes)


def _listed(name: str, group: Group, **changes: Any) -> Field:
    """The same where the row holds a list; ``data.subjects`` makes it when rows are read."""
    return replace(NAMES[name], place=Place.LIST, shown="", group=group, **changes)


def _named(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


_clicked = _own("Timestamp", label="Time clicked", help="When the link was clicked.", group=Group.CLICK)
_click_url, _click_domain = _own("ClickUrl"), _own("ClickDomain")
CLICK_FIELDS = _named(
    _clicked,
    _own("RecipientEmailAddress", column="account", shown="AccountUpn", help="Who clicked.", group=Group.CLICK),
    _own("ClickAction", label="URL click action"),
    _own("ClickVerdict"),
    _click_url,
    _click_domain,
    _own("IsClickedThrough"),
    _own("ClickIP"),
    _own("ClickId"),
    _own("NetworkMessageId", help="The message the link was in.", group=Group.CLICK),
    _own("Workload", values=("Email", "Office", "Teams"), help="The service the link was clicked in."),
    _listed("ClickThreat", Group.CLICK, label="Threat type"),
    _listed("ClickTechnology", Group.CLICK, label="Detection technology"),
    _own("UrlChain"),
) | {"Url": _click_url, "UrlDomain": _click_domain, "ClickTime": _clicked}

REPORT_FIELDS = _named(
    _own("Timestamp", label="Time reported", help="When the message was reported.", group=Group.REPORT),
    _plain("Subject", Group.REPORT),
    _plain("SenderFromAddress", Group.REPORT),
    _own("RecipientEmailAddress", group=Group.REPORT),
    _own("SubmittedBy"),
    _own("SubmissionType"),
    _own("SubmissionVerdict"),
    _own("SubmissionStatus"),
    _own("SubmissionId"),
    _own("NetworkMessageId", help="The reported message.", group=Group.REPORT),
    _own("InternetMessageId", group=Group.REPORT),
)

DOCUMENT_FIELDS = _named(
    _own("Timestamp", help="When the file was found.", group=Group.FILE),
    _own("FileName", label="Name", help="Name of the file; finds any part of it."),
    _own("Workload", values=("SharePoint", "OneDrive", "Teams"), help="The service the file is in.", group=Group.FILE),
    _listed("ThreatTypes", Group.FILE, label="Threat", help="What was found in the file."),
    _own("ThreatNames", help="Name of what was found in the file.", group=Group.FILE),
    _own("ThreatFamily", help="Malware family, read from the threat name.", group=Group.FILE),
    _listed("DetectionTechnology", Group.FILE, help="What found the threat in the file."),
    _own("LastModifiedBy"),
    _own("FileOwner"),
    _own("FileOwnerName"),
    _own("FileSize", label="Size", help="Size of the file in bytes."),
    _own("LastModifiedTime"),
    _own("FileCreationTime"),
    _own("FolderPath"),
    _own("DocumentId"),
    _own("SHA256", label="SHA256", help="SHA-256 of the file."),
)
