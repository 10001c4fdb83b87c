"""What the explorer's lists count: messages, clicks on links, reports by people, files in shared storage."""

from dashapp.query.subjects.model import Subject
from dashapp.query.subjects.rows import CLICK_FIELDS, DOCUMENT_FIELDS, REPORT_FIELDS

__all__ = ["CLICKS", "DOCUMENTS", "MESSAGES", "REPORTS", "SUBJECTS", "Subject"]

MESSAGES = Subject(
    "messages",
    "EmailEvents",
    "message",
    "messages",
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
    own=DOCUMENT_FIELDS,
    key=("DocumentId", "Timestamp"),
    words=("FileName", "FolderPath", "FileOwner", "FileOwnerName", "LastModifiedBy", "DocumentId"),
)
SUBJECTS = (MESSAGES, CLICKS, REPORTS, DOCUMENTS)
