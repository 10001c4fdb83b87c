"""Hunts for what happened after delivery: how well it went, who clicked first, what was purged when."""

from datetime import timedelta

import pandas as pd

from dashapp.data.buckets import bucket
from dashapp.data.engine import Engine
from dashapp.data.engine_frame import UTC_TIME
from dashapp.data.engine_sql import FAR_FUTURE
from dashapp.data.filtering.places import SUCCESS
from dashapp.data.hunts._common import MOST_ROWS
from dashapp.data.metrics import REMOVALS, efficacy
from dashapp.query.window import Grain, Window

EFFICACY = {"part": "str", "messages": "int64", "share": "float64"}
CLICKED = {
    "clicked": UTC_TIME,
    "removed": UTC_TIME,
    "minutes_between": "float64",
    "recipient": "str",
    "url": "str",
    "click": "str",
    "removal": "str",
    "message": "str",
}
PURGED = {"day": "datetime64[us]", "spam": "int64", "phish": "int64", "malware": "int64", "failed": "int64"}
_KINDS = {"spam": "spam zap", "phish": "phish zap", "malware": "malware zap"}


def efficacy_shares(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """What became of all attacks, by the time of the message.

    Args:
        engine: Pinned.
        window: Half-open.

    Returns:
        Three rows, as ``dashapp.data.metrics.efficacy`` has them.

        - ``part`` (str)
        - ``messages`` (int64)
        - ``share`` (float64): of all attacks; 0 where there are none

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    frame = efficacy(engine, window)
    total = int(frame["messages"].sum())
    return frame.assign(share=frame["messages"] / total if total else 0.0).astype(EFFICACY)


def clicked_first(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Links that were opened before their message was removed from the same mailbox.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open; of the click.

    Returns:
        One row per click, newest first.

        - ``clicked``, ``removed`` (datetime64[us, UTC])
        - ``minutes_between`` (float64): from the click to the removal
        - ``recipient``, ``url``, ``click``, ``removal``, ``message`` (str): what the click and the removal were called;
          the last is ``NetworkMessageId``

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = {"Timestamp", "NetworkMessageId", "account", "Url", "ActionType", "IsClickedThrough"}
    clicks = engine.table("UrlClickEvents", window, columns=columns)
    through = (clicks["ActionType"].lower() == "clickallowed") | clicks["IsClickedThrough"].fill_null(False)
    clicks = clicks.filter(through).select(
        clicked="Timestamp", id="NetworkMessageId", person="account", url="Url", click="ActionType"
    )
    columns = {"Timestamp", "NetworkMessageId", "recipient", "ActionType", "ActionResult"}
    removals = engine.table("EmailPostDeliveryEvents", Window(window.start, FAR_FUTURE), columns=columns)
    done = removals["ActionType"].lower().isin(REMOVALS) & removals["ActionResult"].lower().isin(SUCCESS)
    removals = removals.filter(done).select(
        "recipient", message="NetworkMessageId", removed="Timestamp", removal="ActionType"
    )
    same = [
        clicks["id"] == removals["message"],
        clicks["person"] == removals["recipient"],
        clicks["clicked"] < removals["removed"],
    ]
    pairs = clicks.join(removals, same)
    seconds = (pairs["removed"].epoch_seconds() - pairs["clicked"].epoch_seconds()).cast("float64")
    found = pairs.mutate(minutes_between=seconds / 60.0).select(*CLICKED)
    order = [found["clicked"].desc(), found["message"], found["recipient"]]
    return engine.frame(found.order_by(order).limit(MOST_ROWS), CLICKED)


def purged_by_day(engine: Engine, window: Window, zone: str) -> pd.DataFrame:
    """What zero-hour auto purge removed, by the day of the removal.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.
        zone: Where days begin.

    Returns:
        One row per day of the window until the last purge in the data, in order, days without any included.

        - ``day`` (datetime64[us]): naive local midnight
        - ``spam``, ``phish``, ``malware`` (int64): messages purged with success
        - ``failed`` (int64): attempts of any kind that did not work

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = engine.table("EmailPostDeliveryEvents", window, columns={"Timestamp", "ActionType", "ActionResult"})
    kind = rows["ActionType"].lower()
    rows = rows.filter(kind.isin(list(_KINDS.values())))
    day = bucket(rows["Timestamp"], window, grain=Grain.DAY, zone=zone)
    done = rows["ActionResult"].lower().isin(SUCCESS)
    counted = {name: rows.count(where=done & (rows["ActionType"].lower() == text)) for name, text in _KINDS.items()}
    counts = rows.group_by(day=day).agg(**counted, failed=rows.count(where=~done.fill_null(False)))
    frame = engine.frame(counts.order_by("day"), PURGED)
    return _with_quiet_days(frame, engine, window, zone)


def _with_quiet_days(frame: pd.DataFrame, engine: Engine, window: Window, zone: str) -> pd.DataFrame:
    """``frame`` with a row for each day that the data covers; nothing is known of days it does not."""
    times = engine.snapshot.time_range("EmailPostDeliveryEvents")
    if times is None or times[0] >= window.end or times[1] < window.start:
        return frame
    first, last = max(window.start, times[0]), min(window.end - timedelta(microseconds=1), times[1])
    start, end = (pd.Timestamp(edge).tz_convert(zone).tz_localize(None).normalize() for edge in (first, last))
    days = pd.date_range(start, end, freq="D", unit="us", name="day")
    return frame.set_index("day").reindex(days, fill_value=0).reset_index().astype(PURGED)
