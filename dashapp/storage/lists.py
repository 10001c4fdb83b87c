"""Lists of values that queries refer to. A list is never changed; how it is called says what is in it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from dashapp.storage.tables import kept_list
from dashapp.storage.text import storable


def add(connection: sa.Connection, list_id: str, values: Sequence[str], *, keeper_id: str, now: datetime) -> bool:
    """Keep a list; False if it is kept already."""
    if values_of(connection, list_id) is not None:
        return False
    # Somebody else may be keeping the same list at this moment; it is the same.
    with suppress(sa.exc.IntegrityError), connection.begin_nested():
        held = json.dumps(list(values))  # ASCII, so that any text can be kept
        connection.execute(kept_list.insert().values(id=list_id, held=held, keeper_id=keeper_id, kept=now))
        return True
    return False


def values_of(connection: sa.Connection, list_id: str) -> tuple[str, ...] | None:
    """What is in a list, in order; None if there is none of that name."""
    query = sa.select(kept_list.c.held).where(kept_list.c.id == storable(list_id, 64))
    held = connection.execute(query).scalar()
    return None if held is None else tuple(json.loads(held))


def kept_since(connection: sa.Connection, keeper_id: str, since: datetime) -> int:
    """How many lists a person has kept since then."""
    query = sa.select(sa.func.count()).where(kept_list.c.keeper_id == keeper_id, kept_list.c.kept >= since)
    return connection.execute(query.select_from(kept_list)).scalar_one()
