"""What other tables than the messages' say about a thing: clicks, reports, alerts, documents, the directory."""

from __future__ import annotations

import ibis
import pandas as pd

from dashapp.data.engine import Engine
from dashapp.data.engine_frame import UTC_TIME, Contract
from dashapp.data.engine_sql import asked
from dashapp.data.message import PERSON, person
from dashapp.query.entities import Entity, EntityKind

CLICK_COUNTS: Contract = {
    "verdict": "str",
    "clicks": "int64",
    "people": "int64",
    "through": "int64",
    "first": UTC_TIME,
    "last": UTC_TIME,
}
CLICKS: Contract = {
    "Timestamp": UTC_TIME,
    "account": "str",
    "Url": "str",
    "verdict": "str",
    "NetworkMessageId": "str",
    "through": "boolean",
}
REPORTS: Contract = (
    {"Timestamp": UTC_TIME} | dict.fromkeys(("kind", "verdict", "subject", "message"), "str") | {"all": "int64"}
)
ALERTS: Contract = (
    {"Timestamp": UTC_TIME} | dict.fromkeys(("alert", "title", "severity", "category"), "str") | {"all": "int64"}
)
DOCUMENTS: Contract = (
    {"Timestamp": UTC_TIME}
    | dict.fromkeys(("FileName", "FolderPath", "Workload", "FileOwnerUpn", "ThreatTypes", "ThreatNames"), "str")
    | {"all": "int64"}
)
MOST_SHOWN = 5

_CLICK_COLUMNS = {EntityKind.USER: "account", EntityKind.URL: "url_lower", EntityKind.DOMAIN: "url_domain"}
_EVIDENCE = {
    EntityKind.USER: ("AccountUpn",),
    EntityKind.IP: ("RemoteIP", "LocalIP"),
    EntityKind.URL: ("RemoteUrl",),
    EntityKind.FILE: ("SHA256", "FileName"),
}


def has_clicks(entity: Entity) -> bool:
    """Whether clicks can be told by such a thing."""
    return entity.kind in _CLICK_COLUMNS


def click_counts(engine: Engine, entity: Entity) -> pd.DataFrame:
    """What happened to clicks: by a user, on a link, or on links of a domain.

    Returns:
        One row per ``verdict`` (str, NaN where none is said), by ``clicks`` descending: ``clicks``, different
        ``people`` and clicks that got ``through`` (int64), time of the ``first`` and ``last`` (datetime64[us, UTC]).
        The row of people is of its verdict only: somebody may be in several.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = _clicks(engine, entity, {"click_verdict", "account", "IsClickedThrough"})
    counts = rows.group_by(verdict=rows["click_verdict"]).agg(
        clicks=rows.count(),
        people=rows["account"].nunique(),
        through=rows.count(where=rows["IsClickedThrough"]),
        first=rows["Timestamp"].min(),
        last=rows["Timestamp"].max(),
    )
    return engine.frame(counts.order_by(ibis.desc("clicks"), "verdict"), CLICK_COUNTS)


def latest_clicks(engine: Engine, entity: Entity) -> pd.DataFrame:
    """The latest clicks as in ``click_counts``, at most 5, newest first, in the columns of ``CLICKS``.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = {"click_verdict", "account", "Url", "IsClickedThrough", "NetworkMessageId"}
    rows = _clicks(engine, entity, columns)
    shown = rows.rename(verdict="click_verdict", through="IsClickedThrough").select(*CLICKS)
    return engine.frame(shown.order_by(ibis.desc("Timestamp"), "account", "Url").limit(MOST_SHOWN), CLICKS)


