"""All that is shown of a few messages, wherever it is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial

import ibis
import pandas as pd

from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_frame import UTC_TIME
from dashapp.data.engine_sql import one_of
from dashapp.data.filtering.places import MESSAGE_KEY, columns_for, people, with_latest
from dashapp.data.subjects import rows_of
from dashapp.data.together import together
from dashapp.data.valued import values_of, with_value
from dashapp.query.fields import Field, Kind, Place
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.window import Window

SEPARATOR = ", "
_NEAR = timedelta(days=2)
_JOINED_BY = ("NetworkMessageId", "recipient")
_RECIPIENT = "_key_recipient"
MOST_RECORDS = 200_000  # of people, to be remembered
MOST_VALUES = 50  # of a joined field, in one cell
_DTYPES = {Kind.NUMBER: "Int64", Kind.FLAG: "boolean", Kind.TIME: UTC_TIME}


def key_contract(subject: Subject) -> dict[str, str]:
    """The columns that find a row again, and their dtypes; the time prunes nearly everything."""
    return {"Timestamp": UTC_TIME} | {name: "str" for name in subject.key if name != "Timestamp"}


def _renamed(subject: Subject) -> dict[str, str]:
    """The key under other names: a field shown may have the name of a column of it."""
    return {name: f"_key_{name}" for name in subject.key}


def dtype_of(field: Field) -> str:
    """The dtype of a field's column in a page."""
    return "str" if field.many else _DTYPES.get(field.kind, "str")


def wide_rows(engine: Engine, keys: pd.DataFrame, fields: Sequence[Field], subject: Subject = MESSAGES) -> pd.DataFrame:
    """``fields`` of the messages ``keys``, in their order.

    Args:
        engine: Pinned, and with the right to see messages.
        keys: In the columns of ``key_contract``.
        fields: Columns of the result.
        subject: What the rows are, if not messages.
    """
    contract = {field.name: dtype_of(field) for field in fields}
    if keys.empty:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in contract.items()})
    rows = _found(engine, keys, fields, subject)
    renamed = _renamed(subject)
    wide = keys.rename(columns=renamed)[list(renamed.values())]
    own = [field for field in fields if subject.owns(field)]
    asks: list[Callable[[], pd.DataFrame]] = [partial(_own, engine, rows, own, subject)] if own else []
    among = set(keys["recipient"].dropna()) if "recipient" in keys else None
    known = _listed(keys) if subject is MESSAGES and keys["Timestamp"].max() - keys["Timestamp"].min() > _NEAR else rows
    for field in (field for field in fields if not subject.owns(field)):
        if field.place is Place.IDENTITY and among is not None:
            asks.append(partial(_of_people, engine, field, among))
        else:
            asks.append(partial(_joined, engine, known, field, subject, among))
    for frame in together(asks):
        same = [name for name in renamed.values() if name in frame]
        wide = wide.merge(frame, how="left", on=same, sort=False)
    return wide[list(contract)].astype(contract)


def _found(engine: Engine, keys: pd.DataFrame, fields: Sequence[Field], subject: Subject) -> ibis.Table:
    """The rows and, where two share an id, some others; found by time first, which prunes nearly everything."""
    first, last = keys["Timestamp"].min().to_pydatetime(), keys["Timestamp"].max().to_pydatetime()
    columns = frozenset(MESSAGE_KEY).union(*(columns_for(field) for field in fields))
    rows = rows_of(engine, subject, Window(first, last + timedelta(microseconds=1)), columns=columns)
    # Instants are quick to look through, and the files are sorted by them: few ids are left to be read.
    rows = one_of(rows, "Timestamp", set(keys["Timestamp"].dt.tz_localize(None).map(pd.Timestamp.isoformat)))
    return one_of(rows, subject.key[0], set(keys[subject.key[0]].dropna()))


def _listed(keys: pd.DataFrame) -> ibis.Table:
    """The keys alone, to be joined to. Near each other they are better looked up, as their time limits what is joined.

    The time itself is not told: nothing is joined by it.
    """
    columns = [tuple(keys[name].astype("object").where(keys[name].notna(), None)) for name in _JOINED_BY]
    ids, recipients = (ibis.literal(values, type="array<string>") for values in columns)
    pairs = ids.zip(recipients).unnest().name("_pair").as_table()
    return pairs.select(
        NetworkMessageId=pairs["_pair"]["f1"], recipient=pairs["_pair"]["f2"], Timestamp=ibis.null("timestamp(6)")
    )


def _own(engine: Engine, messages: ibis.Table, fields: Sequence[Field], subject: Subject) -> pd.DataFrame:
    if any(field.place is Place.LATEST for field in fields):
        messages = with_latest(engine, messages)
    named = {
        field.name: messages[f"_{field.column}" if field.place is Place.LATEST else field.display] for field in fields
    }
    shown = {name: values.join(SEPARATOR) if values.type().is_array() else values for name, values in named.items()}
    keyed = messages.select(**{new: messages[old] for old, new in _renamed(subject).items()}, **shown)
    contract = _key_dtypes(subject) | {field.name: dtype_of(field) for field in fields}
    return engine.frame(keyed, contract, lane=Lane.LIGHT)


def _key_dtypes(subject: Subject) -> dict[str, str]:
    contract = key_contract(subject)
    return {new: contract[old] for old, new in _renamed(subject).items()}


def _joined(
    engine: Engine, messages: ibis.Table, field: Field, subject: Subject, among: Collection[str] | None
) -> pd.DataFrame:
    """Every different value of a field of another table, as one text per message."""
    valued = with_value(engine, messages, field, keep=subject.key, shown=True, subject=subject, among=among)
    texts = _texts(valued, _renamed(subject), field)
    return engine.frame(texts, _key_dtypes(subject) | {field.name: "str"}, lane=Lane.LIGHT)


def _of_people(engine: Engine, field: Field, among: Collection[str]) -> pd.DataFrame:
    """What the directory says of recipients, whichever messages they have; one of usual size is remembered whole."""
    if engine.snapshot.rows("IdentityInfo") > MOST_RECORDS:
        return _directory(engine, field, among)
    everybody = engine.again(("directory", field.name), partial(_directory, engine, field))
    return everybody[everybody[_RECIPIENT].isin(among)]


def _directory(engine: Engine, field: Field, among: Collection[str] | None = None) -> pd.DataFrame:
    known = people(engine, {field.display}, among=among)
    valued = values_of(known, known[field.display], keep=("address",))
    texts = _texts(valued, {"address": _RECIPIENT}, field)
    return engine.frame(texts, {_RECIPIENT: "str", field.name: "str"}, lane=Lane.LIGHT)


def _texts(valued: ibis.Table, renamed: Mapping[str, str], field: Field) -> ibis.Table:
    rank = ibis.row_number().over(group_by=list(renamed), order_by="value")
    few = valued.mutate(_rank=rank)
    few = few.filter(few["_rank"] < MOST_VALUES)
    return few.group_by(**{new: few[old] for old, new in renamed.items()}).agg(
        **{field.name: few["value"].group_concat(SEPARATOR, order_by=few["value"])}
    )
