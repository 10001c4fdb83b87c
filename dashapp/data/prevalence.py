"""How often a thing takes part in mail, since when, and with whom: the questions behind its panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import ibis
import pandas as pd

from dashapp.data.buckets import bucket
from dashapp.data.engine import Engine
from dashapp.data.engine_frame import UTC_TIME, Contract
from dashapp.data.entities import messages
from dashapp.domain.values import ATTACKS
from dashapp.query.entities import Part
from dashapp.query.fields import FIELDS
from dashapp.query.window import Grain, Window

OVER_TIME: Contract = (
    {"bucket": "datetime64[us]"}
    | dict.fromkeys(("threat", "delivery", "spf", "dkim", "dmarc"), "str")
    | {"messages": "int64", "first": UTC_TIME, "last": UTC_TIME}
)
LEADING: Contract = {"field": "str", "value": "str", "messages": "int64", "malicious": "int64", "values": "int64"}
LATEST: Contract = (
    {"Timestamp": UTC_TIME}
    | dict.fromkeys(
        (
            *("NetworkMessageId", "recipient", "Subject", "SenderFromAddress", "primary_threat", "explorer_delivery"),
            *("sender_registered_domain", "sender_country", "sender_as_org"),
        ),
        "str",
    )
    | {"sender_asn": "Int64", "is_free_mail": "boolean", "is_disposable": "boolean"}
)
MOST_COMPARED = 20_000  # messages whose senders and recipients are counted


def whole_time(engine: Engine) -> Window | None:
    """From the first to the last message of the lake, to the minute; None while there is none."""
    times = engine.snapshot.time_range("EmailEvents")
    if times is None:
        return None
    first, last = (time.replace(second=0, microsecond=0) for time in times)
    return Window(first, last + timedelta(minutes=1))


def over_time(engine: Engine, part: Part, value: str, *, grain: Grain, zone: str) -> pd.DataFrame:
    """Messages in which ``value`` takes part, counted over all the time there is data.

    Args:
        engine: Inside the viewer's scope.
        part: How it takes part.
        value: Of an ``Entity``.
        grain: Width of a bucket.
        zone: IANA name; where buckets start.

    Returns:
        One row per bucket (naive local start) and combination of verdict, delivery and results of SPF, DKIM and DMARC
        (str, NaN where the data does not say), with ``messages`` (int64) and the times of the ``first`` and ``last`` of
        them (datetime64[us, UTC]); by bucket. No rows if it takes part in none.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    window = whole_time(engine)
    if window is None:
        return pd.DataFrame(columns=list(OVER_TIME)).astype(dict(OVER_TIME))
    columns = {"primary_threat", "explorer_delivery", "spf", "dkim", "dmarc"}
    rows = messages(engine, part, value, columns)
    groups = rows.group_by(
        bucket=bucket(rows["Timestamp"], window, grain=grain, zone=zone),
        threat=rows["primary_threat"],
        delivery=rows["explorer_delivery"],
        spf=rows["spf"],
        dkim=rows["dkim"],
        dmarc=rows["dmarc"],
    )
    counts = groups.agg(messages=rows.count(), first=rows["Timestamp"].min(), last=rows["Timestamp"].max())
    return engine.frame(counts.order_by("bucket", "threat", "delivery", "spf", "dkim", "dmarc"), OVER_TIME)


def since(counts: pd.DataFrame, least: int) -> datetime | None:
    """From when on the latest ``least`` messages of ``over_time`` came, and few more; None: there are not as many.

    Args:
        counts: A frame of ``over_time``.
        least: How many are wanted.
    """
    buckets = counts.groupby("bucket", sort=True).agg({"messages": "sum", "first": "min"})[::-1]
    enough = buckets["messages"].cumsum() >= least
    if not enough.any():
        return None
    start: datetime = buckets["first"][enough].iloc[0].to_pydatetime()
    return start


def leading(
    engine: Engine, part: Part, value: str, fields: Sequence[str], *, start: datetime | None, limit: int = 5
) -> pd.DataFrame:
    """The most frequent values of some fields among the messages in which ``value`` takes part.

    Args:
        engine: Inside the viewer's scope.
        part: How it takes part.
        value: Of an ``Entity``.
        fields: Names of fields of the message itself.
        start: Only messages from then on; None: all.
        limit: Most values of each field.

    Returns:
        One row per ``field`` and ``value`` (str), in the order of ``fields``, then by ``messages`` descending, then by
        value: ``messages`` and ``malicious`` among them (int64), and how many different ``values`` (int64) the field
        has. Messages without a value are left out.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = {name: FIELDS[name].column for name in fields}
    rows = messages(engine, part, value, {*columns.values(), "primary_threat"}, since=start)
    parts = [_leading(rows, name, column, limit) for name, column in columns.items()]
    frame = engine.frame(parts[0] if len(parts) == 1 else ibis.union(*parts), LEADING)
    places = frame["field"].map(list(fields).index)
    order = frame.assign(place=places).sort_values(["place", "messages", "value"], ascending=[True, False, True])
    return order.drop(columns="place").reset_index(drop=True)


def _leading(rows: ibis.Table, name: str, column: str, limit: int) -> ibis.Table:
    given = rows.filter(rows[column] != "")
    counts = given.group_by(value=given[column]).agg(
        messages=given.count(), malicious=given.count(where=given["primary_threat"].isin(ATTACKS))
    )
    numbered = counts.mutate(values=counts.count().over(), field=ibis.literal(name))
    return numbered.order_by(numbered["messages"].desc(), numbered["value"]).limit(limit).select(*LEADING)


def latest(engine: Engine, part: Part, value: str, *, start: datetime | None, limit: int = 5) -> pd.DataFrame:
    """The latest messages in which ``value`` takes part, newest first, in the columns of ``LATEST``.

    Texts are str (missing: NaN), the time is datetime64[us, UTC], ``sender_asn`` Int64, flags are boolean.

    Args:
        engine: Inside the viewer's scope.
        part: How it takes part.
        value: Of an ``Entity``.
        start: It is known that there are ``limit`` from then on; None: nothing is known.
        limit: Most rows.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, part, value, set(LATEST), since=start)
    newest = rows.order_by(rows["Timestamp"].desc(), "NetworkMessageId", "recipient").limit(limit)
    return engine.frame(newest.select(*LATEST), LATEST)
