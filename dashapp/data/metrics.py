"""The dashboard's numbers. What each means is in ``domain.metrics``; a number and the list behind it use one filter."""

from datetime import UTC, timedelta
from functools import cache
from typing import Any

import ibis
import pandas as pd

from dashapp.data.buckets import bucket, bucket_of
from dashapp.data.counting import counted
from dashapp.data.engine import Engine
from dashapp.data.engine_frame import UTC_TIME
from dashapp.data.engine_sql import FAR_FUTURE, FAR_PAST
from dashapp.data.filtering import columns_of, matching, where
from dashapp.data.filtering.places import MESSAGE_KEY, SUCCESS
from dashapp.data.lanes import Lane
from dashapp.data.remembered import remembered
from dashapp.data.top import attacks
from dashapp.domain.metrics import DEFINITIONS, EFFICACY_PARTS, Metric
from dashapp.domain.values import Delivery, Threat
from dashapp.query.grammar import parse
from dashapp.query.tree import Exact, Node, Value, all_of
from dashapp.query.window import Grain, Window

TILES = {"metric": "str", "bucket": "datetime64[us]", "count": "int64"}
METRIC_TOTALS = {"metric": "str", "count": "int64", "beside": "int64", "has_data": "bool"}
EFFICACY = {"part": "str", "messages": "int64"}
STOPPED = (Delivery.BLOCKED, Delivery.REPLACED, Delivery.JUNKED)
REMOVALS = ("malware zap", "phish zap", "spam zap", "automated remediation", "manual remediation")
REDELIVERY = "redelivery"
_OWN = {"bucket": "datetime64[us]", "count": "int64", "beside": "int64"}
_DAY = timedelta(days=1)
_ROLLED = (Metric.ATTACKS, Metric.MALWARE_BLOCKED, Metric.PHISH_BLOCKED, Metric.ZERO_DAY)
_OF_ONE_TABLE = {Metric.URLS_BLOCKED: "UrlClickEvents", Metric.USER_REPORTED: "UserSubmissions"}
_THREAT_OF = {Metric.MALWARE_BLOCKED: Threat.MALWARE, Metric.PHISH_BLOCKED: Threat.PHISH}


@cache
def metric_filter(metric: Metric) -> Node:
    """The messages behind a metric."""
    return parse(DEFINITIONS[metric].filter_text)


@remembered
def tiles(engine: Engine, window: Window, *, grain: Grain, zone: str = "UTC") -> pd.DataFrame:
    """Every metric over time.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.
        grain: Width of a bucket.
        zone: IANA name.

    Returns:
        One row per metric and bucket with a count, in the order of ``Metric``, then by bucket; no row for a zero.
        Messages count at the time of the message, clicks and reports at their own.

        - ``metric`` (str): value of ``domain.metrics.Metric``
        - ``bucket`` (datetime64[us]): start of the bucket as naive local time
        - ``count`` (int64)

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    counts = _counts(engine.pinned(), window, grain=grain, zone=zone)
    return counts[counts["count"] > 0][list(TILES)].reset_index(drop=True).astype(TILES)


@remembered
def metric_totals(engine: Engine, window: Window, *, grain: Grain = Grain.MONTH, zone: str = "UTC") -> pd.DataFrame:
    """Every metric as one number.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.
        grain: Of the tiles shown beside them, whose answers then serve twice; the numbers do not depend on it.
        zone: Of these tiles.

    Returns:
        One row per metric, in the order of ``Metric``, zeros included.

        - ``metric`` (str): value of ``domain.metrics.Metric``
        - ``count`` (int64)
        - ``beside`` (int64): of malware and phish blocked: the same threat put into junk; of URLs blocked: warnings
          clicked through; else 0
        - ``has_data`` (bool): the window overlaps the data of the table the metric needs; without it 0 means unknown

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    sums = _counts(engine, window, grain=grain, zone=zone).groupby("metric")[["count", "beside"]].sum()
    frame = sums.reindex([metric.value for metric in Metric], fill_value=0).rename_axis("metric").reset_index()
    return frame.assign(has_data=[_has_data(engine, window, metric) for metric in Metric]).astype(METRIC_TOTALS)


