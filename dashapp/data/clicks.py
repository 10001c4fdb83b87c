"""Clicks on links of messages: over time, per link, and the latest. Always those of the recipient of the message."""

from typing import Any

import ibis
import pandas as pd

from dashapp.data.engine import Engine
from dashapp.data.engine_sql import stored
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import JOINS, MESSAGE_KEY, joined_rows
from dashapp.data.remembered import remembered
from dashapp.data.subjects import rows_of
from dashapp.data.valued import leading, text_of
from dashapp.data.volume import leading_over_time
from dashapp.query.fields import Place
from dashapp.query.subjects import CLICKS, MESSAGES, Subject
from dashapp.query.tree import Node
from dashapp.query.window import Grain, Window

VERDICTS = {  # count of ``top_clicks`` to value of the field ClickVerdict
    "blocked": "Blocked",
    "allowed": "Allowed",
    "overridden": "Block overridden",
    "pending": "Pending verdict",
    "bypassed": "Pending verdict bypassed",
    "none": "None",
    "error": "Error",
    "failure": "Failure",
}
TOP_CLICKS = {"url": "str"} | dict.fromkeys((*VERDICTS, "clicks"), "int64")
TOP_CLICKERS = {"recipient": "str"} | dict.fromkeys((*VERDICTS, "clicks"), "int64")
CLICK_TOTALS = {"clicks": "int64", "later": "int64", "people": "int64"}
LATEST_CLICKS = {
    "time": "datetime64[us]",
    "recipient": "str",
    "verdict": "str",
    "url": "str",
    "threat": "str",
    "address": "str",
    "message_id": "str",
}
PIVOTS = ("domain", "verdict", "url", "path")


@remembered
def clicks_over_time(
    engine: Engine, node: Node, window: Window, *, by: str, grain: Grain, zone: str = "UTC", top: int = 10
) -> pd.DataFrame:
    """Count the clicks on messages per bucket of local time, for those that were made in the same time range.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Of the messages and of the clicks; half-open.
        by: ``domain``, ``verdict``, ``url``, or ``path`` (domain and path of the URL).
        grain: Width of a bucket.
        zone: IANA name; buckets start at its hours, midnights, Mondays or firsts.
        top: How many values have a series of their own, most frequent first; the others are ``Others``.

    Returns:
        One row per bucket and series with clicks, sorted by both; no row for a zero count.

        - ``bucket`` (datetime64[us]): start of the bucket as naive local time
        - ``series`` (str): value, ``Others``, or ``(none)`` for clicks without a value
        - ``messages`` (int64): clicks, at least 1

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The viewer may not see clicks, or what the filter looks at.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    engine.ensure_reads_messages()
    columns = {"click_verdict"} if by == "verdict" else {"url_domain"} if by == "domain" else {"url_lower"}
    clicks = _clicks(engine, node, window, columns)
    clicks = clicks.filter(clicks["Timestamp"] >= stored(window.start), clicks["Timestamp"] < stored(window.end))
    valued = clicks.select("Timestamp", value=text_of(_pivot(clicks, by)))
    return leading_over_time(engine, valued, window, grain=grain, zone=zone, top=top)


@remembered
def click_totals(engine: Engine, node: Node, window: Window) -> pd.DataFrame:
    """How many clicks there were on messages, whenever they were made.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Of the messages; half-open.

    Returns:
        One row.

        - ``clicks`` (int64)
        - ``later`` (int64): of these, not made inside ``window``
        - ``people`` (int64): different recipients who clicked

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter looks at what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    clicks = _clicks(engine, node, window, set())
    outside = (clicks["Timestamp"] < stored(window.start)) | (clicks["Timestamp"] >= stored(window.end))
    totals = clicks.aggregate(
        clicks=clicks.count(), later=clicks.count(where=outside), people=clicks["account"].nunique()
    )
    return engine.frame(totals, CLICK_TOTALS)


