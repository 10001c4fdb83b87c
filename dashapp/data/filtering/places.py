"""How the rows of other tables belong to a message, and the two views of them a filter needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from dashapp.data.engine_sql import FAR_FUTURE, FAR_PAST, one_of, sources_of
from dashapp.data.subjects import ANY_COPY
from dashapp.query.fields import Field, Place, find_field
from dashapp.query.recognise import recognise
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import And, Everything, Node, Not, Or, Word
from dashapp.query.window import Window

if TYPE_CHECKING:
    from dashapp.data.engine import Engine

# A joined record may carry a time a little before its message's, never much.
EARLIER = timedelta(days=1)
SUCCESS = ("success", "adminpolicy")  # both count as done


@dataclass(frozen=True)
class Join:
    """One way in which a row belongs to messages; always by ``NetworkMessageId``.

    Attributes:
        recipient: The row's column that is the message's recipient; empty: it belongs to all recipients.
        unless: Only rows where this column is missing.
    """

    recipient: str = ""
    unless: str = ""


MESSAGE_KEY = frozenset({"NetworkMessageId", "recipient", "Timestamp"})
# Of any table: whatever can say to which message, and to whom, a row belongs. A table has some of them.
KEY_COLUMNS = MESSAGE_KEY | {"account", "email_address"}
LATEST_COLUMNS = frozenset({"LatestDeliveryLocation", "LatestDeliveryAction", "DeliveryLocation", "DeliveryAction"})

JOINS: dict[Place, tuple[Join, ...]] = {
    Place.URL: (Join(),),
    Place.ATTACHMENT: (Join("recipient"),),
    Place.CLICK: (Join("account"),),
    Place.POST_DELIVERY: (Join("recipient"),),
    Place.CAMPAIGN: (Join("recipient"),),
    Place.ALERT: (Join(),),
    Place.SUBMISSION: (Join("recipient"), Join(unless="recipient")),
}


@dataclass(frozen=True)
class Keys:
    """Which messages something is true of, by key.

    Attributes:
        rows: Distinct keys in columns named after those of ``EmailEvents``.
        columns: These columns.
    """

    rows: ibis.Table
    columns: tuple[str, ...]


def keys_of(rows: ibis.Table, place: Place, *, also: tuple[str, ...] = ()) -> tuple[Keys, ...]:
    """The messages the rows of a joined table belong to, with more columns of ``rows`` if wanted."""
    if place is Place.IDENTITY:
        return (Keys(rows.select(*also, recipient=rows["address"]), ("recipient",)),)
    return tuple(_keys(rows, join, also) for join in JOINS[place])


def _keys(rows: ibis.Table, join: Join, also: tuple[str, ...]) -> Keys:
    if join.unless:
        rows = rows.filter(rows[join.unless].isnull())
    columns = {"NetworkMessageId": rows["NetworkMessageId"]}
    if join.recipient:
        columns["recipient"] = rows[join.recipient]
    return Keys(rows.select(*also, **columns), tuple(columns))


def belonging(rows: ibis.Table, messages: ibis.Table, join: Join) -> ibis.Table:
    """The rows of a joined table that belong to any of ``messages`` in this way."""
    if join.unless:
        rows = rows.filter(rows[join.unless].isnull())
    same = [rows["NetworkMessageId"] == messages["NetworkMessageId"]]
    same += [rows[join.recipient] == messages["recipient"]] if join.recipient else []
    return rows.semi_join(messages, same)


def joined_rows(
    engine: Engine,
    messages: ibis.Table,
    place: Place,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
) -> ibis.Table:
    """The rows of a joined table that can belong to ``messages``; people with their ``address``, each once.

    ``among`` are the recipients of ``messages``, if they are few.
    """
    if place is Place.IDENTITY:
        return people(engine, columns, among=among)
    return engine.source(place.table, since(messages), columns={*columns, *KEY_COLUMNS})


def beside(
    engine: Engine,
    rows: ibis.Table,
    field: Field,
    subject: Subject,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
) -> tuple[ibis.Table, str]:
    """The rows that hold ``field`` where those of ``subject`` do not, and the name of the column there.

    ``among``: the recipients of ``rows``, where they are known to be few.
    """
    if field.place.joined:
        return joined_rows(engine, rows, field.place, columns, among=among), field.column
    messages = engine.source(
        "EmailEvents", _until(rows, subject), columns={*columns, *columns_for(field), *MESSAGE_KEY}
    )
    if field.place is Place.LATEST:
        return with_latest(engine, messages), f"_{field.column}"
    return messages, field.column


def keys_beside(rows: ibis.Table, field: Field, subject: Subject, *, also: tuple[str, ...] = ()) -> tuple[Keys, ...]:
    """To which rows of ``subject`` those of ``beside`` belong."""
    if field.place.joined:
        found = keys_of(rows, field.place, also=also)
    else:
        found = (Keys(rows.select(*also, "NetworkMessageId", "recipient"), ("NetworkMessageId", "recipient")),)
    if not subject.loose:
        return found
    exact = [keys for keys in found if keys.columns == ("NetworkMessageId", "recipient")]
    every = [Keys(keys.rows.select(*also, **{ANY_COPY: "NetworkMessageId"}), (ANY_COPY,)) for keys in exact]
    return (*found, *every)


def _until(rows: ibis.Table, subject: Subject) -> Window | None:
    """What happens to a message happens after it, or hardly before."""
    ends = [source.window.end for source in sources_of(rows) if source.table == subject.table and source.window]
    return Window(FAR_PAST, min(max(ends), FAR_FUTURE - EARLIER) + EARLIER) if ends else None


def since(messages: ibis.Table) -> Window | None:
    """From shortly before the messages on: what happens to a message may happen long after it."""
    windows = [source.window for source in sources_of(messages) if source.table == "EmailEvents"]
    starts = [window.start for window in windows if window is not None]
    if not starts or len(starts) < len(windows) or min(starts) - FAR_PAST < EARLIER:
        return None
    return Window(min(starts) - EARLIER, FAR_FUTURE)


def people(
    engine: Engine, columns: Collection[str], *, among: ibis.Value | Collection[str] | None = None
) -> ibis.Table:
    """The latest record of everybody, or of those ``among`` a few addresses, once for each ``address`` they have."""
    records = engine.source("IdentityInfo", columns={*columns, *KEY_COLUMNS, "AccountObjectId"})
    addressed = ibis.union(*(_addressed(records, column, among) for column in ("account", "email_address")))
    latest = ibis.row_number().over(
        group_by=addressed["address"],
        order_by=[addressed["Timestamp"].desc(), addressed["AccountObjectId"].asc()],
    )
    numbered = addressed.mutate(_place=latest)
    return numbered.filter(numbered["_place"] == 0).drop("_place")


def _addressed(records: ibis.Table, column: str, among: ibis.Value | Collection[str] | None) -> ibis.Table:
    if among is None:
        known = records.filter(records[column].notnull())
    elif isinstance(among, set):
        known = one_of(records, column, among)
    else:
        known = records.filter(records[column].isin(among))
    return known.mutate(address=known[column])


def with_latest(engine: Engine, messages: ibis.Table) -> ibis.Table:
    """``messages`` with ``_LatestDeliveryLocation`` and ``_LatestDeliveryAction``: where each is now and why."""
    columns = {*MESSAGE_KEY, "ActionResult", "ActionType", "DeliveryLocation", "Action"}
    events = engine.source("EmailPostDeliveryEvents", since(messages), columns=columns)
    done = events.filter(events["ActionResult"].lower().isin(SUCCESS))
    order = ibis.row_number().over(
        group_by=[done["NetworkMessageId"], done["recipient"]],
        order_by=[done["Timestamp"].desc(), done["ActionType"].asc()],
    )
    last = done.mutate(_place=order)
    last = last.filter(last["_place"] == 0).select(
        _id="NetworkMessageId", _recipient="recipient", _location="DeliveryLocation", _action="Action"
    )
    joined = messages.left_join(
        last, [messages["NetworkMessageId"] == last["_id"], messages["recipient"] == last["_recipient"]]
    )
    return joined.mutate(
        _LatestDeliveryLocation=ibis.coalesce(
            joined["_location"], joined["LatestDeliveryLocation"], joined["DeliveryLocation"]
        ),
        _LatestDeliveryAction=ibis.coalesce(
            joined["_action"], joined["LatestDeliveryAction"], joined["DeliveryAction"]
        ),
    ).drop("_id", "_recipient", "_location", "_action")


def columns_of(node: Node) -> frozenset[str]:
    """The columns of ``EmailEvents`` that ``where`` needs for ``node``, those of its joins included."""
    if isinstance(node, And | Or):
        return frozenset().union(*map(columns_of, node.children))
    if isinstance(node, Not):
        return columns_of(node.child)
    if isinstance(node, Everything):
        return frozenset()
    if isinstance(node, Word):
        found = pasted(node)
        words = filter(None, map(find_field, MESSAGES.words))
        return columns_of(found) if found else frozenset().union(*map(columns_for, words))
    field = find_field(node.field)
    return columns_for(field) if field else frozenset()


def columns_for(field: Field) -> frozenset[str]:
    """The columns of ``EmailEvents`` one field needs."""
    if field.place.joined:
        return MESSAGE_KEY
    if field.place is Place.LATEST:
        return MESSAGE_KEY | LATEST_COLUMNS
    return frozenset({field.column, field.display, field.key} - {""})


def pasted(word: Word) -> Node | None:
    """The filter a bare word stands for when it is an address, a URL, a hash …; None for a mere word."""
    found = None if word.value.literal else recognise(word.value.text)
    return None if found is None or found.node == word else found.node
