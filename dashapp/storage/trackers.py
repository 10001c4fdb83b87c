"""How saved queries are tracked, and the alerts they raise. Who may run one is decided here, by one row at a time."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dashapp.domain.tracking import LEASE, Alert, Claimed, Outcome, TrackerState
from dashapp.identity.permissions import Actor
from dashapp.storage import queries, users
from dashapp.storage.database import Storage
from dashapp.storage.tables import job_runner, query_alert, query_tracker, saved_query
from dashapp.storage.text import storable

RUNNER = Actor("system:jobs", "Job runner", frozenset())
"""Who the records name for what no person did."""

TICK = "tick"
MOST_DUE = 500


def track(connection: sa.Connection, query_id: str, *, threshold: int | None, now: datetime) -> None:
    """Track a query from ``now`` on, at once; tracked already, it only gets another threshold, tried at once."""
    changed = connection.execute(
        query_tracker.update()
        .where(query_tracker.c.query_id == query_id)
        .values(threshold=threshold, next_run=sa.case((_threshold_is(threshold), query_tracker.c.next_run), else_=now))
    )
    if not changed.rowcount:
        connection.execute(query_tracker.insert().values(query_id=query_id, threshold=threshold, **_fresh(now)))


def restart(connection: sa.Connection, query_id: str, now: datetime) -> None:
    """Forget what was counted of a query and begin ``now``, if it is tracked: it asks something else.

    A run under way counts what was asked before, so its numbers are not taken; alerts about that go.
    """
    connection.execute(query_tracker.update().where(query_tracker.c.query_id == query_id).values(**_fresh(now)))
    connection.execute(query_alert.delete().where(query_alert.c.query_id == query_id))


def _fresh(now: datetime) -> dict[str, Any]:
    """A tracker that has counted nothing yet and is due."""
    nothing = {"lease": "", "leased_until": None, "problem": "", "last_run": None}
    counts = {"day": "", "today": 0, "prior": 0, "so_far": 0, "usual": None}
    return {"since": now, "next_run": now, "state": TrackerState.NEW.value, **nothing, **counts}


def _threshold_is(threshold: int | None) -> sa.ColumnElement[bool]:
    return query_tracker.c.threshold.is_not_distinct_from(threshold)


def untrack(connection: sa.Connection, query_id: str) -> None:
    """Track a query no more; its alerts stay."""
    connection.execute(query_tracker.delete().where(query_tracker.c.query_id == query_id))


def hurry(connection: sa.Connection, query_id: str, now: datetime) -> None:
    """Let a query be due now, also one that was stopped; a run under way goes on and counts as this one."""
    connection.execute(
        query_tracker.update()
        .where(query_tracker.c.query_id == query_id)
        .values(
            next_run=now,
            state=sa.case(
                (query_tracker.c.state == TrackerState.STOPPED.value, TrackerState.NEW.value),
                else_=query_tracker.c.state,
            ),
        )
    )


def alerts_of(connection: sa.Connection, owner_id: str, *, most: int) -> list[Alert]:
    """What a person has not put aside, newest day first."""
    columns = [query_alert.c[name] for name in ("id", "query_id", "day", "messages", "threshold", "raised")]
    query = (
        sa.select(*columns, saved_query.c.name, saved_query.c.search)
        .join_from(query_alert, saved_query, query_alert.c.query_id == saved_query.c.id)
        .where(saved_query.c.owner_id == owner_id, query_alert.c.seen.is_(None))
        .order_by(query_alert.c.day.desc(), saved_query.c.name)
        .limit(most)
    )
    return [
        Alert(**{**row, "day": date.fromisoformat(row["day"])}) for row in connection.execute(query).mappings().all()
    ]


def put_aside(connection: sa.Connection, owner_id: str, alert_ids: Sequence[str], now: datetime) -> int:
    """Mark alerts of a person's own queries as seen; returns how many there were."""
    own = sa.select(saved_query.c.id).where(saved_query.c.owner_id == owner_id)
    changed = connection.execute(
        query_alert.update()
        .where(
            query_alert.c.id.in_([storable(one, 36) for one in alert_ids]),
            query_alert.c.query_id.in_(own),
            query_alert.c.seen.is_(None),
        )
        .values(seen=now)
    )
    return changed.rowcount


def last_tick(connection: sa.Connection) -> datetime | None:
    """When a job runner last gave a sign of life; None: never."""
    return connection.execute(sa.select(job_runner.c.ticked).where(job_runner.c.name == TICK)).scalar()


