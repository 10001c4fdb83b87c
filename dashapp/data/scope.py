"""What a viewer may see: which rows (restriction, licences) and which columns. Applied by the engine, once, to all."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr import operations as ops

from dashapp.data.engine_sql import FAR_FUTURE, FAR_PAST, Source, stored
from dashapp.data.filtering.leaves import any_of
from dashapp.data.filtering.places import JOINS, KEY_COLUMNS, MESSAGE_KEY, belonging, columns_of
from dashapp.data.lake import ROLLUP, ROLLUP_SCHEMA
from dashapp.query.fields import FIELDS, Place
from dashapp.query.window import Window

if TYPE_CHECKING:
    from dashapp.data.engine import Engine

_PLACES = {place.table: place for place in Place if place.joined}
FILES = "FileMaliciousContentInfo"


def narrow(engine: Engine, name: str, rows: ibis.Table, window: Window | None) -> ibis.Table:
    """``rows`` of the table ``name`` inside the scope of the engine's viewer."""
    if name == "EmailEvents":
        return _messages(engine, rows)
    if name == FILES:
        return _files(engine, rows)
    place = _PLACES.get(name)
    if place is None or name == ROLLUP:
        return rows.filter(ibis.literal(False))  # nothing says to whose message these belong
    until = Window(FAR_PAST, window.end) if window else None
    wanted = needs(engine, "EmailEvents")
    messages = _messages(engine, engine.source("EmailEvents", until, columns=wanted))
    if place is Place.IDENTITY:
        return rows.filter(
            any_of([rows[column].isin(messages["recipient"]) for column in ("account", "email_address")])
        )
    return ibis.union(*(belonging(rows, messages, join) for join in JOINS[place]))


def needs(engine: Engine, name: str) -> frozenset[str]:
    """The columns of the table ``name`` that ``narrow`` looks at."""
    if name == FILES:
        return frozenset({"FileOwnerUpn", "Timestamp"})
    if name != "EmailEvents":
        return KEY_COLUMNS
    restrict = engine.viewer.restrict if engine.viewer else None
    return MESSAGE_KEY if restrict is None else MESSAGE_KEY | columns_of(restrict)


def _files(engine: Engine, rows: ibis.Table) -> ibis.Table:
    """Files belong to no message: to who owns them, and to nobody whose sight is restricted to certain messages."""
    if engine.viewer is not None and engine.viewer.restrict is not None:
        return rows.filter(ibis.literal(False))
    plan = engine.plan()
    if plan is None:
        return rows
    held = _licences(engine.unscoped(), plan.licences)
    during = [rows["FileOwnerUpn"].lower() == held["address"]]
    return rows.semi_join(held, [*during, rows["Timestamp"] >= held["start"], rows["Timestamp"] < held["end"]])


def _messages(engine: Engine, rows: ibis.Table) -> ibis.Table:
    from dashapp.data.filtering import where

    plan, whole = engine.plan(), engine.unscoped()
    if plan is not None:
        held = _licences(whole, plan.licences)
        during = [rows["recipient"] == held["address"]]
        during += [rows["Timestamp"] >= held["start"], rows["Timestamp"] < held["end"]]
        rows = rows.semi_join(held, during)
    restrict = engine.viewer.restrict if engine.viewer else None
    return rows if restrict is None else where(whole, rows, restrict)


def _licences(engine: Engine, licences: frozenset[str]) -> ibis.Table:
    """Who held a licence of the plan, and when: ``address``, ``start``, ``end`` (half-open)."""
    columns = {"account", "email_address", "AssignedLicenses", "LicensedFrom", "LicensedUntil"}
    people = engine.source("IdentityInfo", columns=columns)
    wanted = ibis.literal(sorted(licences), type="array<string>")
    people = people.filter(people["AssignedLicenses"].intersect(wanted).length() > 0)
    return ibis.union(
        *(
            people.filter(people[column].notnull()).select(
                address=people[column],
                start=people["LicensedFrom"].fill_null(stored(FAR_PAST)),
                end=people["LicensedUntil"].fill_null(stored(FAR_FUTURE)),
            )
            for column in ("account", "email_address")
        )
    )


@cache
def _open_columns() -> frozenset[tuple[str, str]]:
    """(table, column) that may be returned to everyone: those of fields that are not sensitive, and no others."""
    plain = [field for field in FIELDS.values() if not field.sensitive]
    columns = {(field.place.table, column) for field in plain for column in (field.column, field.display)}
    columns |= {(table, "Timestamp") for table in ("EmailEvents", *_PLACES)}
    columns |= {(ROLLUP, column) for column in ROLLUP_SCHEMA.names}
    hidden = {
        (field.place.table, c) for field in FIELDS.values() if field.sensitive for c in (field.column, field.display)
    }
    return frozenset(columns - hidden)


def returns_sensitive(expression: ibis.Table) -> bool:
    """Whether a column of ``expression`` shows values of a column not open to everyone; counting them is no showing."""
    return _any_sensitive(expression.op())


@lru_cache(256)
def _any_sensitive(relation: Any) -> bool:
    seen: dict[tuple[Any, str], bool] = {}

    def column(rel: Any, name: str) -> bool:
        key = (rel, name)
        if key not in seen:
            seen[key] = False
            seen[key] = _column(rel, name)
        return seen[key]

    def _column(rel: Any, name: str) -> bool:
        if isinstance(rel, ops.UnboundTable):
            return (Source.called(rel.name).table, name) not in _open_columns()
        if isinstance(rel, ops.Set):
            return column(rel.left, name) or column(rel.right, name)
        if name in rel.values:
            return value(rel.values[name])
        return True

    def value(node: Any) -> bool:
        if isinstance(node, ops.Field):
            return column(node.rel, node.name)
        if isinstance(node, _NUMBERS):
            return False
        return any(value(arg) for arg in node.args if isinstance(arg, ops.Value)) or any(
            value(part) for arg in node.args if isinstance(arg, tuple) for part in arg if isinstance(part, ops.Value)
        )

    return any(column(relation, name) for name in relation.schema)


_NUMBERS = (ops.Count, ops.CountStar, ops.CountDistinct, ops.CountDistinctStar, ops.RowNumber)