@remembered
def latest_clicks(engine: Engine, node: Node, window: Window, *, limit: int) -> pd.DataFrame:
    """The last clicks on messages, whenever they were made.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Of the messages; half-open.
        limit: Most rows to return.

    Returns:
        One row per click, newest first.

        - ``time`` (datetime64[us]): naive UTC
        - ``recipient`` (str): who clicked, in lower case
        - ``verdict`` (str): what happened, as the field ``ClickVerdict``
        - ``url`` (str): as it was clicked
        - ``threat`` (str): what was found behind it; empty if nothing
        - ``address`` (str): the IP address of the click; empty if not known
        - ``message_id`` (str): ``NetworkMessageId`` of the message

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The viewer may not see clicks, or what the filter looks at.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    columns = {"Url", "click_verdict", "ThreatTypes", "IPAddress", "ReportId"}
    clicks = _clicks(engine, node, window, columns)
    newest = clicks.order_by(ibis.desc("Timestamp"), "ReportId").limit(limit)
    texts = {
        "recipient": "account",
        "verdict": "click_verdict",
        "url": "Url",
        "threat": "ThreatTypes",
        "address": "IPAddress",
        "message_id": "NetworkMessageId",
    }
    said = {name: newest[column].fill_null("") for name, column in texts.items()}
    rows = newest.select("ReportId", time="Timestamp", **said).order_by(ibis.desc("time"), "ReportId")
    return engine.frame(rows.drop("ReportId"), LATEST_CLICKS)


@remembered
def top_clicks(
    engine: Engine, node: Node, window: Window, *, limit: int, by: str = "clicks", subject: Subject = MESSAGES
) -> pd.DataFrame:
    """The URLs clicked most in messages, whenever that was, and what happened.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Of the messages; half-open.
        limit: Most rows to return.
        by: The count that decides which URLs lead.
        subject: What ``node`` and ``window`` are of, messages or the clicks themselves.

    Returns:
        One row per URL, by the count ``by`` descending, then ``url``.

        - ``url`` (str): in lower case, as the field ``ClickUrl`` compares
        - ``blocked`` … ``failure`` (int64): clicks with that verdict, see ``VERDICTS``
        - ``clicks`` (int64): all of them

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The viewer may not see clicks, or what the filter looks at.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    if subject is MESSAGES:
        clicks = _clicks(engine, node, window, {"url_lower", "click_verdict"})
    else:
        clicks = where(engine, rows_of(engine, subject, window, columns=()), node, subject)
    first = _most(clicks, "url_lower", limit=limit, by=by)
    return engine.frame(first.rename(url="value").select(*TOP_CLICKS), TOP_CLICKS)


@remembered
def top_clickers(engine: Engine, node: Node, window: Window, *, limit: int, by: str = "clicks") -> pd.DataFrame:
    """Who clicked most, and what happened.

    Args:
        engine: Inside the viewer's scope.
        node: Which clicks.
        window: Of the clicks; half-open.
        limit: Most rows to return.
        by: The count that decides who leads.

    Returns:
        One row per person, by the count ``by`` descending, then ``recipient``.

        - ``recipient`` (str): in lower case
        - ``blocked`` … ``failure`` (int64): clicks with that verdict, see ``VERDICTS``
        - ``clicks`` (int64): all of them

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The viewer may not see clicks, or what the filter looks at.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    clicks = where(engine, rows_of(engine, CLICKS, window, columns=()), node, CLICKS)
    first = _most(clicks, "account", limit=limit, by=by)
    return engine.frame(first.rename(recipient="value").select(*TOP_CLICKERS), TOP_CLICKERS)


def _most(clicks: ibis.Table, column: str, *, limit: int, by: str) -> ibis.Table:
    """``value`` and the counts of clicks, in all and by verdict, of the leading values of ``column``."""
    clicks = clicks.filter(clicks[column] != "")
    verdict = clicks["click_verdict"]
    counts = {name: clicks.count(where=verdict == value) for name, value in VERDICTS.items()}
    found = clicks.group_by(value=column).agg(**counts, clicks=clicks.count())
    return leading(found.filter(found[by] > 0), ibis.desc(by), limit)


def _clicks(engine: Engine, node: Node, window: Window, columns: set[str]) -> ibis.Table:
    """The clicks on the messages ``node`` keeps.

    Message and recipient are the key of a message, so each click comes once; joined in full, the database keeps the few
    clicks in memory rather than all messages.
    """
    needed = {*MESSAGE_KEY, *columns_of(node)}
    messages = where(engine, engine.table("EmailEvents", window, columns=needed), node)
    clicks = joined_rows(engine, messages, Place.CLICK, columns)
    (join,) = JOINS[Place.CLICK]
    keys = messages.select("NetworkMessageId", "recipient")
    same = [clicks["NetworkMessageId"] == keys["NetworkMessageId"], clicks[join.recipient] == keys["recipient"]]
    return clicks.inner_join(keys, same).select(*clicks.columns)


def _pivot(clicks: ibis.Table, by: str) -> Any:
    """What the clicks are told apart by.

    Raises:
        ValueError: ``by`` is none of ``PIVOTS``.
    """
    if by == "verdict":
        return clicks["click_verdict"]
    if by == "domain":
        return clicks["url_domain"]
    if by == "url":
        return clicks["url_lower"]
    if by == "path":
        return clicks["url_lower"].re_replace(r"^[a-z][a-z0-9+.-]*://", "").re_replace(r"[?#].*$", "")
    raise ValueError(by)
