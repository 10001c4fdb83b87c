"""Alerts raised by what followed delivery: AlertInfo and AlertEvidence."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dashapp.demo import after_delivery, details, ids, tables
from dashapp.demo.day import Day, Events
from dashapp.demo.rows import MALWARE, Array

_MINUTE = 60_000_000
_MOST_MESSAGES = 25  # entities an alert lists
_SERVICE = "Microsoft Defender for Office 365"


@dataclass(frozen=True)
class _Kind:
    title: str
    severity: str
    techniques: str


_REMOVED_URL = _Kind("Email messages containing malicious URL removed after delivery", "Informational", '["T1566.002"]')
_REMOVED_FILE = _Kind(
    "Email messages containing malicious file removed after delivery", "Informational", '["T1566.001"]'
)
_CLICK = _Kind("A potentially malicious URL click was detected", "High", '["T1566.002","T1204.001"]')
_REPORT = _Kind("Email reported by user as malware or phish", "Low", '["T1566"]')
_KINDS = (_REMOVED_URL, _REMOVED_FILE, _CLICK, _REPORT)


@dataclass(frozen=True)
class _Alert:
    kind: int
    time: int
    events: Array  # positions in the events it came from
    source: Events


def _alerts(day: Day) -> list[_Alert]:
    rows, post, clicks, reports = day.rows, day.post, day.clicks, day.submissions
    worked = (post.result == after_delivery.SUCCESS) & np.isin(
        post.code, (after_delivery.PHISH_ZAP, after_delivery.MALWARE_ZAP)
    )
    found = []
    clusters = rows["cluster"][post.row]
    for cluster in np.unique(clusters[worked]):
        here = np.flatnonzero(worked & (clusters == cluster))
        kind = int(rows["threat"][post.row[here[0]]] == MALWARE)
        found.append(_Alert(kind, int(post.time[here].max()) + 5 * _MINUTE, here, post))
    bad = np.flatnonzero(
        (rows["threat"][clicks.row] > 1) & ~rows["simulation"][clicks.row] & (clicks.code != after_delivery.CLICK_ERROR)
    )
    found += [_Alert(2, int(clicks.time[one]) + 3 * _MINUTE, np.array([one]), clicks) for one in bad]
    told = np.flatnonzero(reports.code == after_delivery.BY_USER)
    found += [_Alert(3, int(reports.time[one]) + 2 * _MINUTE, np.array([one]), reports) for one in told]
    return found


def alert_tables(day: Day) -> list[tuple[str, tables.Rendered]]:
    """Return the day's AlertInfo and AlertEvidence; evidence shares its alert's time."""
    found = _alerts(day)
    names = ids.guids(day.plan, tables.ALERT, day.date.toordinal(), np.arange(len(found))).to_pylist()
    time = np.array([alert.time for alert in found], np.int64)
    kinds = [_KINDS[alert.kind] for alert in found]
    info = {
        "Timestamp": tables.times(time),
        "AlertId": pa.array(names, pa.string()),
        "Title": pa.array([kind.title for kind in kinds], pa.string()),
        "Category": pa.array(["InitialAccess"] * len(found), pa.string()),
        "Severity": pa.array([kind.severity for kind in kinds], pa.string()),
        "ServiceSource": pa.array([_SERVICE] * len(found), pa.string()),
        "DetectionSource": pa.array(["MDO"] * len(found), pa.string()),
        "AttackTechniques": pa.array([kind.techniques for kind in kinds], pa.string()),
    }
    return [("AlertInfo", tables.rendered("AlertInfo", info, time)), ("AlertEvidence", _evidence(day, found, names))]


def _evidence(day: Day, found: list[_Alert], names: list[str]) -> tables.Rendered:
    alert_of, row_of, kind_of, click_of = [], [], [], []
    for number, alert in enumerate(found):
        seen: set[tuple[str, int]] = set()
        for position in alert.events[:_MOST_MESSAGES].tolist():
            row = int(alert.source.row[position])
            values = {"MailMessage": "message", "User": "recipient"} | ({"Url": "message"} if alert.kind == 2 else {})
            for entity, column in values.items():
                value = int(day.rows[column][row])
                if (entity, value) in seen:
                    continue
                seen.add((entity, value))
                alert_of.append(number)
                row_of.append(row)
                kind_of.append(entity)
                click_of.append(int(alert.source.extra[position]) if alert.kind == 2 else 0)
    return _evidence_table(
        day, found, names, _Evidence(np.array(alert_of, int), np.array(row_of, int), kind_of, np.array(click_of, int))
    )


@dataclass(frozen=True)
class _Evidence:
    alert: Array
    row: Array
    kind: list[str]
    url: Array


def _evidence_table(day: Day, found: list[_Alert], names: list[str], one: _Evidence) -> tables.Rendered:
    rows, size = day.rows, len(one.kind)
    time = np.array([alert.time for alert in found], np.int64)[one.alert]
    kinds = [_KINDS[found[number].kind] for number in one.alert]
    is_mail, is_user, is_url = (
        pa.array([kind == name for kind in one.kind], pa.bool_()) for name in ("MailMessage", "User", "Url")
    )
    message, url = tables.message_ids(day, rows["message"][one.row]), details.urls(day, one.row, one.url)
    person = day.book.addresses.values().take(pa.array(rows["recipient"][one.row]))
    nothing = pa.scalar(None, pa.string())
    only = pa.compute.if_else
    columns = {
        "Timestamp": tables.times(time),
        "AlertId": pa.array([names[number] for number in one.alert], pa.string()),
        "Title": pa.array([kind.title for kind in kinds], pa.string()),
        "Categories": pa.array(['["InitialAccess"]'] * size, pa.string()),
        "AttackTechniques": pa.array([kind.techniques for kind in kinds], pa.string()),
        "ServiceSource": pa.array([_SERVICE] * size, pa.string()),
        "DetectionSource": pa.array(["MDO"] * size, pa.string()),
        "EntityType": pa.array(one.kind, pa.string()),
        "EvidenceRole": pa.array(["Impacted" if kind == "User" else "Related" for kind in one.kind], pa.string()),
        "RemoteUrl": only(is_url, url, nothing),
        "AccountUpn": only(is_user, person, nothing),
        "NetworkMessageId": only(is_mail, message, nothing),
        "EmailSubject": only(is_mail, tables.subjects(day, one.row), nothing),
        "Severity": pa.array([kind.severity for kind in kinds], pa.string()),
    }
    return tables.rendered("AlertEvidence", columns, time)
