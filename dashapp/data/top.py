"""Who and what leads a list, and what is on the rise."""

from collections.abc import Sequence
from functools import cache

import ibis
import pandas as pd

from dashapp.data.counting import counted, is_dimension
from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_sql import stored
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import people
from dashapp.data.remembered import remembered
from dashapp.data.subjects import rows_of
from dashapp.data.valued import NONE, leading, needed, open_field, values_of, with_value
from dashapp.domain.metrics import ATTACK_FILTER
from dashapp.domain.values import Delivery, Threat
from dashapp.query.fields import Place
from dashapp.query.grammar import parse
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Everything, Node, all_of
from dashapp.query.window import Window

TOP_VALUES = {"value": "str", "messages": "int64", "recipients": "int64", "previous": "int64"}
BREAKDOWN = {"value": "str", "messages": "int64"}
TOP_TARGETED = {
    "recipient": "str",
    "display_name": "str",
    "department": "str",
    "attacks": "int64",
    "malware": "int64",
    "phish": "int64",
    "delivered": "int64",
    "previous": "int64",
}
TOP_FAMILIES = {
    "family": "str",
    "messages": "int64",
    "recipients": "int64",
    "delivered": "int64",
    "previous": "int64",
}
RISERS = {
    "kind": "str",
    "field": "str",
    "value": "str",
    "messages": "int64",
    "previous": "int64",
    "change": "float64",
}
RISER_FIELDS = {
    "Malware family": "ThreatFamily",
    "Sender domain": "SenderFromDomain",
    "Detection technology": "DetectionTechnology",
    "Sender country": "SenderCountry",
}
RISER_LEAST = 5  # messages below which a rise says nothing
REACHED = (Delivery.DELIVERED, Delivery.JUNKED)
EVERYTHING = Everything()


@cache
def attacks() -> Node:
    """What counts as an attack, everywhere."""
    return parse(ATTACK_FILTER)


@remembered
def top_values(engine: Engine, node: Node, window: Window, *, field: str, limit: int = 10) -> pd.DataFrame:
    """The most frequent values of a field.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.
        field: Name of a field; a message with several values counts for each.
        limit: Most rows to return.

    Returns:
        One row per value, by ``messages`` descending, then ``value``. Messages without a value are left out.

        - ``value`` (str): in lower case where the field compares without case
        - ``messages`` (int64): message x recipient rows
        - ``recipients`` (int64): different recipients among them
        - ``previous`` (int64): ``messages`` in ``window.previous()``

    Raises:
        FilterError: A field is unknown or the filter means nothing.
        PermissionDenied: The field or the filter shows what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    if open_field(engine, field).place.joined:
        return _top_joined(engine, node, window, field, limit)
    counts, lane = _counted(engine, node, window, field)
    found = engine.frame(leading(counts, ibis.desc("messages"), limit), BREAKDOWN, lane=lane)
    beside = _beside(engine, node, window, field, found["value"].tolist())
    return found.merge(beside, how="left", on="value").fillna({"recipients": 0, "previous": 0}).astype(TOP_VALUES)


@remembered
def breakdown(engine: Engine, node: Node, window: Window, *, field: str, subject: Subject = MESSAGES) -> pd.DataFrame:
    """Messages by value of a field with few values.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.
        field: Name of a field; a message with several values counts for each.
        subject: What is counted, if not messages.

    Returns:
        One row per value, by ``messages`` descending, then ``value``; at most 1,000. Messages without a value are
        left out.

        - ``value`` (str)
        - ``messages`` (int64): message x recipient rows

    Raises:
        FilterError: A field is unknown or the filter means nothing.
        PermissionDenied: The field or the filter shows what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    counts, lane = _counted(engine.pinned(), node, window, field, subject)
    return engine.frame(leading(counts, ibis.desc("messages"), 1000), BREAKDOWN, lane=lane)


