"""What mail carries and belongs to: EmailUrlInfo, EmailAttachmentInfo, CampaignInfo."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.demo import ids, lures, tables, verdicts, words
from dashapp.demo.day import Day
from dashapp.demo.rows import CLEAN, MALWARE, PHISH, QR, Array, Mess
from dashapp.demo.vocabulary import encode


def _exploded(counts: Array) -> tuple[Array, Array]:
    """Return, for each thing of each row, the row's position and the thing's number within it."""
    of_row = np.repeat(np.arange(len(counts)), counts)
    return of_row, np.arange(len(of_row)) - np.repeat(np.cumsum(counts) - counts, counts)


def first_of_message(day: Day) -> Array:
    """Return the position of the first row of each message."""
    _, first = np.unique(day.rows["message"], return_index=True)
    return first


def urls(day: Day, positions: Array, which: Array) -> pa.Array:
    """Return URL number ``which`` of the message of each row position."""
    rows = day.rows
    number = rows["message"][positions] * 16 + which
    token = ids.hexes(ids.keyed(day.plan, tables.URL, day.date.toordinal(), number))
    base = day.urls.values().take(pa.array(rows["url_base"][positions]))
    tail = pc.utf8_slice_codeunits(token, 0, 12)
    # two thousand characters for a few; nothing for the rest, or a large day would not fit an array
    ends = pa.array(["", "&" + "redirect=%2e%2e%2f" * 106]).take(
        pa.array((rows["mess"][positions] == Mess.LONG_URL) * 1)
    )
    return pc.binary_join_element_wise(base, tail, ends, "")


def email_url_info(day: Day) -> tables.Rendered:
    """Return the day's EmailUrlInfo: a row for each URL of each message."""
    first = first_of_message(day)
    of_first, which = _exploded(day.rows["urls"][first])
    at = first[of_first]
    message = tables.message_ids(day, day.rows["message"][at])
    threat = np.where(day.rows["simulation"][at], 0, day.rows["threat"][at])
    location = np.where((day.rows["vector"][at] == QR) & (which == 0), 1, np.where(which == 5, 2, 0))
    columns = {
        "Timestamp": tables.times(day.rows["time"][at]),
        "NetworkMessageId": message,
        "Url": urls(day, at, which),
        "UrlDomain": encode(_hosts_of(day), day.rows["url_base"][at]),
        "UrlLocation": encode(("Body", "QRCode", "Header"), location),
        "ReportId": tables.report_ids(message, which + 1),
        "ThreatTypes": encode(tables.THREATS, np.where((threat > CLEAN) & (which == 0), threat, -1)),
    }
    return tables.rendered("EmailUrlInfo", columns, day.rows["arrival"][at])


def _hosts_of(day: Day) -> pa.Array:
    return pc.struct_field(pc.extract_regex(day.urls.values(), r"https://(?P<host>[^/]+)/"), "host")


def email_attachment_info(day: Day) -> tables.Rendered:
    """Return the day's EmailAttachmentInfo: a row for each file of each row."""
    rows, book = day.rows, day.book
    at, which = _exploded(np.where(rows["duplicate"], 0, rows["files"]))
    ours = len(words.WORK_FILES)
    code = rows["file"][at]
    code = np.where(code < ours, (code + which) % ours, code)
    names = day.file_names.values()
    types = pc.utf8_lower(pc.struct_field(pc.extract_regex(names, r".*\.(?P<type>[A-Za-z0-9]+)$"), "type"))
    number = rows["message"][at] * 8 + which
    day_number = day.date.toordinal()
    random_hash = ids.hexes(*(ids.keyed(day.plan, tables.FILE + part, day_number, number) for part in range(4)))
    known_hash = day.file_hashes.values().take(pa.array(code))
    hostile = np.where(rows["threat"][at] >= PHISH, rows["threat"][at], -1)
    message = tables.message_ids(day, rows["message"][at])
    columns = {
        "Timestamp": tables.times(rows["time"][at]),
        "NetworkMessageId": message,
        "SenderFromAddress": book.addresses.encode(rows["sender"][at]),
        "SenderDisplayName": book.names.encode(rows["sender"][at]),
        "SenderObjectId": tables.object_ids(day, rows["sender"][at]),
        "RecipientEmailAddress": book.addresses.encode(rows["recipient"][at]),
        "RecipientObjectId": tables.object_ids(day, rows["recipient"][at]),
        "FileName": encode(names, code),
        "FileType": encode(pc.fill_null(types, ""), code),
        "SHA256": pc.if_else(pa.array(code < ours), random_hash, known_hash),
        "FileSize": pa.array((rows["size"][at] // np.maximum(rows["files"][at], 1)).astype(np.int64)),
        "ThreatTypes": encode(tables.THREATS, hostile),
        "ThreatNames": encode([one.threat_name for one in lures.FAMILIES], rows["threat_name"][at]),
        "DetectionMethods": encode(verdicts.DETECTIONS, np.where(hostile > 0, rows["detection"][at], -1)),
        "ReportId": tables.report_ids(message, rows["recipient"][at].astype(np.int64) * 8 + which),
        "FileExtension": encode(pc.fill_null(types, ""), code),
    }
    return tables.rendered("EmailAttachmentInfo", columns, rows["arrival"][at])


def campaign_info(day: Day) -> tables.Rendered:
    """Return the day's CampaignInfo: every row of a phish or malware campaign."""
    rows = day.rows
    at = np.flatnonzero((rows["campaign"] >= 0) & (rows["threat"] >= PHISH) & ~rows["duplicate"])
    campaign = rows["campaign"][at]
    message = tables.message_ids(day, rows["message"][at])
    kinds = ("", "Spam", "Phish", "Malware")
    subtypes = [f"W32/{one.subtype}" if one.threat == MALWARE else one.subtype for one in day.campaigns]
    columns = {
        "Timestamp": tables.times(rows["time"][at]),
        "CampaignName": encode([one.name for one in day.campaigns], campaign),
        "CampaignId": encode([one.id for one in day.campaigns], campaign),
        "CampaignType": encode([kinds[one.threat] for one in day.campaigns], campaign),
        "CampaignSubtype": encode(subtypes, campaign),
        "NetworkMessageId": message,
        "RecipientEmailAddress": day.book.addresses.encode(rows["recipient"][at]),
        "ReportId": tables.report_ids(message, rows["recipient"][at]),
    }
    return tables.rendered("CampaignInfo", columns, rows["arrival"][at])
