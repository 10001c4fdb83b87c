"""The one-time token that lets a person with access to the server's output create the first account."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from dashapp.storage.tables import setup_token


def replace(connection: sa.Connection, token: str, now: datetime) -> None:
    """Make ``token`` the only valid one."""
    connection.execute(setup_token.delete())
    connection.execute(setup_token.insert().values(token_hash=_digest(token), created=now))


def is_valid(connection: sa.Connection, token: str) -> bool:
    """Whether ``token`` is the present one; it stays valid."""
    return (
        connection.execute(sa.select(setup_token).where(setup_token.c.token_hash == _digest(token))).first() is not None
    )


def consume(connection: sa.Connection, token: str) -> bool:
    """Whether ``token`` was the valid one; it is not any more."""
    return connection.execute(setup_token.delete().where(setup_token.c.token_hash == _digest(token))).rowcount == 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.strip().encode()).hexdigest()
