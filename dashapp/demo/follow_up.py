"""What followed delivery: EmailPostDeliveryEvents, UrlClickEvents, UserSubmissions."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.demo import after_delivery, details, ids, tables, verdicts
from dashapp.demo.day import Day
from dashapp.demo.rows import CLEAN
from dashapp.demo.vocabulary import encode


def post_delivery(day: Day) -> tables.Rendered:
    """Return what happened to the day's mail after delivery, as EmailPostDeliveryEvents."""
    events, rows = day.post, day.rows
    at = events.row
    message = tables.message_ids(day, rows["message"][at])
    triggers = np.isin(events.code, (after_delivery.MANUAL, after_delivery.REDELIVERY))
    locations = ("Junk folder", "Deleted items", "Deleted items", "Deleted items", "Quarantine", "Inbox/folder")
    failed = events.result != after_delivery.SUCCESS
    columns = {
        "Timestamp": tables.times(events.time),
        "NetworkMessageId": message,
        "InternetMessageId": tables.internet_ids(day, rows["message"][at], rows["sender"][at]),
        "Action": encode(after_delivery.ACTIONS, events.extra),
        "ActionType": encode(after_delivery.ACTION_TYPES, events.code),
        "ActionTrigger": encode(("SpecialAction", "AdminAction"), triggers.astype(np.int32)),
        "ActionResult": encode(after_delivery.RESULTS, events.result),
        "RecipientEmailAddress": day.book.addresses.encode(rows["recipient"][at]),
        "DeliveryLocation": encode((*locations, "Inbox/folder"), np.where(failed, 6, events.extra)),
        "ThreatTypes": encode(tables.THREATS, tables.threat_codes(day)[at]),
        "DetectionMethods": encode(verdicts.DETECTIONS, rows["detection"][at]),
        "ReportId": tables.report_ids(message, rows["recipient"][at].astype(np.int64) * 8 + events.code),
    }
    return tables.rendered("EmailPostDeliveryEvents", columns, events.time)


def click_ids(day: Day) -> pa.Array:
    """Return the id of each click; a second record of a click repeats it."""
    events, rows = day.clicks, day.rows
    number = (rows["message"][events.row] * 40_000 + rows["recipient"][events.row]) * 16 + events.extra
    return ids.guids(day.plan, tables.CLICK, day.date.toordinal(), number)


def url_clicks(day: Day) -> tables.Rendered:
    """Return the clicks on URLs of the day's mail, as UrlClickEvents."""
    events, rows = day.clicks, day.rows
    at = events.row
    url = details.urls(day, at, events.extra)
    threat = np.where((rows["threat"][at] > CLEAN) & ~rows["simulation"][at], rows["threat"][at], -1)
    techniques = [json.dumps({name: ["URL malicious reputation"]}) for name in ("", "Spam", "Phish", "Malware")]
    office = [f"203.0.113.{last}" for last in range(241, 255)]
    columns = {
        "Timestamp": tables.times(events.time),
        "Url": url,
        "ActionType": encode(after_delivery.CLICKS, events.code),
        "AccountUpn": day.book.addresses.encode(rows["recipient"][at]),
        "Workload": encode(("Email",), np.zeros(len(at))),
        "NetworkMessageId": tables.message_ids(day, rows["message"][at]),
        "ThreatTypes": encode(tables.THREATS, threat),
        "DetectionMethods": encode(techniques, threat),
        "IPAddress": encode(office, rows["recipient"][at] % len(office)),
        "IsClickedThrough": pa.array(events.result > 0),
        "UrlChain": pc.binary_join_element_wise(pc.binary_join_element_wise('["', url, ""), '"]', ""),
        "ReportId": click_ids(day),
        "AppName": encode(("Outlook",), np.zeros(len(at))),
    }
    return tables.rendered("UrlClickEvents", columns, events.time)


def user_submissions(day: Day) -> tables.Rendered:
    """Return what people reported of the day's mail, as UserSubmissions."""
    events, rows = day.submissions, day.rows
    at = events.row
    number = rows["message"][at] * 40_000 + rows["recipient"][at]
    by_admin = events.code == after_delivery.BY_ADMIN
    own = day.book.addresses.encode(np.where(by_admin, _security_officer(day), rows["recipient"][at]))
    columns = {
        "Timestamp": tables.times(events.time),
        "SubmissionId": ids.guids(day.plan, tables.SUBMISSION, day.date.toordinal(), number),
        "NetworkMessageId": tables.message_ids(day, rows["message"][at]),
        "InternetMessageId": tables.internet_ids(day, rows["message"][at], rows["sender"][at]),
        "RecipientEmailAddress": day.book.addresses.encode(rows["recipient"][at]),
        "SubmittedBy": own,
        "SubmissionType": encode(after_delivery.SUBMISSION_TYPES, events.code),
        "Subject": tables.subjects(day, at),
        "SenderFromAddress": day.book.addresses.encode(rows["sender"][at]),
        "Verdict": encode(after_delivery.VERDICTS, np.where(events.extra > 0, -1, events.result)),
        "Status": encode(("Completed", "Pending"), events.extra),
    }
    return tables.rendered("UserSubmissions", columns, events.time)


def _security_officer(day: Day) -> int:
    """Return the number of the user who submits for others: the first of Information Technology."""
    return int(np.argmax(day.organisation.department >= 3))
