"""How many messages there were over time."""

from dataclasses import replace

import ibis
import pandas as pd

from dashapp.data.buckets import bucket
from dashapp.data.counting import Counted, counted, is_dimension
from dashapp.data.engine import Engine
from dashapp.data.filtering import columns_of, where
from dashapp.data.remembered import remembered
from dashapp.data.subjects import rows_of
from dashapp.data.valued import NONE, leading, needed, open_field, text_of, values_of, with_value
from dashapp.query.fields import Field
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Node
from dashapp.query.window import Grain, Window

VOLUME = {"bucket": "datetime64[us]", "series": "str", "messages": "int64"}
TOTALS = {"bucket": "datetime64[us]", "messages": "int64"}
OTHERS = "Others"


@remembered
def volume(
    engine: Engine,
    node: Node,
    window: Window,
    *,
    by: str,
    grain: Grain,
    zone: str = "UTC",
    top: int = 10,
    subject: Subject = MESSAGES,
) -> pd.DataFrame:
    """Count messages per bucket of local time and value of a field.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.
        by: Name of a field; a message with several values counts in each.
        grain: Width of a bucket.
        zone: IANA name; buckets start at its hours, midnights, Mondays or firsts.
        top: How many values have a series of their own, most frequent first; the others are ``Others``.
        subject: What is counted, if not messages.

    Returns:
        One row per bucket and series with messages, sorted by both; no row for a zero count.

        - ``bucket`` (datetime64[us]): start of the bucket as naive local time
        - ``series`` (str): value, ``Others``, or ``(none)`` for messages without a value
        - ``messages`` (int64): message x recipient rows, at least 1

    Raises:
        FilterError: A field is unknown or the filter means nothing.
        PermissionDenied: The field or the filter shows what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    field = open_field(engine, by, subject)
    if is_dimension(field, subject):
        frame = _over_dimension(engine, node, window, field, grain=grain, zone=zone)
    else:
        frame = _over_values(engine, node, window, field, subject, grain=grain, zone=zone, top=top)
    return _folded(frame, top)


@remembered
def totals_over_time(
    engine: Engine, node: Node, window: Window, *, grain: Grain, zone: str = "UTC", subject: Subject = MESSAGES
) -> pd.DataFrame:
    """Count messages per bucket of local time.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.
        grain: Width of a bucket.
        zone: IANA name.
        subject: What is counted, if not messages.

    Returns:
        One row per bucket with messages, sorted; no row for a zero count.

        - ``bucket`` (datetime64[us]): start of the bucket as naive local time
        - ``messages`` (int64): message x recipient rows, at least 1

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter looks at what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    found = counted(engine.pinned(), node, window, zone=zone, hourly=grain is not Grain.MINUTE, subject=subject)
    start = bucket(found.rows["time"], window, grain=grain, zone=zone)
    totals = found.rows.group_by(bucket=start).agg(messages=found.total).order_by("bucket")
    return engine.frame(totals, TOTALS, lane=found.lane)


def _over_dimension(
    engine: Engine, node: Node, window: Window, field: Field, *, grain: Grain, zone: str
) -> pd.DataFrame:
    """Per value, without a limit: a dimension has few."""
    found = counted(engine, node, window, columns=(field.column,), zone=zone, hourly=grain is not Grain.MINUTE)
    values = found.rows[field.column]
    if not values.type().is_array():
        return _grouped(engine, found, text_of(values), window, grain=grain, zone=zone)
    keep = ("time", "messages") if found.weighted else ("time",)
    each = replace(found, rows=values_of(found.rows, values, keep=keep, missing=True))
    return _grouped(engine, each, each.rows["value"], window, grain=grain, zone=zone)


def _over_values(
    engine: Engine,
    node: Node,
    window: Window,
    field: Field,
    subject: Subject,
    *,
    grain: Grain,
    zone: str,
    top: int,
) -> pd.DataFrame:
    """Per value of those that lead over the whole window; the rest is put together inside the engine."""
    columns = {"Timestamp", *needed(field), *columns_of(node)}
    rows = where(engine, rows_of(engine, subject, window, columns=columns), node, subject)
    valued = with_value(engine, rows, field, keep=("Timestamp",), missing=True, subject=subject)
    return leading_over_time(engine, valued, window, grain=grain, zone=zone, top=top)


def leading_over_time(
    engine: Engine, valued: ibis.Table, window: Window, *, grain: Grain, zone: str, top: int
) -> pd.DataFrame:
    """``volume`` of rows with a ``Timestamp`` in ``window`` and a ``value``; each row counts once.

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    counts = valued.group_by("value").agg(messages=valued.count())
    names = engine.frame(leading(counts, ibis.desc("messages"), top), {"value": "str"})["value"].tolist()
    value = valued["value"]
    series = (
        ibis.cases((value.isnull(), NONE), (value.isin(names), value), else_=OTHERS)
        if names
        else (value.isnull().ifelse(NONE, OTHERS))
    )
    found = Counted(valued.select(time="Timestamp", series=series), weighted=False, lane=None)
    return _grouped(engine, found, found.rows["series"], window, grain=grain, zone=zone)


def _grouped(
    engine: Engine, found: Counted, series: ibis.Value, window: Window, *, grain: Grain, zone: str
) -> pd.DataFrame:
    start = bucket(found.rows["time"], window, grain=grain, zone=zone)
    named = series.fill_null(ibis.literal(NONE))
    groups = found.rows.group_by(bucket=start, series=named).agg(messages=found.total).order_by("bucket", "series")
    return engine.frame(groups, VOLUME, lane=found.lane)


def _folded(frame: pd.DataFrame, top: int) -> pd.DataFrame:
    """All but the ``top`` most frequent values put together."""
    if frame["series"].nunique() <= top:
        return frame
    named = frame[~frame["series"].isin([NONE, OTHERS])]
    totals = named.groupby("series", as_index=False).agg({"messages": "sum"})
    leading = totals.sort_values(["messages", "series"], ascending=[False, True])["series"].head(top)
    kept = frame["series"].isin([*leading, NONE])
    folded = frame.assign(series=frame["series"].where(kept, OTHERS))
    return folded.groupby(["bucket", "series"], as_index=False, sort=True).agg({"messages": "sum"}).astype(VOLUME)