@remembered
def top_targeted(
    engine: Engine, window: Window, *, limit: int, node: Node = EVERYTHING, by: str = "attacks"
) -> pd.DataFrame:
    """The recipients with the most attacks.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.
        limit: Most rows to return.
        node: Which of the attacks.
        by: The count that decides who leads.

    Returns:
        One row per recipient with attacks, by the count ``by`` descending, then ``recipient``.

        - ``recipient``, ``display_name`` (str): address and name; ``Recipient 1`` … and empty for a viewer who may
          not see names
        - ``department`` (str): empty if not known
        - ``attacks``, ``malware``, ``phish`` (int64): messages in the window
        - ``delivered`` (int64): attacks that reached a mailbox, the junk folder included
        - ``previous`` (int64): attacks in ``window.previous()``

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter shows what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    before = window.previous()
    columns = {"recipient", "primary_threat", "explorer_delivery"}
    messages = _attacks(engine, Window(before.start, window.end), columns, node)
    now = messages["Timestamp"] >= stored(window.start)
    threat = messages["primary_threat"]
    counts = messages.group_by("recipient").agg(
        attacks=messages.count(where=now),
        malware=messages.count(where=now & (threat == Threat.MALWARE)),
        phish=messages.count(where=now & (threat == Threat.PHISH)),
        delivered=messages.count(where=now & messages["explorer_delivery"].isin(REACHED)),
        previous=messages.count(where=~now),
    )
    counts = counts.filter(counts["attacks"] > 0, counts["recipient"].notnull())
    first = counts.order_by(ibis.desc(by), "recipient").limit(limit)
    known = people(engine, {"AccountDisplayName", "Department"}, among=first["recipient"]).select(
        address="address", display_name="AccountDisplayName", department="Department"
    )
    named = first.left_join(known, first["recipient"] == known["address"])
    named = named.mutate(
        display_name=named["display_name"].fill_null(""), department=named["department"].fill_null("")
    ).order_by(ibis.desc(by), "recipient")
    return _shown(engine, named, by)


def _shown(engine: Engine, named: ibis.Table, by: str) -> pd.DataFrame:
    """With names, or with numbers in their place."""
    if engine.reads_messages:
        return engine.frame(named, TOP_TARGETED)
    open_columns = {name: dtype for name, dtype in TOP_TARGETED.items() if name not in {"recipient", "display_name"}}
    frame = engine.frame(named.select(*open_columns), open_columns)
    frame = frame.sort_values(by, ascending=False, kind="stable", ignore_index=True)
    numbers = [f"Recipient {place}" for place in range(1, len(frame) + 1)]
    return frame.assign(recipient=numbers, display_name="")[list(TOP_TARGETED)].astype(TOP_TARGETED)


@remembered
def top_families(
    engine: Engine, window: Window, *, limit: int, node: Node = EVERYTHING, by: str = "messages"
) -> pd.DataFrame:
    """The malware families seen most among attacks.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.
        limit: Most rows to return.
        node: Which of the attacks.
        by: The count that decides what leads.

    Returns:
        One row per family with attacks, by the count ``by`` descending, then ``family``.

        - ``family`` (str)
        - ``messages`` (int64): attacks in the window
        - ``recipients`` (int64): different recipients among them
        - ``delivered`` (int64): attacks that reached a mailbox, the junk folder included
        - ``previous`` (int64): attacks in ``window.previous()``

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter shows what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    before = window.previous()
    columns = {"recipient", "threat_family", "explorer_delivery"}
    messages = _attacks(engine, Window(before.start, window.end), columns, node)
    messages = messages.filter(messages["threat_family"].nullif("").notnull())
    now = messages["Timestamp"] >= stored(window.start)
    counts = messages.group_by(family="threat_family").agg(
        messages=messages.count(where=now),
        recipients=messages["recipient"].nunique(where=now),
        delivered=messages.count(where=now & messages["explorer_delivery"].isin(REACHED)),
        previous=messages.count(where=~now),
    )
    first = counts.filter(counts["messages"] > 0).order_by(ibis.desc(by), "family").limit(limit)
    return engine.frame(first, TOP_FAMILIES)


