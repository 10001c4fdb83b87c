"""All that is shown of a few messages, wherever it is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial

import ibis
import pandas as pd

from dashapp.data.engine import Engine, Lane
from dashapp.data.engine_frame import UTC_TIME
from dashapp.data.engine_sql import one_of
from dashapp.data.filtering.places import MESSAGE_KEY, columns_for, with_latest
from dashapp.data.together import together
from dashapp.data.valued import with_value
from dashapp.query.fields import Field, Kind, Place
from dashapp.query.window import Window

SEPARATOR = ", "
MOST_VALUES = 50  # of a joined field, in one cell
_KEYS = {"NetworkMessageId": "_id", "recipient": "_recipient"}  # a field shown may have the name of a key
_DTYPES = {Kind.NUMBER: "Int64", Kind.FLAG: "boolean", Kind.TIME: UTC_TIME}


def dtype_of(field: Field) -> str:
    """The dtype of a field's column in a page."""
    return "str" if field.many else _DTYPES.get(field.kind, "str")


def wide_rows(engine: Engine, keys: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """``fields`` of the messages ``keys``, in their order.

    Args:
        engine: Pinned, and with the right to see messages.
        keys: ``Timestamp`` (datetime64[us, UTC]), ``NetworkMessageId`` and ``recipient`` (str).
        fields: Columns of the result.
    """
    contract = {field.name: dtype_of(field) for field in fields}
    if keys.empty:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in contract.items()})
    messages = _messages(engine, keys, fields)
    wide = keys.rename(columns=_KEYS)[list(_KEYS.values())]
    own = [field for field in fields if not field.place.joined]
    asks: list[Callable[[], pd.DataFrame]] = [partial(_own, engine, messages, own)] if own else []
    recipients = set(keys["recipient"].dropna())
    asks += [partial(_joined, engine, messages, field, recipients) for field in fields if field.place.joined]
    for frame in together(asks):
        wide = wide.merge(frame, how="left", on=list(_KEYS.values()), sort=False)
    return wide[list(contract)].astype(contract)


def _messages(engine: Engine, keys: pd.DataFrame, fields: Sequence[Field]) -> ibis.Table:
    """The messages and, where two share an id, some others; found by time first, which prunes nearly everything."""
    first, last = keys["Timestamp"].min().to_pydatetime(), keys["Timestamp"].max().to_pydatetime()
    columns = frozenset(MESSAGE_KEY).union(*(columns_for(field) for field in fields))
    rows = engine.table("EmailEvents", Window(first, last + timedelta(microseconds=1)), columns=columns)
    return one_of(rows, "NetworkMessageId", set(keys["NetworkMessageId"]))


def _own(engine: Engine, messages: ibis.Table, fields: Sequence[Field]) -> pd.DataFrame:
    if any(field.place is Place.LATEST for field in fields):
        messages = with_latest(engine, messages)
    named = {
        field.name: messages[f"_{field.column}" if field.place is Place.LATEST else field.display] for field in fields
    }
    shown = {name: values.join(SEPARATOR) if values.type().is_array() else values for name, values in named.items()}
    keyed = messages.select(**{new: messages[old] for old, new in _KEYS.items()}, **shown)
    contract = dict.fromkeys(_KEYS.values(), "str") | {field.name: dtype_of(field) for field in fields}
    return engine.frame(keyed, contract, lane=Lane.LIGHT)


def _joined(engine: Engine, messages: ibis.Table, field: Field, recipients: Collection[str]) -> pd.DataFrame:
    """Every different value of a field of another table, as one text per message."""
    valued = with_value(engine, messages, field, keep=tuple(_KEYS), shown=True, among=recipients)
    rank = ibis.row_number().over(group_by=list(_KEYS), order_by="value")
    few = valued.mutate(_rank=rank)
    few = few.filter(few["_rank"] < MOST_VALUES)
    texts = few.group_by(**{new: few[old] for old, new in _KEYS.items()}).agg(
        **{field.name: few["value"].group_concat(SEPARATOR, order_by=few["value"])}
    )
    return engine.frame(texts, dict.fromkeys((*_KEYS.values(), field.name), "str"), lane=Lane.LIGHT)
