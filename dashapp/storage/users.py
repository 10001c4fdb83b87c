"""Users and their roles."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dashapp.identity.permissions import Actor, Role
from dashapp.storage.tables import user, user_role
from dashapp.storage.text import storable


@dataclass(frozen=True)
class User:
    """One account, as stored. ``login`` is normalised by ``normal_login``."""

    id: str
    login: str
    display_name: str
    password_hash: str | None
    disabled: bool
    demo: bool
    time_zone: str
    theme: str
    created: datetime
    updated: datetime
    password_changed: datetime | None
    version: int
    look: str
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        """The user as the one who asks."""
        return Actor(self.id, self.display_name, self.roles, self.time_zone, self.theme, look=self.look)


def normal_login(text: str) -> str:
    """The form a login name is stored and looked up in."""
    return storable(text.strip().casefold(), 254)


def add(
    connection: sa.Connection,
    *,
    login: str,
    display_name: str,
    password_hash: str | None,
    roles: Iterable[Role],
    time_zone: str,
    now: datetime,
    demo: bool = False,
) -> User:
    """Insert a user.

    Raises:
        sqlalchemy.exc.IntegrityError: The login is taken.
    """
    row = {
        "id": str(uuid.uuid4()),
        "login": normal_login(login),
        "display_name": storable(display_name, 120),
        "password_hash": password_hash,
        "disabled": False,
        "demo": demo,
        "time_zone": time_zone,
        "theme": "auto",
        "look": "",
        "created": now,
        "updated": now,
        "password_changed": now if password_hash else None,
        "version": 1,
    }
    connection.execute(user.insert().values(row))
    held = frozenset(roles)
    _insert_roles(connection, str(row["id"]), held)
    return User(**row, roles=held)  # type: ignore[arg-type]  # a dict of mixed values


def by_id(connection: sa.Connection, user_id: str) -> User | None:
    """The user, or None."""
    return _one(connection, user.c.id == user_id)


def by_login(connection: sa.Connection, login: str) -> User | None:
    """The user, or None; ``login`` as typed."""
    return _one(connection, user.c.login == normal_login(login))


def every(connection: sa.Connection) -> list[User]:
    """All users by login."""
    return _many(connection, sa.true())


def demo_accounts(connection: sa.Connection) -> list[User]:
    """The accounts of the demonstration that may sign in, by login."""
    return _many(connection, sa.and_(user.c.demo, sa.not_(user.c.disabled)))


def any_exist(connection: sa.Connection) -> bool:
    """Whether there is a user at all."""
    return connection.execute(sa.select(user.c.id).limit(1)).first() is not None


def change(connection: sa.Connection, user_id: str, now: datetime, **columns: Any) -> None:
    """Set ``columns`` of one user."""
    connection.execute(
        user.update().where(user.c.id == user_id).values(**columns, updated=now, version=user.c.version + 1)
    )


def set_roles(connection: sa.Connection, user_id: str, roles: Iterable[Role], now: datetime) -> None:
    """Replace the user's roles."""
    connection.execute(user_role.delete().where(user_role.c.user_id == user_id))
    _insert_roles(connection, user_id, roles)
    change(connection, user_id, now)


def _insert_roles(connection: sa.Connection, user_id: str, roles: Iterable[Role]) -> None:
    if rows := [{"user_id": user_id, "role": role.value} for role in sorted(roles)]:
        connection.execute(user_role.insert(), rows)


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> User | None:
    found = _many(connection, condition)
    return found[0] if found else None


def _many(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[User]:
    query = (
        sa.select(user, user_role.c.role)
        .join_from(user, user_role, user.c.id == user_role.c.user_id, isouter=True)
        .where(condition)
        .order_by(user.c.login, user_role.c.role)
    )
    return from_rows(connection.execute(query).mappings().all())


def from_rows(rows: Iterable[Any]) -> list[User]:
    """Users from rows of ``user_account`` joined to ``user_role``: one row per role, in any order of roles."""
    columns: dict[str, dict[str, Any]] = {}
    roles: dict[str, set[Role]] = {}
    for row in rows:
        columns.setdefault(row["id"], {column.name: row[column.name] for column in user.columns})
        held = roles.setdefault(row["id"], set())
        if row["role"]:
            held.add(Role(row["role"]))
    return [User(**values, roles=frozenset(roles[user_id])) for user_id, values in columns.items()]
