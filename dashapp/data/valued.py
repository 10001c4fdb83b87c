"""Messages by the values of a field, wherever the field lives: one row per message and value."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import ibis

from dashapp.data.errors import FilterError
from dashapp.data.filtering.places import beside, columns_for, keys_beside, with_latest
from dashapp.query.fields import Field, Place, find_field
from dashapp.query.subjects import MESSAGES, Subject

if TYPE_CHECKING:
    from dashapp.data.engine import Engine

NONE = "(none)"


def open_field(engine: Engine, name: str, subject: Subject = MESSAGES) -> Field:
    """The field called ``name``, if the viewer may see its values.

    Raises:
        FilterError: There is no such field of ``subject``.
        PermissionDenied: It names people, addresses or subjects, and the viewer only sees numbers.
    """
    known = find_field(name)
    field = subject.find(known.name) if known else None
    if field is None:
        raise FilterError(name[:40], "there is no such field")
    engine.ensure_shown(field)
    return field


def with_value(
    engine: Engine,
    messages: ibis.Table,
    field: Field,
    *,
    keep: Collection[str],
    missing: bool = False,
    shown: bool = False,
    among: Collection[str] | None = None,
    subject: Subject = MESSAGES,
) -> ibis.Table:
    """``keep`` and ``value`` (text) for each message and each different value of ``field``; some rows have no value.

    Args:
        engine: For joined tables.
        messages: With at least ``needed(field)`` and ``keep``.
        field: Whose values.
        keep: Columns of ``messages``.
        missing: Messages without a value get one row too, with no value.
        shown: Values as people wrote them, rather than as they compare.
        among: The recipients of ``messages``, where they are known to be few: then not everybody is looked up.
        subject: What the rows are, if not messages.
    """
    if not subject.owns(field):
        return _joined(engine, messages, field, keep, subject, missing=missing, shown=shown, among=among)
    if field.place is Place.LATEST:
        messages, values = _latest(engine, messages, field)
    else:
        values = messages[field.display if shown else field.column]
    return values_of(messages, values, keep=keep, missing=missing)


def values_of(rows: ibis.Table, values: Any, *, keep: Collection[str], missing: bool = False) -> ibis.Table:
    """``keep`` and ``value`` (text) for each row and each different one of its ``values``.

    Args:
        rows: Messages, or rows that stand for several.
        values: A column of theirs, a list or not.
        keep: Columns of ``rows``.
        missing: Rows without a value stay, with no value.
    """
    if values.type().is_array():
        return _listed(rows, values, keep, missing=missing)
    if missing:
        return rows.select(*keep, value=text_of(values))
    rows = rows.filter(_given(values))
    return rows.select(*keep, value=text_of(values, given=True))


def leading(counts: ibis.Table, by: Any, limit: int) -> ibis.Table:
    """The ``limit`` groups of ``counts`` that have a ``value`` and come first by ``by``, then value.

    The group without a value is left out after sorting, not before: the database takes a table with a condition for
    a fifth of its size, would push this one down to the table of values, and then hold the larger side of the join
    in memory.
    """
    first = counts.order_by([by, "value"]).limit(limit + 1)
    return first.filter(first["value"].notnull()).order_by([by, "value"]).limit(limit)


def needed(field: Field) -> frozenset[str]:
    """The columns of ``EmailEvents`` that ``with_value`` looks at."""
    return columns_for(field)


def _latest(engine: Engine, messages: ibis.Table, field: Field) -> tuple[ibis.Table, Any]:
    extended = with_latest(engine, messages)
    return extended, extended[f"_{field.column}"]


def _given(values: Any) -> Any:
    """In the simplest words, for which the database can estimate how many rows are left."""
    return values != "" if values.type().is_string() else values.notnull()


def text_of(values: Any, *, given: bool = False) -> Any:
    """As people write it; an empty text is no value. ``given``: there are none."""
    if values.type().is_boolean():
        return ibis.cases((values, "true"), (~values, "false"))
    if values.type().is_timestamp():
        return values.strftime("%Y-%m-%dT%H:%M:%SZ")
    if values.type().is_string():
        return values if given else values.nullif("")
    return values.cast("string")


def _listed(messages: ibis.Table, values: Any, keep: Collection[str], *, missing: bool) -> ibis.Table:
    distinct = values.filter(lambda item: item.notnull() & (item != "")).unique()
    if missing:
        nothing = ibis.array([ibis.null("string")])
        distinct = (distinct.length() > 0).ifelse(distinct, nothing)
    return messages.select(*keep, value=distinct).unnest("value")


def _joined(
    engine: Engine,
    messages: ibis.Table,
    field: Field,
    keep: Collection[str],
    subject: Subject,
    *,
    missing: bool,
    shown: bool,
    among: Collection[str] | None,
) -> ibis.Table:
    column = field.display if shown else field.column
    rows, held = beside(engine, messages, field, subject, {column}, among=among)
    column = held if field.place is Place.LATEST else column
    if rows[column].type().is_array():
        rows = rows.mutate(_value=rows[column].unnest())
    else:
        rows = rows.mutate(_value=text_of(rows[column]))
    parts, without = [], messages
    for keys in keys_beside(rows, field, subject, also=("_value",)):
        renamed = {f"_{column}": column for column in keys.columns}
        pairs = keys.rows.select("_value", **renamed)
        joined = messages.inner_join(pairs, [messages[column] == pairs[new] for new, column in renamed.items()])
        columns = dict.fromkeys((*keep, *(sorted(needed(field)) if subject is MESSAGES else subject.key)))
        distinct = joined.select(*columns, value=joined["_value"]).distinct()
        parts.append(distinct.select(*keep, "value"))
        given = pairs.filter(pairs["_value"].notnull())
        without = without.anti_join(given, [without[column] == given[new] for new, column in renamed.items()])
    if missing:
        parts.append(without.select(*keep, value=ibis.null("string")))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)
