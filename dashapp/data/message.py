"""Everything the lake knows about one message: its rows, and what belongs to them in every other table.

A message is found by its id among the rows around a time, else in the whole lake. What belongs to it is read without
the scope and then kept for recipients who are inside the scope.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import ibis
import pandas as pd

from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_frame import UTC_TIME, Contract
from dashapp.data.engine_sql import FAR_FUTURE, FAR_PAST, asked
from dashapp.data.filtering.places import EARLIER, people
from dashapp.query.window import Window

MOST_COPIES = 500
MOST_RECORDS = 200  # of any one table
SEPARATOR = ", "
_MICROSECOND = timedelta(microseconds=1)
_SAME = timedelta(minutes=30)  # what is written with a message has its time, as a rule


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "str")


COPIES: Contract = (
    {"Timestamp": UTC_TIME}
    | _texts("recipient RecipientEmailAddress explorer_delivery DeliveryLocation")
    | dict.fromkeys(("UrlCount", "AttachmentCount"), "Int64")
)
MESSAGE: Contract = (
    {"Timestamp": UTC_TIME}
    | _texts(
        "NetworkMessageId InternetMessageId recipient RecipientEmailAddress Subject SenderFromAddress "
        "SenderDisplayName "
        "SenderMailFromAddress SenderFromDomain SenderMailFromDomain sender_ip sender_country sender_as_org "
        "EmailDirection EmailLanguage DeliveryAction DeliveryLocation explorer_delivery LatestDeliveryLocation "
        "primary_threat threat_types ThreatNames threat_family det_techs primary_technology confidence "
        "ThreatClassification EmailAction EmailActionPolicy AuthenticationDetails spf dkim dmarc compauth "
        "primary_override primary_override_source override_sources OrgLevelAction OrgLevelPolicy UserLevelAction "
        "UserLevelPolicy ExchangeTransportRule Connectors DistributionList ForwardingInformation To Cc Context "
        "AdditionalFields"
    )
    | dict.fromkeys(
        ("EmailClusterId", "EmailSize", "AttachmentCount", "UrlCount", "BulkComplaintLevel", "sender_asn"), "Int64"
    )
    | dict.fromkeys(("IsFirstContact", "is_simulation", "is_free_mail", "is_disposable"), "boolean")
)
URLS: Contract = _texts("Url UrlDomain UrlLocation ThreatTypes DetectionMethods")
ATTACHMENTS: Contract = _texts(
    "recipient FileName FileType FileExtension SHA256 ThreatTypes ThreatNames DetectionMethods threat_family"
) | {"FileSize": "Int64"}
RECORDS: Contract = (
    {"Timestamp": UTC_TIME} | _texts("table who kind what result place actor text threats") | {"through": "boolean"}
)
PERSON: Contract = _texts("AccountDisplayName Department JobTitle Country City UserTags")

# For each table what its columns are called in RECORDS; ``who`` is the recipient the record belongs to.
_RECORDED: dict[str, dict[str, str]] = {
    "EmailPostDeliveryEvents": {
        "who": "recipient",
        "kind": "ActionType",
        "what": "Action",
        "result": "ActionResult",
        "place": "DeliveryLocation",
        "actor": "ActionTrigger",
        "threats": "ThreatTypes",
    },
    "UrlClickEvents": {
        "who": "account",
        "kind": "ActionType",
        "what": "click_verdict",
        "place": "IPAddress",
        "actor": "Workload",
        "text": "Url",
        "threats": "ThreatTypes",
        "through": "IsClickedThrough",
    },
    "UserSubmissions": {
        "who": "recipient",
        "kind": "SubmissionType",
        "what": "Verdict",
        "result": "Status",
        "actor": "SubmittedBy",
        "text": "SubmissionId",
    },
    "AlertEvidence": {"kind": "Severity", "what": "Title", "text": "AlertId"},
    "CampaignInfo": {
        "who": "recipient",
        "kind": "CampaignType",
        "what": "CampaignName",
        "actor": "CampaignSubtype",
        "text": "CampaignId",
    },
}
_OF_ONE_RECIPIENT = ("EmailPostDeliveryEvents", "UrlClickEvents", "CampaignInfo")


def copies(engine: Engine, message_id: str, around: Window | None) -> pd.DataFrame:
    """To whom a message went, at most 500 rows.

    Args:
        engine: Inside the viewer's scope; what is outside it is not found.
        message_id: ``NetworkMessageId``, exactly.
        around: When the message came; looked at first. None, or nothing there: the whole lake.

    Returns:
        One row per recipient by recipient, in the columns of ``COPIES``: the time as datetime64[us, UTC], counts as
        Int64, the rest as str (missing: NaN); no rows if there is no such message.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    frame = _copies(engine, message_id, around)
    return _copies(engine, message_id, None) if frame.empty and around is not None else frame


def _copies(engine: Engine, message_id: str, window: Window | None) -> pd.DataFrame:
    rows = _of_message(engine.table("EmailEvents", window, columns={*COPIES, "NetworkMessageId"}), message_id)
    return _frame(engine, rows.order_by("recipient").limit(MOST_COPIES), COPIES)


