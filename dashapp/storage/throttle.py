"""Counters of failed attempts, shared by every process because they live in the database."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dashapp.storage.tables import throttle


@dataclass(frozen=True)
class Counter:
    """Failures under one key, and until when further attempts are refused."""

    failures: int
    blocked_until: datetime
    updated: datetime


def get(connection: sa.Connection, key: str) -> Counter | None:
    """The counter of ``key``, locked against others until the transaction ends; None if there is none."""
    row = connection.execute(sa.select(throttle).where(throttle.c.key == key).with_for_update()).first()
    return Counter(row.failures, row.blocked_until, row.updated) if row else None


def locked(connection: sa.Connection, key: str, now: datetime) -> Counter:
    """As ``get``, after making sure that there is a row to lock."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"key": key, "failures": 0, "blocked_until": now, "updated": now}
    connection.execute(insert(throttle).values(values).on_conflict_do_nothing())
    return get(connection, key) or Counter(0, now, now)


def put(connection: sa.Connection, key: str, counter: Counter) -> None:
    """Store ``counter`` under ``key``."""
    connection.execute(throttle.update().where(throttle.c.key == key).values(**counter.__dict__))


def clear(connection: sa.Connection, key: str) -> None:
    """Forget ``key``."""
    connection.execute(throttle.delete().where(throttle.c.key == key))


def forget_before(connection: sa.Connection, before: datetime) -> None:
    """Forget counters not touched since ``before``."""
    connection.execute(throttle.delete().where(throttle.c.updated < before))