def waiting(connection: sa.Connection, now: datetime) -> int:
    """How many tracked queries are due and not being run."""
    return connection.execute(sa.select(sa.func.count()).select_from(query_tracker).where(_free(now))).scalar_one()


def _free(now: datetime) -> sa.ColumnElement[bool]:
    leased = query_tracker.c.leased_until
    return sa.and_(
        query_tracker.c.next_run <= now,
        query_tracker.c.state != TrackerState.STOPPED.value,
        sa.or_(leased.is_(None), leased <= now),
    )


class TrackerRecords:
    """The store of ``dashapp.domain.tracking.TrackerStore`` in the database.

    Args:
        storage: With the audit chain, which names every alert and every stop.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def due(self, now: datetime) -> list[str]:
        """Ids of the queries that are to be run, longest due first."""
        query = sa.select(query_tracker.c.query_id).where(_free(now)).order_by(query_tracker.c.next_run)
        with self._storage.read() as connection:
            return list(connection.execute(query.limit(MOST_DUE)).scalars())

    def claim(self, query_id: str, now: datetime) -> Claimed | None:
        """The run of a due query, for the caller alone until ``now`` + ``LEASE``; None if it is not to be run."""
        token = str(uuid.uuid4())
        with self._storage.write() as connection:
            taken = connection.execute(
                query_tracker.update()
                .where(query_tracker.c.query_id == query_id, _free(now))
                .values(lease=token, leased_until=now + LEASE)
            )
            found = queries.by_id(connection, query_id, viewer_id="") if taken.rowcount else None
            owner = users.by_id(connection, found.owner_id) if found else None
        if found is None or owner is None or found.tracker is None:
            return None
        return Claimed(query_id, token, owner.actor, owner.disabled, found.name, found.search, found.tracker)

    def finish(self, claimed: Claimed, outcome: Outcome, now: datetime, next_run: datetime) -> bool:
        """Store how a run ended, with its alerts; False if another runner has taken the run over meanwhile."""
        with self._storage.write() as connection:
            mine = sa.and_(query_tracker.c.query_id == claimed.query_id, query_tracker.c.lease == claimed.token)
            if not connection.execute(
                query_tracker.update().where(mine).values(_ended(outcome, now, next_run))
            ).rowcount:
                return False
            for day, messages in outcome.alerts:
                self._raise(connection, claimed, day, messages, now)
            if outcome.state is TrackerState.STOPPED:
                detail = {"problem": outcome.problem}
                object_ = f"query:{claimed.query_id}"
                self._storage.audit.record(connection, RUNNER, "query.track.stop", object_, detail)
        return True

    def tick(self, now: datetime) -> None:
        """Note that the job runner is alive."""
        with self._storage.write() as connection:
            changed = connection.execute(job_runner.update().where(job_runner.c.name == TICK).values(ticked=now))
            if not changed.rowcount:
                # Two runners may see their first minute at once; one row is enough.
                with suppress(sa.exc.IntegrityError), connection.begin_nested():
                    connection.execute(job_runner.insert().values(name=TICK, ticked=now))

    def _raise(self, connection: sa.Connection, claimed: Claimed, day: date, messages: int, now: datetime) -> None:
        """Insert an alert; a day has one, whose number grows with the day."""
        of_day = sa.and_(query_alert.c.query_id == claimed.query_id, query_alert.c.day == day.isoformat())
        if connection.execute(query_alert.update().where(of_day).values(messages=messages)).rowcount:
            return
        row = {"id": str(uuid.uuid4()), "query_id": claimed.query_id, "day": day.isoformat(), "messages": messages}
        row |= {"threshold": claimed.tracker.threshold, "raised": now}
        connection.execute(query_alert.insert().values(row))
        detail = {"day": day.isoformat(), "messages": messages, "threshold": claimed.tracker.threshold}
        self._storage.audit.record(connection, RUNNER, "query.alert", f"query:{claimed.query_id}", detail)


def _ended(outcome: Outcome, now: datetime, next_run: datetime) -> dict[str, object]:
    values: dict[str, object] = {
        "lease": "",
        "leased_until": None,
        "state": outcome.state.value,
        "problem": storable(outcome.problem, 300),
        "last_run": now,
        "next_run": next_run,
    }
    if (counts := outcome.counts) is not None:
        numbers = {"today": counts.today, "prior": counts.prior, "so_far": counts.so_far, "usual": counts.usual}
        values |= {"day": counts.day.isoformat(), **numbers}
    return values