def reports(engine: Engine, address: str) -> pd.DataFrame:
    """The latest messages a person reported, at most 5, newest first.

    Returns:
        Time (datetime64[us, UTC]), ``kind``, ``verdict``, ``subject`` and ``message`` (its id; str, NaN where missing),
        and in each row how many reports there are in ``all`` (int64).

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    names = {"kind": "SubmissionType", "verdict": "Verdict", "subject": "Subject", "message": "NetworkMessageId"}
    rows = engine.table("UserSubmissions", columns={*names.values(), "submitted_by", "SubmissionId"})
    theirs = rows.filter(_same(rows["submitted_by"], address))
    renamed = {new: theirs[old] for new, old in names.items()}
    shown = theirs.select("Timestamp", "SubmissionId", **renamed, all=theirs.count().over())
    return engine.frame(shown.order_by(ibis.desc("Timestamp"), "SubmissionId").limit(MOST_SHOWN), REPORTS)


def alerts(engine: Engine, entity: Entity) -> pd.DataFrame:
    """The latest alerts that name a thing among their evidence, at most 5, newest first.

    Returns:
        Time of the evidence (datetime64[us, UTC]), ``alert`` (its id), ``title``, ``severity`` and ``category`` (str,
        NaN where missing), and in each row how many alerts there are in ``all`` (int64). None about domains.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    columns = _EVIDENCE.get(entity.kind, ())
    if not columns:
        return pd.DataFrame(columns=list(ALERTS)).astype(dict(ALERTS))
    rows = engine.table("AlertEvidence", columns={*columns, "AlertId", "Title", "Severity", "Categories"})
    named = rows.filter(_any([_same(rows[column].lower(), entity.value) for column in columns]))
    told = named.group_by(alert=named["AlertId"]).agg(
        Timestamp=named["Timestamp"].max(),
        _title=named["Title"].max(),
        _severity=named["Severity"].max(),
        _categories=named["Categories"].max(),
    )
    info = engine.source("AlertInfo", columns={"AlertId", "Title", "Severity", "Category"})
    info = info.group_by("AlertId").agg(
        title=info["Title"].max(), severity=info["Severity"].max(), category=info["Category"].max()
    )
    both = told.left_join(info, told["alert"] == info["AlertId"])
    shown = both.select(
        "Timestamp",
        "alert",
        title=ibis.coalesce(both["_title"], both["title"]),
        severity=ibis.coalesce(both["_severity"], both["severity"]),
        category=ibis.coalesce(both["category"], both["_categories"]),
    )
    counted = shown.mutate(all=shown.count().over())
    return engine.frame(counted.order_by(ibis.desc("Timestamp"), "alert").limit(MOST_SHOWN), ALERTS)


def documents(engine: Engine, entity: Entity) -> pd.DataFrame:
    """The latest files in shared storage that were found malicious and are this one, at most 5, newest first.

    Returns:
        Time (datetime64[us, UTC]), names, place, owner and threats (str, NaN where missing) as in ``DOCUMENTS``, and in
        each row how many records there are in ``all`` (int64).

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    column = "SHA256" if entity.is_hash else "file_name"
    rows = engine.table("FileMaliciousContentInfo", columns={*DOCUMENTS, column, "DocumentId"} - {"all"})
    same = rows.filter(_same(rows[column].lower(), entity.value))
    counted = same.mutate(all=same.count().over())
    return engine.frame(counted.order_by(ibis.desc("Timestamp"), "DocumentId").limit(MOST_SHOWN), DOCUMENTS)


def directory(engine: Engine, address: str) -> pd.DataFrame:
    """What the directory says about an address (columns of ``PERSON``): one row, or none.

    People outside the viewer's scope are not told of.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    if engine.scoped:
        rows = engine.table("IdentityInfo", columns={"account", "email_address"})
        inside = rows.filter(_any([_same(rows[column], address) for column in ("account", "email_address")]))
        if engine.frame(inside.select("account").limit(1), {"account": "str"}).empty:
            return pd.DataFrame(columns=list(PERSON)).astype(dict(PERSON))
    return person(engine, address)


def _clicks(engine: Engine, entity: Entity, columns: set[str]) -> ibis.Table:
    engine.ensure_reads_messages()
    column = _CLICK_COLUMNS[entity.kind]
    rows = engine.table("UrlClickEvents", columns={*columns, column})
    return rows.filter(_same(rows[column], entity.value))


def _same(column: ibis.Value, value: str) -> ibis.Value:
    return column == (asked(value) if value.isascii() else asked(value).lower())


def _any(conditions: list[ibis.Value]) -> ibis.Value:
    first, *rest = conditions
    for condition in rest:
        first = first | condition
    return first
