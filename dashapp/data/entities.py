"""The messages in which a thing takes part (see ``dashapp.query.entities``), found by reading as little as possible.

What stands in the message's own row is one condition. What stands in another table is looked up there first: its rows
say when the messages came, so only these times are read, unless there are too many.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import ibis
import pandas as pd

from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_frame import UTC_TIME, Contract
from dashapp.data.engine_sql import FAR_FUTURE, asked, one_of
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import JOINS, MESSAGE_KEY
from dashapp.data.filtering.values import as_addresses
from dashapp.query.entities import Part
from dashapp.query.fields import FIELDS, Field, Kind, Place
from dashapp.query.tree import Value
from dashapp.query.window import Window

MOST_LOOKED_UP = 20_000  # records of another table whose messages are looked up one by one
MOST_SPANS = 6
LEAST_GAP = timedelta(hours=6)  # a shorter one is read through
SLACK = timedelta(hours=1)  # between a record's time and its message's, as a rule
_MICROSECOND = timedelta(microseconds=1)
_PAIR = "_pair"
_KEYS: Contract = {"NetworkMessageId": "str", "recipient": "str", "Timestamp": UTC_TIME}
_TEXTS = {
    Place.URL: ("Url", "UrlDomain", "url_registered_domain", "UrlLocation", "ThreatTypes", "DetectionMethods"),
    Place.ATTACHMENT: (
        *("recipient", "FileName", "FileType", "FileExtension", "SHA256", "ThreatTypes", "ThreatNames"),
        *("DetectionMethods", "threat_family"),
    ),
}


def records_contract(part: Part) -> dict[str, str]:
    """The columns of ``records``: texts, the time, and the size of a file in bytes."""
    place = FIELDS[part].place
    size = {"FileSize": "Int64"} if place is Place.ATTACHMENT else {}
    return {"NetworkMessageId": "str", "Timestamp": UTC_TIME} | dict.fromkeys(_TEXTS[place], "str") | size


def records(engine: Engine, part: Part, value: str) -> pd.DataFrame:
    """The records of another table that name ``value``, at most 20,001.

    Args:
        engine: Inside the viewer's scope.
        part: One whose field is in another table.
        value: Of an ``Entity``.

    Returns:
        Columns of ``records_contract``, in no order; missing texts as NaN.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    field, contract = FIELDS[part], records_contract(part)
    rows = engine.table(field.place.table, columns={*contract, field.column})
    found = rows.filter(_is(rows, field, value)).select(*contract).limit(MOST_LOOKED_UP + 1)
    return engine.frame(found, contract)


def messages(
    engine: Engine, part: Part, value: str, columns: Collection[str], *, since: datetime | None = None
) -> ibis.Table:
    """The messages in which ``value`` takes part, those of the viewer's scope; unbound.

    Args:
        engine: Pinned.
        part: How.
        value: Of an ``Entity``.
        columns: Of ``EmailEvents``, to be kept beside the message's key.
        since: Older ones are left out.

    Raises:
        PermissionDenied: The viewer may not see single messages.
        EngineError: A look-up was not answered; see ``Engine.frame``.
    """
    engine.ensure_reads_messages()
    wanted = {*columns, *MESSAGE_KEY}
    window = Window(since, FAR_FUTURE) if since else None
    field = FIELDS[part]
    if not field.place.joined:
        rows = engine.table("EmailEvents", window, columns={*wanted, field.key or field.column})
        return rows.filter(_is(rows, field, value)).select(*sorted(wanted))
    keys = _keys(engine, part, value)
    if keys is None:
        node = part.of(value)
        rows = engine.table("EmailEvents", window, columns={*wanted, *columns_of(node)})
        return where(engine, rows, node).select(*sorted(wanted))
    return _of_keys(engine, keys if since is None else keys[keys["Timestamp"] >= since], wanted)


def spans(times: Sequence[datetime], slack: timedelta) -> list[Window]:
    """A few windows that hold ``times`` and leave out the longest gaps between them.

    Args:
        times: Aware, in any order; at least one.
        slack: Before and after each.
    """
    ordered = sorted(times)
    gaps = [(later - earlier, place) for place, (earlier, later) in enumerate(itertools.pairwise(ordered))]
    long = sorted(gap for gap in gaps if gap[0] > LEAST_GAP + 2 * slack)[-(MOST_SPANS - 1) :]
    starts = [0, *sorted(place + 1 for _, place in long)]
    ends = [*(start - 1 for start in starts[1:]), len(ordered) - 1]
    return [
        Window(ordered[start] - slack, ordered[end] + slack + _MICROSECOND)
        for start, end in zip(starts, ends, strict=True)
    ]


def _is(rows: ibis.Table, field: Field, value: str) -> ibis.Value:
    """As a quoted value of the filter compares, but the SQL is the same for all values."""
    if field.kind is Kind.IP:
        return rows[field.key] == as_addresses(field, Value(value)).low
    column = rows[field.column] if field.folded else rows[field.column].lower()
    return column == (asked(value) if value.isascii() else asked(value).lower())


def _keys(engine: Engine, part: Part, value: str) -> pd.DataFrame | None:
    """Which messages the records of ``value`` belong to; None if there are too many to look up."""
    found = records(engine, part, value)
    if len(found) > MOST_LOOKED_UP:
        return None
    named = found[found["NetworkMessageId"].notna()]
    if named.empty:
        return pd.DataFrame(columns=list(_KEYS)).astype(dict(_KEYS))
    times = [time.to_pydatetime() for time in named["Timestamp"].dropna()]
    near = [_look_up(engine, span, named["NetworkMessageId"]) for span in (spans(times, SLACK) if times else [])]
    keys = pd.concat(near) if near else pd.DataFrame(columns=list(_KEYS)).astype(dict(_KEYS))
    missing = set(named["NetworkMessageId"]) - set(keys["NetworkMessageId"])
    if missing:
        keys = pd.concat([keys, _look_up(engine, None, missing)])
    by = [
        name
        for name in ("NetworkMessageId", "recipient")
        if name == "NetworkMessageId" or JOINS[FIELDS[part].place][0].recipient
    ]
    return keys.merge(named[by].drop_duplicates(), on=by).drop_duplicates().reset_index(drop=True)


def _look_up(engine: Engine, window: Window | None, ids: Collection[str]) -> pd.DataFrame:
    rows = one_of(engine.table("EmailEvents", window, columns=set(_KEYS)), "NetworkMessageId", set(ids))
    return engine.frame(rows.select(*_KEYS), _KEYS, lane=Lane.LIGHT if window else None)


def _of_keys(engine: Engine, keys: pd.DataFrame, columns: Collection[str]) -> ibis.Table:
    if keys.empty:
        nothing = engine.table("EmailEvents", columns=columns)
        return nothing.filter(ibis.literal(False)).select(*sorted(columns))
    pairs = set(keys["NetworkMessageId"] + "\n" + keys["recipient"].fillna(""))
    times = [time.to_pydatetime() for time in keys["Timestamp"]]
    parts = []
    for span in spans(times, timedelta()):
        rows = one_of(
            engine.table("EmailEvents", span, columns=columns), "NetworkMessageId", set(keys["NetworkMessageId"])
        )
        paired = rows.mutate(**{_PAIR: rows["NetworkMessageId"] + "\n" + rows["recipient"].fill_null("")})
        parts.append(one_of(paired, _PAIR, pairs).select(*sorted(columns)))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)