@remembered
def efficacy(engine: Engine, window: Window) -> pd.DataFrame:
    """What became of all attacks, by the time of the message.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.

    Returns:
        Exactly three rows, in the order of ``EFFICACY_PARTS``; together they are all attacks. A message put into
        its mailbox again after a false alarm was not stopped.

        - ``part`` (str): ``Blocked or junked before delivery``, ``Removed after delivery``, ``Uncaught``
        - ``messages`` (int64)

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    columns = {*MESSAGE_KEY, "explorer_delivery", *columns_of(attacks())}
    messages = where(engine, engine.table("EmailEvents", window, columns=columns), attacks())
    marked = _with_events(engine, messages, window)
    stopped, removed, uncaught = EFFICACY_PARTS
    part = ibis.cases(
        (marked["explorer_delivery"].isin(STOPPED) & ~marked["redelivered"], stopped),
        (marked["removed"], removed),
        else_=uncaught,
    )
    counts = marked.group_by(part=part).agg(messages=marked.count())
    frame = engine.frame(counts, EFFICACY).set_index("part")
    return frame.reindex(list(EFFICACY_PARTS), fill_value=0).reset_index().astype(EFFICACY)


def _with_events(engine: Engine, messages: ibis.Table, window: Window) -> ibis.Table:
    """``messages`` with whether each was ``removed`` from its mailbox or ``redelivered`` to it, with success."""
    later = Window(window.start, FAR_FUTURE)
    columns = {*MESSAGE_KEY, "ActionType", "ActionResult"}
    events = engine.source("EmailPostDeliveryEvents", later, columns=columns)
    kind = events["ActionType"].lower()
    done = events.filter(events["ActionResult"].lower().isin(SUCCESS), kind.isin((*REMOVALS, REDELIVERY)))
    again = done["ActionType"].lower() == REDELIVERY
    facts = done.group_by(_id="NetworkMessageId", _recipient="recipient").agg(
        _removed=(~again).any(), _again=again.any()
    )
    joined = messages.left_join(
        facts, [messages["NetworkMessageId"] == facts["_id"], messages["recipient"] == facts["_recipient"]]
    )
    no = ibis.literal(False)
    return joined.select(
        "explorer_delivery", removed=joined["_removed"].fill_null(no), redelivered=joined["_again"].fill_null(no)
    )


def _counts(engine: Engine, window: Window, *, grain: Grain, zone: str) -> pd.DataFrame:
    """``metric``, ``bucket``, ``count`` and ``beside``, in the order of ``Metric``, then by bucket."""
    parts = _rolled(engine, window, grain=grain, zone=zone)
    for metric in _OF_ONE_TABLE:
        parts[metric] = _own(engine, window, metric, grain=grain, zone=zone)
    parts[Metric.REMOVED_AFTER_DELIVERY] = _removed(engine, window, grain=grain, zone=zone)
    return pd.concat([parts[metric].assign(metric=metric.value) for metric in Metric], ignore_index=True)


def _rolled(engine: Engine, window: Window, *, grain: Grain, zone: str) -> dict[Metric, pd.DataFrame]:
    """The metrics that the hourly counts know, in one go; all of them are attacks."""
    junked = Exact("ExplorerDelivery", (Value(Delivery.JUNKED.value),))
    nodes = {metric.value: metric_filter(metric) for metric in _ROLLED}
    for metric, threat in _THREAT_OF.items():
        nodes[f"{metric.value}-beside"] = all_of(Exact("PrimaryThreat", (Value(threat.value),)), junked)
    columns = frozenset().union(*map(columns_of, nodes.values()))
    found = counted(engine, attacks(), window, columns=columns, zone=zone, hourly=grain is not Grain.MINUTE)
    start = bucket(found.rows["time"], window, grain=grain, zone=zone)
    # Kinds of messages are far fewer than rows, and each is looked at once for each metric.
    kinds = found.rows.group_by(bucket=start, **{name: found.rows[name] for name in columns}).agg(messages=found.total)
    totals = {name: _sum_where(kinds, matching(engine, kinds, node)) for name, node in nodes.items()}
    contract = {"bucket": TILES["bucket"]} | dict.fromkeys(nodes, "int64")
    wide = engine.frame(kinds.group_by("bucket").agg(**totals).order_by("bucket"), contract, lane=found.lane)
    none = pd.Series(0, index=wide.index)
    return {
        metric: pd.DataFrame(
            {"bucket": wide["bucket"], "count": wide[metric.value], "beside": wide.get(f"{metric.value}-beside", none)}
        )
        for metric in _ROLLED
    }


def _removed(engine: Engine, window: Window, *, grain: Grain, zone: str) -> pd.DataFrame:
    """Few messages, found among all by their ids, which takes long; so they are kept for the days of the window.

    A range that ends now has another beginning and end each minute, but not other days.
    """
    days = _whole_days(window)
    found = engine.again(("removed", days), lambda: _removals(engine, days))
    times = found["Timestamp"]
    inside = times[(times >= window.start) & (times < window.end)]
    counts = bucket_of(inside, window, grain=grain, zone=zone).value_counts().sort_index()
    return pd.DataFrame({"bucket": counts.index, "count": counts.to_numpy(), "beside": 0})


def _removals(engine: Engine, window: Window) -> pd.DataFrame:
    node = metric_filter(Metric.REMOVED_AFTER_DELIVERY)
    messages = engine.table("EmailEvents", window, columns={"Timestamp", *columns_of(node)})
    return engine.frame(where(engine, messages, node).select("Timestamp"), {"Timestamp": UTC_TIME})


def _whole_days(window: Window) -> Window:
    """The days in UTC that hold ``window``."""
    first = window.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = min(window.end.astimezone(UTC), FAR_FUTURE - _DAY) + _DAY
    return Window(first, last.replace(hour=0, minute=0, second=0, microsecond=0))


def _sum_where(kinds: ibis.Table, condition: Any) -> Any:
    return kinds["messages"].sum(where=condition).fill_null(ibis.literal(0)).cast("int64")


def _own(engine: Engine, window: Window, metric: Metric, *, grain: Grain, zone: str) -> pd.DataFrame:
    """Clicks blocked, and beside them those clicked through; or reports."""
    rows = _own_rows(engine, window, metric)
    start = bucket(rows["Timestamp"], window, grain=grain, zone=zone)
    beside = ibis.literal(0, type="int64")
    if metric is Metric.URLS_BLOCKED:
        beside = rows.count(where=rows["IsClickedThrough"].fill_null(ibis.literal(False)))
    counts = rows.group_by(bucket=start).agg(count=rows.count(), beside=beside).order_by("bucket")
    return engine.frame(counts, _OWN, lane=Lane.LIGHT)  # few rows; of messages the simulations only, sent all at once


def _own_rows(engine: Engine, window: Window, metric: Metric) -> ibis.Table:
    """Clicks or reports, without those about our own simulations."""
    name = _OF_ONE_TABLE[metric]
    columns = {"Timestamp", "NetworkMessageId"} | (
        {"ActionType", "IsClickedThrough"} if name == "UrlClickEvents" else set()
    )
    rows = engine.table(name, window, columns=columns)
    if metric is Metric.URLS_BLOCKED:
        rows = rows.filter(rows["ActionType"].lower().startswith("clickblocked"))
    before = Window(FAR_PAST, window.end)
    messages = engine.source("EmailEvents", before, columns={"NetworkMessageId", "is_simulation"})
    simulated = messages.filter(messages["is_simulation"])
    return rows.anti_join(simulated, rows["NetworkMessageId"] == simulated["NetworkMessageId"])


def _has_data(engine: Engine, window: Window, metric: Metric) -> bool:
    times = engine.snapshot.time_range(DEFINITIONS[metric].table)
    return times is not None and times[0] < window.end and times[1] >= window.start
