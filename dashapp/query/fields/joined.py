"""Fields whose values are in other tables than ``EmailEvents``: a term on them means "exists one"."""

from functools import partial

from dashapp.query.fields.message import LOCATIONS, TECHNOLOGIES, THREATS
from dashapp.query.fields.model import Field, Group, Kind, Place

_url = partial(Field, place=Place.URL, group=Group.URL)
_URL = (
    _url(
        "Url",
        "URL",
        Kind.TEXT,
        "url_lower",
        shown="Url",
        aliases=("link", "urlpath"),
        sensitive=True,
        folded=True,
        help="A URL in the message; finds any part of it.",
    ),
    _url(
        "UrlDomain",
        "URL domain",
        Kind.KEYWORD,
        "url_domain",
        shown="UrlDomain",
        aliases=("linkdomain",),
        folded=True,
        help="Host of a URL in the message.",
    ),
    _url(
        "UrlRegisteredDomain",
        "URL registered domain",
        Kind.KEYWORD,
        "url_registered_domain",
        folded=True,
        help="The registered part of a URL's host.",
    ),
    _url(
        "UrlSource",
        "URL source",
        Kind.KEYWORD,
        "UrlLocation",
        values=("Body", "Header", "Subject", "Attachment", "CloudAttachment", "QRCode", "Unknown"),
        aliases=("urllocation",),
        help="Where in the message the URL was found.",
    ),
    _url("UrlThreat", "URL threat", Kind.TEXT, "ThreatTypes", values=THREATS, help="What was found behind a URL."),
)

_file = partial(Field, place=Place.ATTACHMENT, group=Group.FILE)
_FILE = (
    _file(
        "FileName",
        "Attachment name",
        Kind.TEXT,
        "file_name",
        shown="FileName",
        aliases=("filename", "file", "attachment", "attachmentname"),
        sensitive=True,
        folded=True,
        help="Name of an attached file; finds any part of it.",
    ),
    _file(
        "FileType",
        "File type",
        Kind.KEYWORD,
        "FileType",
        values=("pdf", "docx", "xlsx", "zip", "html", "exe", "png"),
        aliases=("type",),
        help="True type of an attached file, from its content.",
    ),
    _file(
        "FileExtension",
        "File extension",
        Kind.KEYWORD,
        "file_extension",
        shown="FileExtension",
        values=("pdf", "docx", "xlsx", "zip", "html", "exe", "png"),
        aliases=("extension", "ext"),
        folded=True,
        help="Extension of an attached file's name.",
    ),
    _file(
        "SHA256",
        "Attachment SHA256",
        Kind.KEYWORD,
        "SHA256",
        aliases=("hash", "sha", "filehash"),
        help="SHA-256 of an attached file.",
    ),
    _file("FileSize", "File size", Kind.NUMBER, "FileSize", help="Size of an attached file in bytes."),
    _file(
        "FileThreat", "File threat", Kind.TEXT, "ThreatTypes", values=THREATS, help="What was found in an attachment."
    ),
    _file(
        "FileThreatName",
        "File threat name",
        Kind.TEXT,
        "ThreatNames",
        help="Name of what was found in an attachment.",
    ),
    _file("FileFamily", "File malware family", Kind.KEYWORD, "threat_family", help="Malware family of an attachment."),
)

_click = partial(Field, place=Place.CLICK, group=Group.CLICK)
_CLICK = (
    _click(
        "ClickVerdict",
        "Click verdict",
        Kind.KEYWORD,
        "click_verdict",
        values=(
            "Allowed",
            "Blocked",
            "Block overridden",
            "Pending verdict",
            "Pending verdict bypassed",
            "Error",
            "Failure",
            "None",
        ),
        aliases=("click", "clicked"),
        help="What happened when this recipient clicked a URL of the message.",
    ),
    _click(
        "ClickAction",
        "Click action",
        Kind.KEYWORD,
        "ActionType",
        values=(
            "ClickAllowed",
            "ClickBlocked",
            "ClickBlockedByTenantPolicy",
            "UrlErrorPage",
            "UrlScanInProgress",
        ),
        help="The click's action as the mail service reported it.",
    ),
    _click(
        "ClickUrl",
        "Clicked URL",
        Kind.TEXT,
        "url_lower",
        shown="Url",
        folded=True,
        sensitive=True,
        help="URL that was clicked.",
    ),
    _click(
        "ClickDomain",
        "Clicked domain",
        Kind.KEYWORD,
        "url_domain",
        folded=True,
        help="Host of the URL that was clicked.",
    ),
    _click(
        "IsClickedThrough",
        "Clicked through",
        Kind.FLAG,
        "IsClickedThrough",
        aliases=("clickedthrough", "clickthrough"),
        help="The recipient went on to the original URL.",
    ),
    _click("ClickTime", "Click time", Kind.TIME, "Timestamp", help="When the recipient clicked."),
    _click(
        "ClickIP",
        "Click IP",
        Kind.IP,
        "IPAddress",
        aliases=("clientip",),
        sensitive=True,
        key="client_ip_key",
        help="Address the recipient clicked from; takes CIDR blocks.",
    ),
    _click("ClickId", "Click ID", Kind.KEYWORD, "ReportId", sensitive=True, help="Identifier of the click."),
)