def message(engine: Engine, message_id: str, recipient: str | None, sent: datetime) -> pd.DataFrame:
    """All that the message's own row says: one row in the columns of ``MESSAGE``, or none.

    Text is str (missing: NaN), lists are joined by ``, ``, numbers Int64, flags boolean, the time datetime64[us, UTC].

    Args:
        engine: Inside the viewer's scope.
        message_id: ``NetworkMessageId``, exactly.
        recipient: Lower-cased address as in ``copies``; None: the row that names nobody.
        sent: The row's very time.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    rows = _of_message(engine.table("EmailEvents", Window(sent, sent + _MICROSECOND), columns=MESSAGE), message_id)
    same = rows["recipient"].isnull() if recipient is None else rows["recipient"] == asked(recipient)
    return _frame(engine, rows.filter(same).limit(1), MESSAGE)


def urls(engine: Engine, message_id: str, sent: datetime, stated: int | None) -> pd.DataFrame:
    """The URLs of a message (columns of ``URLS``, str), by where they stand, then by text; at most 200.

    Args:
        engine: Any.
        message_id: Of a message inside the viewer's scope.
        sent: Its time.
        stated: How many URLs the message says it has; None if it does not say.
    """
    return _beside(engine, "EmailUrlInfo", URLS, message_id, sent, stated, order=("UrlLocation", "Url"))


def attachments(
    engine: Engine, message_id: str, recipients: Collection[str], sent: datetime, stated: int | None
) -> pd.DataFrame:
    """The attachments of a message (columns of ``ATTACHMENTS``) by name; once for each of ``recipients`` who got them.

    Args:
        engine: Any.
        message_id: Of a message inside the viewer's scope.
        recipients: Lower-cased; only what they got.
        sent: The message's time.
        stated: How many attachments the message says it has; None if it does not say.
    """
    order = ("FileName", "SHA256", "recipient")
    found = _beside(engine, "EmailAttachmentInfo", ATTACHMENTS, message_id, sent, stated, order=order)
    return found[found["recipient"].isin(list(recipients))].reset_index(drop=True)


def _beside(
    engine: Engine,
    table: str,
    contract: Contract,
    message_id: str,
    sent: datetime,
    stated: int | None,
    *,
    order: Iterable[str],
) -> pd.DataFrame:
    """Records written with the message; looked for around its time, and later only if some are missing there."""
    near, later = around(sent, _SAME), Window(_before(sent), FAR_FUTURE)
    for window in (near, later):
        rows = _of_message(engine.source(table, window, columns={*contract, "NetworkMessageId"}), message_id)
        frame = _frame(engine, rows.order_by(list(order)).limit(MOST_RECORDS), contract)
        if stated is not None and len(frame) >= stated:
            break
    return frame


def records(engine: Engine, message_id: str, recipients: Collection[str], sent: datetime) -> pd.DataFrame:
    """What other tables record about a message: actions after delivery, clicks, reports, alerts, campaigns.

    Args:
        engine: Any.
        message_id: Of a message inside the viewer's scope.
        recipients: Lower-cased; what belongs to others is left out. Reports that name nobody, and alerts, are not.
        sent: The message's time.

    Returns:
        Columns of ``RECORDS``, earliest first, at most 200 of each table: ``table``; ``who`` of the recipients it
        belongs to; and, str with NaN where missing,

        - EmailPostDeliveryEvents: kind of action, what was done, result, place it was put, actor (trigger), threats
        - UrlClickEvents: kind, what (verdict), place (client address), actor (workload), text (URL), threats; through
        - UserSubmissions: kind, what (verdict), result (status), actor (who reported), text (id)
        - AlertEvidence: kind (severity), what (title), text (id); once per alert
        - CampaignInfo: kind, what (name), actor (subtype), text (id)
    """
    since = Window(_before(sent), FAR_FUTURE)
    parts = [_recorded(engine, table, names, message_id, since) for table, names in _RECORDED.items()]
    frame = _frame(engine, ibis.union(*parts), RECORDS)
    theirs = frame["who"].isin(list(recipients))
    nobodys = frame["who"].isna() & ~frame["table"].isin(_OF_ONE_RECIPIENT)
    kept = frame[theirs | nobodys].sort_values(["Timestamp", "table", "text"], kind="stable")
    once = ~(kept["table"].eq("AlertEvidence") & kept.duplicated(["table", "text"]))
    return kept[once].reset_index(drop=True)


def _recorded(engine: Engine, table: str, names: dict[str, str], message_id: str, since: Window) -> ibis.Table:
    columns = {"Timestamp", "NetworkMessageId", *names.values()}
    rows = _of_message(engine.source(table, since, columns=columns), message_id)
    shown = {
        name: rows[names[name]] if name in names else ibis.null("boolean" if dtype == "boolean" else "string")
        for name, dtype in RECORDS.items()
        if name not in {"Timestamp", "table"}
    }
    named = rows.select(Timestamp=rows["Timestamp"], table=ibis.literal(table), **shown)
    return named.order_by("Timestamp").limit(MOST_RECORDS)


def person(engine: Engine, address: str) -> pd.DataFrame:
    """The latest record of the directory about an address (columns of ``PERSON``, str): one row, or none."""
    return _frame(engine, people(engine, set(PERSON), among=[asked(address)]).limit(1), PERSON)


def around(instant: datetime, slack: timedelta = EARLIER) -> Window:
    """The time around an instant in which the rows of a message for all its recipients lie."""
    return Window(_before(instant, slack), min(instant, FAR_FUTURE - slack) + slack)


def _before(instant: datetime, slack: timedelta = EARLIER) -> datetime:
    return max(instant, FAR_PAST + slack) - slack


def _of_message(rows: ibis.Table, message_id: str) -> ibis.Table:
    return rows.filter(rows["NetworkMessageId"] == asked(message_id))


def _frame(engine: Engine, rows: ibis.Table, contract: Contract) -> pd.DataFrame:
    shown = {name: rows[name].join(SEPARATOR) if rows[name].type().is_array() else rows[name] for name in contract}
    return engine.frame(rows.select(**shown), contract, lane=Lane.LIGHT)