@remembered
def risers(engine: Engine, window: Window, *, limit: int) -> pd.DataFrame:
    """What grew most among attacks, against the time before.

    Args:
        engine: Inside the viewer's scope.
        window: Half-open.
        limit: Most rows to return.

    Returns:
        One row per value with at least 5 attacks and more than before, by the added messages descending.

        - ``kind`` (str): ``Malware family``, ``Sender domain``, ``Detection technology`` or ``Sender country``
        - ``field`` (str): name of the field
        - ``value`` (str)
        - ``messages`` (int64): attacks in the window
        - ``previous`` (int64): attacks in ``window.previous()``
        - ``change`` (float64): ``messages / previous - 1``; infinite when there were none before

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    parts = [_rising(engine, window, kind, field, limit) for kind, field in RISER_FIELDS.items()]
    frame = pd.concat(parts, ignore_index=True)
    added = frame["messages"] - frame["previous"]
    order = frame.assign(added=added).sort_values(["added", "value"], ascending=[False, True], kind="stable")
    frame = order.head(limit).drop(columns="added").reset_index(drop=True)
    return frame.assign(change=frame["messages"] / frame["previous"].where(frame["previous"] > 0, 0.0) - 1).astype(
        RISERS
    )


def _rising(engine: Engine, window: Window, kind: str, field: str, limit: int) -> pd.DataFrame:
    counts, lane = _compared(engine, attacks(), window, field)
    grown = counts.filter(counts["messages"] >= RISER_LEAST, counts["messages"] > counts["previous"])
    added = (ibis._["messages"] - ibis._["previous"]).desc()
    contract = {name: RISERS[name] for name in ("value", "messages", "previous")}
    frame = engine.frame(leading(grown, added, limit), contract, lane=lane)
    return frame.assign(kind=kind, field=field, change=0.0)[list(RISERS)].astype(RISERS)


def _compared(engine: Engine, node: Node, window: Window, field: str) -> tuple[ibis.Table, Lane | None]:
    """``value`` with the messages of ``window`` as ``messages`` and those of the time before as ``previous``."""
    if is_dimension(open_field(engine, field)):
        now, lane = _counted(engine, node, window, field)
        before, _ = _counted(engine, node, window.previous(), field)
        both = now.left_join(before.rename(_value="value", _previous="messages"), [("value", "_value")])
        return both.select("value", "messages", previous=both["_previous"].fill_null(ibis.literal(0))), lane
    valued = _valued(engine, node, Window(window.previous().start, window.end), field, keep=("Timestamp",))
    during = valued["Timestamp"] >= stored(window.start)
    counts = valued.group_by("value").agg(messages=valued.count(where=during), previous=valued.count(where=~during))
    return counts, None


def _attacks(engine: Engine, window: Window, columns: set[str], node: Node) -> ibis.Table:
    wanted = all_of(attacks(), node)
    needs = {"Timestamp", *columns, *columns_of(wanted)}
    return where(engine, engine.table("EmailEvents", window, columns=needs), wanted)


def _counted(
    engine: Engine, node: Node, window: Window, name: str, subject: Subject = MESSAGES
) -> tuple[ibis.Table, Lane | None]:
    """``value`` and ``messages`` (int64) for each value of a field, and the lane the question belongs to."""
    field = open_field(engine, name, subject)
    if subject is not MESSAGES or (not is_dimension(field) and field.place is not Place.LIST):
        valued = _valued(engine, node, window, name, keep=(), subject=subject)
        return valued.group_by("value").agg(messages=valued.count()), None
    found = counted(engine, node, window, columns=(field.column,))
    # Lists are few: counted as they are and taken apart afterwards, they cost no more than single values.
    lists = found.rows.group_by(_of=found.rows[field.column]).agg(messages=found.total)
    valued = values_of(lists, lists["_of"], keep=("messages",))
    return valued.group_by("value").agg(messages=valued["messages"].sum().cast("int64")), found.lane


def _valued(
    engine: Engine, node: Node, window: Window, field: str, *, keep: Sequence[str], subject: Subject = MESSAGES
) -> ibis.Table:
    chosen = open_field(engine, field, subject)
    columns = {*keep, *needed(chosen), *columns_of(node)}
    rows = where(engine, rows_of(engine, subject, window, columns=columns), node, subject)
    return with_value(engine, rows, chosen, keep=keep, subject=subject)


def _beside(engine: Engine, node: Node, window: Window, field: str, values: list[str]) -> pd.DataFrame:
    """Different recipients and the count of the time before, for the leading values.

    Counting the recipients of all values takes several times longer than finding which values lead.
    """
    contract = {name: TOP_VALUES[name] for name in ("value", "recipients", "previous")}
    valued = _valued(engine, node, Window(window.previous().start, window.end), field, keep=("Timestamp", "recipient"))
    few = valued.filter(valued["value"].isin([*values, NONE]))
    now = few["Timestamp"] >= stored(window.start)
    counts = few.group_by("value").agg(recipients=few["recipient"].nunique(where=now), previous=few.count(where=~now))
    return engine.frame(counts, contract)


def _top_joined(engine: Engine, node: Node, window: Window, field: str, limit: int) -> pd.DataFrame:
    """All of it at once, for values of another table: the join costs most, and is made once."""
    valued = _valued(engine, node, Window(window.previous().start, window.end), field, keep=("Timestamp", "recipient"))
    now = valued["Timestamp"] >= stored(window.start)
    each = valued.group_by("value", "recipient").agg(now=valued.count(where=now), before=valued.count(where=~now))
    counts = each.group_by("value").agg(
        messages=each["now"].sum().cast("int64"),
        recipients=each.count(where=each["now"] > 0),
        previous=each["before"].sum().cast("int64"),
    )
    found = counts.filter(counts["messages"] > 0)
    return engine.frame(leading(found, ibis.desc("messages"), limit), TOP_VALUES)