_after = partial(Field, place=Place.POST_DELIVERY, group=Group.AFTER_DELIVERY)
_AFTER = (
    _after(
        "AdditionalAction",
        "Additional action",
        Kind.KEYWORD,
        "ActionType",
        values=(
            "Phish ZAP",
            "Malware ZAP",
            "Spam ZAP",
            "Manual remediation",
            "Automated remediation",
            "Dynamic Delivery",
            "Quarantine release",
            "Redelivery",
            "Reprocessed",
        ),
        aliases=("additionalactions", "zap", "remediation"),
        help="What was done with the message after delivery; AdditionalAction:*ZAP finds every ZAP.",
    ),
    _after(
        "PostDeliveryAction",
        "Action after delivery",
        Kind.KEYWORD,
        "Action",
        values=(
            "Moved to junk folder",
            "Moved to deleted items",
            "Soft deleted",
            "Hard deleted",
            "Moved to quarantine",
            "Moved to inbox",
        ),
        help="Where an action after delivery moved the message.",
    ),
    _after(
        "PostDeliveryResult",
        "Result after delivery",
        Kind.KEYWORD,
        "ActionResult",
        values=("Success", "AdminPolicy", "Error", "Timeout"),
        aliases=("actionresult",),
        help="Whether an action after delivery worked.",
    ),
    _after(
        "PostDeliveryTrigger",
        "Trigger after delivery",
        Kind.KEYWORD,
        "ActionTrigger",
        values=("AdminAction", "SpecialAction"),
        help="Who or what started an action after delivery.",
    ),
    _after(
        "PostDeliveryLocation",
        "Location after delivery",
        Kind.KEYWORD,
        "DeliveryLocation",
        values=LOCATIONS,
        help="Where the message was after any action after delivery.",
    ),
    _after(
        "PostDeliveryTechnology",
        "Technology after delivery",
        Kind.TEXT,
        "DetectionMethods",
        values=TECHNOLOGIES,
        help="What found the threat after delivery.",
    ),
    _after("PostDeliveryTime", "Time of action", Kind.TIME, "Timestamp", help="When an action after delivery ran."),
)

_campaign = partial(Field, place=Place.CAMPAIGN, group=Group.CAMPAIGN)
_CAMPAIGN = (
    _campaign("CampaignId", "Campaign ID", Kind.KEYWORD, "CampaignId", help="Identifier of the campaign."),
    _campaign(
        "CampaignName", "Campaign", Kind.TEXT, "CampaignName", aliases=("campaign",), help="Name of the campaign."
    ),
    _campaign("CampaignType", "Campaign type", Kind.KEYWORD, "CampaignType", values=THREATS, help="Its main threat."),
    _campaign(
        "CampaignSubtype",
        "Campaign subtype",
        Kind.TEXT,
        "CampaignSubtype",
        help="Brand that is imitated, or malware family.",
    ),
)

_alert = partial(Field, place=Place.ALERT, group=Group.ALERT)
_ALERT = (
    _alert(
        "AlertId", "Alert ID", Kind.KEYWORD, "AlertId", sensitive=True, help="Identifier of an alert on the message."
    ),
    _alert(
        "AlertTitle",
        "Alert",
        Kind.TEXT,
        "Title",
        aliases=("alert",),
        sensitive=True,
        help="Title of an alert on the message.",
    ),
    _alert(
        "AlertSeverity",
        "Alert severity",
        Kind.KEYWORD,
        "Severity",
        values=("High", "Medium", "Low", "Informational"),
        aliases=("severity",),
        help="Severity of an alert on the message.",
    ),
)

_report = partial(Field, place=Place.SUBMISSION, group=Group.REPORT)
_REPORT = (
    _report(
        "SubmissionType",
        "Report",
        Kind.KEYWORD,
        "SubmissionType",
        values=("User", "Admin", "AttackSimUser"),
        aliases=("reported", "submission"),
        help="Who reported the message: a user, an administrator, or a user who was sent a simulation (AttackSimUser).",
    ),
    _report(
        "SubmittedBy",
        "Reported by",
        Kind.KEYWORD,
        "submitted_by",
        shown="SubmittedBy",
        aliases=("reporter", "reportedby"),
        sensitive=True,
        folded=True,
        help="Who reported the message.",
    ),
    _report(
        "SubmissionVerdict",
        "Verdict of the report",
        Kind.KEYWORD,
        "Verdict",
        values=("Phish", "Malware", "Spam", "No threats found"),
        help="What the check of the report found.",
    ),
    _report("SubmissionStatus", "Status of the report", Kind.KEYWORD, "Status", help="How far the check has come."),
    _report(
        "SubmissionId",
        "Report ID of the user",
        Kind.KEYWORD,
        "SubmissionId",
        sensitive=True,
        help="Identifier of the report.",
    ),
)

_person = partial(Field, place=Place.IDENTITY, group=Group.RECIPIENT)
_PERSON = (
    _person(
        "RecipientName",
        "Recipient name",
        Kind.TEXT,
        "AccountDisplayName",
        aliases=("toname",),
        sensitive=True,
        help="Name of the recipient in the directory.",
    ),
    _person("Department", "Department", Kind.KEYWORD, "Department", aliases=("dept",), help="Recipient's department."),
    _person("JobTitle", "Job title", Kind.TEXT, "JobTitle", sensitive=True, help="Recipient's job title."),
    _person("RecipientCountry", "Recipient country", Kind.KEYWORD, "Country", help="Recipient's country."),
    _person("RecipientCity", "Recipient city", Kind.KEYWORD, "City", help="Recipient's city."),
    _person(
        "UserTag",
        "Recipient tag",
        Kind.KEYWORD,
        "UserTags",
        values=("Priority account",),
        aliases=("tag", "tags", "usertags"),
        help="Tag of the recipient, such as Priority account.",
    ),
    _person(
        "RiskLevel",
        "Recipient risk",
        Kind.KEYWORD,
        "RiskLevel",
        values=("Low", "Medium", "High"),
        aliases=("risk",),
        help="Risk level of the recipient's account.",
    ),
)

JOINED_FIELDS = (*_URL, *_FILE, *_CLICK, *_AFTER, *_CAMPAIGN, *_ALERT, *_REPORT, *_PERSON)
