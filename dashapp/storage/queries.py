"""Saved queries, and which one a person's explorer opens with."""

import uuid
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dashapp.domain.saved_queries import LONGEST_NAME, SavedQuery
from dashapp.domain.tracking import DayCounts, Tracker, TrackerState
from dashapp.identity.permissions import Role
from dashapp.query.urlstate import LONGEST_SEARCH
from dashapp.storage.tables import query_alert, query_tracker, saved_query, saved_query_default, user
from dashapp.storage.text import storable

EXPLORER_PAGE = "explorer"


def add(connection: sa.Connection, *, owner_id: str, name: str, search: str, shared: Role | None, now: datetime) -> str:
    """Insert a query; returns its id."""
    query_id = str(uuid.uuid4())
    held = _held(name, search, shared, now)
    connection.execute(saved_query.insert().values(id=query_id, owner_id=owner_id, created=now, version=1, **held))
    return query_id


def change(
    connection: sa.Connection,
    query_id: str,
    *,
    version: int,
    name: str,
    search: str,
    shared: Role | None,
    now: datetime,
) -> bool:
    """Replace what ``version`` of a query holds; False if there is another version by now.

    Whoever it is not shared with any more does not open with it.
    """
    changed = connection.execute(
        saved_query.update()
        .where(saved_query.c.id == query_id, saved_query.c.version == version)
        .values(version=version + 1, **_held(name, search, shared, now))
    )
    return bool(changed.rowcount)


def _held(name: str, search: str, shared: Role | None, now: datetime) -> dict[str, Any]:
    return {
        "name": storable(name, LONGEST_NAME),
        "search": storable(search, LONGEST_SEARCH),
        "shared_role": shared.value if shared else None,
        "updated": now,
    }


def executed(connection: sa.Connection, query_id: str, now: datetime) -> None:
    """Note that somebody opened the query."""
    connection.execute(saved_query.update().where(saved_query.c.id == query_id).values(last_run=now))


def delete(connection: sa.Connection, query_id: str) -> None:
    """Delete a query, how it is tracked, and its alerts."""
    connection.execute(saved_query.delete().where(saved_query.c.id == query_id))


def by_id(connection: sa.Connection, query_id: str, *, viewer_id: str) -> SavedQuery | None:
    """The query, whoever may see it, or None; ``viewer_id`` is who might open with it."""
    found = _many(connection, saved_query.c.id == storable(query_id, 36), viewer_id)
    return found[0] if found else None


def of_owner_or_shared(connection: sa.Connection, viewer_id: str) -> list[SavedQuery]:
    """The queries of one person, and all that are shared with any role."""
    condition = sa.or_(saved_query.c.owner_id == viewer_id, saved_query.c.shared_role.is_not(None))
    return _many(connection, condition, viewer_id)


def of_owner(connection: sa.Connection, owner_id: str) -> list[SavedQuery]:
    """The queries of one person."""
    return _many(connection, saved_query.c.owner_id == owner_id, owner_id)


def default_of(connection: sa.Connection, user_id: str, page: str = EXPLORER_PAGE) -> SavedQuery | None:
    """The query a person's page opens with, whether they may still see it or not; None if there is none."""
    query = sa.select(saved_query_default.c.query_id).where(
        saved_query_default.c.user_id == user_id, saved_query_default.c.page == page
    )
    query_id = connection.execute(query).scalar()
    return by_id(connection, query_id, viewer_id=user_id) if query_id else None


def set_default(connection: sa.Connection, user_id: str, query_id: str | None, page: str = EXPLORER_PAGE) -> None:
    """Let a person's page open with a query, or with none."""
    table = saved_query_default
    connection.execute(table.delete().where(table.c.user_id == user_id, table.c.page == page))
    if query_id:
        # The same person's other window may be choosing at this moment; the first one stands.
        with suppress(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(table.insert().values(user_id=user_id, page=page, query_id=query_id))


def unseen_alerts(connection: sa.Connection, owner_id: str) -> int:
    """How many alerts of a person's queries they have not put aside."""
    query = (
        sa.select(sa.func.count())
        .select_from(query_alert.join(saved_query, query_alert.c.query_id == saved_query.c.id))
        .where(saved_query.c.owner_id == owner_id, query_alert.c.seen.is_(None))
    )
    return connection.execute(query).scalar_one()


def _many(connection: sa.Connection, condition: sa.ColumnElement[bool], viewer_id: str) -> list[SavedQuery]:
    mine = sa.and_(
        saved_query_default.c.query_id == saved_query.c.id,
        saved_query_default.c.user_id == viewer_id,
        saved_query_default.c.page == EXPLORER_PAGE,
    )
    tracked = [column.label(f"t_{column.name}") for column in query_tracker.columns]
    query = (
        sa.select(saved_query, user.c.display_name, saved_query_default.c.page, *tracked)
        .join_from(saved_query, user, saved_query.c.owner_id == user.c.id)
        .join(query_tracker, query_tracker.c.query_id == saved_query.c.id, isouter=True)
        .join(saved_query_default, mine, isouter=True)
        .where(condition)
        .order_by(saved_query.c.created, saved_query.c.id)
    )
    return [_query(row) for row in connection.execute(query).mappings()]


def _query(row: sa.RowMapping) -> SavedQuery:
    tracked = {name[2:]: value for name, value in row.items() if name[:2] == "t_"}
    return SavedQuery(
        id=row["id"],
        owner_id=row["owner_id"],
        author=row["display_name"],
        name=row["name"],
        search=row["search"],
        shared=Role(row["shared_role"]) if row["shared_role"] else None,
        created=row["created"],
        updated=row["updated"],
        last_run=row["last_run"],
        version=row["version"],
        tracker=tracker_of(tracked) if tracked["query_id"] else None,
        is_default=row["page"] is not None,
    )


def tracker_of(row: dict[str, Any]) -> Tracker:
    """A tracker from a row of ``query_tracker``."""
    counts = None
    if row["day"]:
        day = date.fromisoformat(row["day"])
        counts = DayCounts(day, row["today"], row["prior"], row["so_far"], row["usual"])
    named = ("threshold", "since", "next_run", "problem", "last_run")
    return Tracker(**{name: row[name] for name in named}, state=TrackerState(row["state"]), counts=counts)
