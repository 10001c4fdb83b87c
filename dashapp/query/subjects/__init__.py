"""What the explorer's lists count: messages, clicks on links, reports by people, files in shared storage."""

from dashapp.query.subjects.model import Subject
from dashapp.query.subjects.rows import CLICK_FIELDS, DOCUMENT_FIELDS, REPORT_FIELDS

__all__ = ["CLICKS", "DOCUMENTS", "MESSAGES", "REPORTS", "SUBJECTS", "Subject"]

MESSAGES = Subject(
    "messages",
    "EmailEvents",
    "message",
    "messages",
    "One row is one message to one recipient.",
    own={},
    key=("NetworkMessageId", "recipient"),
    words=(
        "Subject",
        "SenderFromAddress",
        "SenderDisplayName",
        "RecipientEmailAddress",
        "InternetMessageId",
        "NetworkMessageId",
    ),
    account="recipient",
)
CLICKS = Subject(
    "clicks",
    "UrlClickEvents",
    "click",
    "clicks",
    "One row is one click on a link. A click opens the message the link was in.",
    own=CLICK_FIELDS,
    key=("ReportId", "ActionType"),
    words=("ClickUrl", "RecipientEmailAddress", "NetworkMessageId", "ClickId"),
    account="account",
)
REPORTS = Subject(
    "reports",
    "UserSubmissions",
    "report",
    "reports",
    "One row is one report of a message, by a person or an administrator. A click opens the message.",
    own=REPORT_FIELDS,
    key=("SubmissionId",),
    words=("Subject", "SenderFromAddress", "RecipientEmailAddress", "SubmittedBy", "NetworkMessageId"),
    account="recipient",
    loose=True,
)
DOCUMENTS = Subject(
    "files",
    "FileMaliciousContentInfo",
    "file",
    "files",
    "One row is one finding in a file of SharePoint, OneDrive or Teams. A click opens the file.",
    own=DOCUMENT_FIELDS,
    key=("DocumentId", "Timestamp"),
    words=("FileName", "FolderPath", "FileOwner", "FileOwnerName", "LastModifiedBy", "DocumentId"),
)
SUBJECTS = (MESSAGES, CLICKS, REPORTS, DOCUMENTS)
