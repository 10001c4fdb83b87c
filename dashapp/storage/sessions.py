"""Sign-ins that are still good. Only a hash of the cookie is stored, so a copy of the database opens nothing."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from dashapp.storage import users
from dashapp.storage.tables import session, user, user_role
from dashapp.storage.users import User


class SessionKind(StrEnum):
    """How a session may be used."""

    NORMAL = "normal"
    KIOSK = "kiosk"  # a wall screen: aggregates only, does not go idle


@dataclass(frozen=True)
class Session:
    """One sign-in. ``public_id`` names it to its owner; it is not the cookie."""

    id_hash: str
    public_id: str
    user_id: str
    kind: SessionKind
    created: datetime
    last_seen: datetime
    expires: datetime
    ip: str
    user_agent: str


def digest(cookie: str) -> str:
    """What is stored of a cookie; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def add(
    connection: sa.Connection,
    cookie: str,
    user_id: str,
    *,
    kind: SessionKind,
    now: datetime,
    expires: datetime,
    ip: str,
    user_agent: str,
) -> Session:
    """Insert the session that ``cookie`` will open."""
    added = Session(
        digest(cookie), str(uuid.uuid4()), user_id, kind, now, now, expires, ip[:45], _printable(user_agent)[:256]
    )
    connection.execute(session.insert().values(**added.__dict__))
    return added


def find(connection: sa.Connection, cookie: str) -> tuple[Session, User] | None:
    """The session that ``cookie`` opens and its user, expired or not; None if there is none."""
    query = (
        sa.select(user, user_role.c.role, *(column.label(f"s_{column.name}") for column in session.columns))
        .join_from(session, user, session.c.user_id == user.c.id)
        .join(user_role, user.c.id == user_role.c.user_id, isouter=True)
        .where(session.c.id_hash == digest(cookie))
    )
    rows = connection.execute(query).mappings().all()
    if not rows:
        return None
    return _session({name[2:]: value for name, value in rows[0].items() if name[:2] == "s_"}), users.from_rows(rows)[0]


def of_user(connection: sa.Connection, user_id: str, now: datetime) -> list[Session]:
    """The user's unexpired sessions, last seen first."""
    query = sa.select(session).where(session.c.user_id == user_id, session.c.expires > now)
    rows = connection.execute(query.order_by(session.c.last_seen.desc())).mappings()
    return [_session(row) for row in rows]


def touch(connection: sa.Connection, id_hash: str, now: datetime) -> None:
    """Note that the session was used."""
    connection.execute(session.update().where(session.c.id_hash == id_hash).values(last_seen=now))


def end(connection: sa.Connection, *, user_id: str, public_ids: Sequence[str] | None = None, keep: str = "") -> int:
    """Delete sessions of one user.

    Args:
        connection: From ``Storage.write``.
        user_id: Whose.
        public_ids: Which; None for all.
        keep: ``id_hash`` of one to spare.

    Returns:
        How many were deleted.
    """
    query = session.delete().where(session.c.user_id == user_id, session.c.id_hash != keep)
    if public_ids is not None:
        query = query.where(session.c.public_id.in_(public_ids))
    return connection.execute(query).rowcount


def end_expired(connection: sa.Connection, now: datetime, *, idle_before: datetime) -> None:
    """Delete what is past its absolute expiry, and normal sessions last seen before ``idle_before``."""
    idle = sa.and_(session.c.kind == SessionKind.NORMAL.value, session.c.last_seen < idle_before)
    connection.execute(session.delete().where(sa.or_(session.c.expires <= now, idle)))


def _session(row: sa.RowMapping | dict[str, object]) -> Session:
    values = dict(row)
    return Session(**values | {"kind": SessionKind(str(values["kind"]))})


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
