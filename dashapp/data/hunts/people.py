"""Hunts for people: who is flooded, who is attacked most, whose mailbox was cleaned."""

import ibis
import pandas as pd

from dashapp.data.buckets import bucket
from dashapp.data.engine import Engine
from dashapp.data.filtering.places import SUCCESS
from dashapp.data.hunts._common import MOST_ROWS, inbound, messages
from dashapp.data.top import attacks
from dashapp.query.window import Grain, Window

BOMBED = {"recipient": "str", "hour": "datetime64[us]", "messages": "int64", "usual": "float64", "score": "float64"}
LEAST_IN_HOUR = 20
LEAST_SCORE = 10.0
REMEDIATED = {
    "recipient": "str",
    "messages": "int64",
    "hard_deleted": "int64",
    "soft_deleted": "int64",
    "moved_to_junk": "int64",
    "moved_to_deleted": "int64",
}
ATTACKED = {"recipient": "str", "attacks": "int64", "malware": "int64", "phish": "int64"}
TOP_SHARE = 0.9


def bombed(engine: Engine, window: Window, zone: str) -> pd.DataFrame:
    """Hours in which somebody got far more inbound mail than in all their other hours of the window.

    The score is how many standard deviations an hour lies above the mean of the others, quiet hours included; a
    deviation below one message counts as one, so that a person who never gets mail is not flooded by three.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open; the longer, the better it knows what is usual.
        zone: Where hours begin.

    Returns:
        One row per recipient and hour with at least 20 messages and a score of 10 or more, highest score first.

        - ``recipient`` (str)
        - ``hour`` (datetime64[us]): naive local start
        - ``messages`` (int64)
        - ``usual`` (float64): mean of their other hours
        - ``score`` (float64)

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, window, inbound(), ("recipient",))
    hour = bucket(rows["Timestamp"], window, grain=Grain.HOUR, zone=zone)
    counts = rows.group_by(recipient=rows["recipient"], hour=hour).agg(messages=rows.count())
    number = counts["messages"].cast("float64")
    person = ibis.window(group_by="recipient")
    others = max(window.span.total_seconds() / 3600 - 1, 1)
    usual = (number.sum().over(person) - number) / others
    squares = ((number * number).sum().over(person) - number * number) / others
    marked = counts.mutate(usual=usual, squares=squares)
    spread = ibis.greatest(marked["squares"] - marked["usual"] * marked["usual"], 1.0).sqrt()
    scored = marked.mutate(score=(marked["messages"] - marked["usual"]) / spread)
    kept = scored.filter(scored["messages"] >= LEAST_IN_HOUR, scored["score"] >= LEAST_SCORE)
    order = [kept["score"].desc(), kept["recipient"], kept["hour"]]
    return engine.frame(kept.select(*BOMBED).order_by(order).limit(MOST_ROWS), BOMBED)


def most_attacked(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """The people with at least as many attacks as nine in ten of all attacked people.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per recipient, most attacks first, then by ``recipient``.

        - ``recipient`` (str)
        - ``attacks``, ``malware``, ``phish`` (int64): message x recipient rows

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, window, attacks(), ("recipient", "primary_threat"))
    counts = rows.group_by("recipient").agg(
        attacks=rows.count(),
        malware=rows.count(where=rows["primary_threat"] == "Malware"),
        phish=rows.count(where=rows["primary_threat"] == "Phish"),
    )
    counts = counts.filter(counts["recipient"].notnull())
    marked = counts.mutate(edge=counts["attacks"].cast("float64").quantile(TOP_SHARE))
    kept = marked.filter(marked["attacks"] >= marked["edge"]).drop("edge")
    return engine.frame(kept.order_by([kept["attacks"].desc(), kept["recipient"]]).limit(MOST_ROWS), ATTACKED)


def remediated(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """What administrators removed from each mailbox, by the time of the removal.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per recipient, most messages first, then by ``recipient``.

        - ``recipient`` (str)
        - ``messages`` (int64): successful removals of any kind
        - ``hard_deleted``, ``soft_deleted``, ``moved_to_junk``, ``moved_to_deleted`` (int64): the usual kinds

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = {"recipient", "Timestamp", "ActionType", "Action", "ActionResult"}
    rows = engine.table("EmailPostDeliveryEvents", window, columns=columns)
    rows = rows.filter(rows["ActionType"].lower() == "manual remediation", rows["ActionResult"].lower().isin(SUCCESS))
    action = rows["Action"].lower().fill_null("")
    counts = rows.group_by("recipient").agg(
        messages=rows.count(),
        hard_deleted=rows.count(where=action.contains("hard delete")),
        soft_deleted=rows.count(where=action.contains("soft delete")),
        moved_to_junk=rows.count(where=action.contains("junk")),
        moved_to_deleted=rows.count(where=action.contains("deleted items")),
    )
    kept = counts.filter(counts["recipient"].notnull())
    return engine.frame(kept.order_by([kept["messages"].desc(), kept["recipient"]]).limit(MOST_ROWS), REMEDIATED)
