"""Saving, sharing, tracking and opening queries: each change checked, in one transaction with its record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dashapp.domain.saved_queries import (
    MOST_QUERIES,
    MOST_TRACKED,
    ChangedQueryError,
    Draft,
    NoSuchQueryError,
    SavedQuery,
    SavedQueryError,
    checked,
    in_order,
    may_change,
    may_see,
    write_search,
)
from dashapp.domain.tracking import Alert
from dashapp.identity.permissions import Actor, Permission, Role, ensure
from dashapp.identity.sign_ins import Clock, utc_now
from dashapp.storage import Storage, queries, trackers

MOST_ALERTS = 200


@dataclass(frozen=True)
class SavedQueries:
    """The queries of everybody, each seen only by those it is for.

    Attributes:
        storage: Where they are.
        clock: Tells the time, aware.
    """

    storage: Storage
    clock: Clock = utc_now

    def visible(self, actor: Actor) -> list[SavedQuery]:
        """The queries ``actor`` may see, their own first.

        Raises:
            PermissionDenied: They may not save queries.
        """
        ensure(actor, Permission.QUERY_SAVE)
        with self.storage.read() as connection:
            found = queries.of_owner_or_shared(connection, actor.user_id)
        return in_order([query for query in found if may_see(actor, query)], actor)

    def get(self, actor: Actor, query_id: str) -> SavedQuery:
        """One query.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
            NoSuchQueryError: There is none, or it is not for them.
        """
        ensure(actor, Permission.QUERY_SAVE)
        with self.storage.read() as connection:
            return self._seen(connection, actor, query_id)

    def save(self, actor: Actor, draft: Draft) -> SavedQuery:
        """Keep a new query.

        Raises:
            PermissionDenied: ``actor`` may not save queries, or may not share the one they want to share.
            SavedQueryError: It cannot be kept; the message says why.
        """
        self._ensure_writes(actor, draft.shared)
        wanted, now = checked(draft), self.clock()
        with self.storage.write() as connection:
            self._ensure_fits(connection, actor.user_id, wanted)
            query_id = queries.add(
                connection,
                owner_id=actor.user_id,
                name=wanted.name,
                search=write_search(wanted.state),
                shared=wanted.shared,
                now=now,
            )
            self._set_tracking(connection, query_id, wanted, now)
            self._record(connection, actor, "query.save", query_id, wanted)
            return self._seen(connection, actor, query_id)

    def change(self, actor: Actor, query_id: str, draft: Draft, *, version: int) -> SavedQuery:
        """Replace what ``version`` of a query holds; it stays its owner's. Asking something else, it is tracked anew.

        Raises:
            PermissionDenied: ``actor`` may not save queries, or may not share.
            NoSuchQueryError: There is none, or it is not for them to change.
            ChangedQueryError: There is another version by now.
            SavedQueryError: It cannot be kept; the message says why.
        """
        with self.storage.read() as connection:
            before = self._changeable(connection, actor, query_id)
        self._ensure_writes(actor, draft.shared if draft.shared != before.shared else None)
        wanted, now = checked(draft), self.clock()
        with self.storage.write() as connection:
            found = self._changeable(connection, actor, query_id)
            self._ensure_fits(connection, found.owner_id, wanted, without=query_id)
            if not queries.change(
                connection,
                query_id,
                version=version,
                name=wanted.name,
                search=write_search(wanted.state),
                shared=wanted.shared,
                now=now,
            ):
                raise ChangedQueryError
            if not found.asks_as(wanted.state):
                trackers.restart(connection, query_id, now)
            if found.owner_id == actor.user_id:  # whose rights and time it costs
                self._set_tracking(connection, query_id, wanted, now)
            self._record(connection, actor, "query.change", query_id, wanted)
            changed = queries.by_id(connection, query_id, viewer_id=actor.user_id)
        return changed or before  # no longer shared, it is not theirs to see, but they have just written it

    def delete(self, actor: Actor, query_id: str) -> SavedQuery:
        """Delete a query with its tracking; returns what it was.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
            NoSuchQueryError: There is none, or it is not for them to change.
        """
        self._ensure_writes(actor, None)
        with self.storage.write() as connection:
            found = self._changeable(connection, actor, query_id)
            queries.delete(connection, query_id)
            detail = {"name": found.name, "owner": found.owner_id}
            self.storage.audit.record(connection, actor, "query.delete", f"query:{query_id}", detail)
        return found

    def opened(self, actor: Actor, query_id: str) -> SavedQuery:
        """A query that is being opened; its last run is now.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
            NoSuchQueryError: There is none, or it is not for them.
        """
        found = self.get(actor, query_id)
        with self.storage.write() as connection:
            queries.executed(connection, query_id, self.clock())
        return found

    def default_of(self, actor: Actor) -> SavedQuery | None:
        """What the explorer of ``actor`` opens with; None if it is as usual."""
        if not actor.may(Permission.QUERY_SAVE):
            return None
        with self.storage.read() as connection:
            found = queries.default_of(connection, actor.user_id)
        return found if found and may_see(actor, found) else None

    def set_default(self, actor: Actor, query_id: str | None) -> None:
        """Let the explorer of ``actor`` open with a query, or as usual.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
            NoSuchQueryError: There is none, or it is not for them.
        """
        self._ensure_writes(actor, None)
        with self.storage.write() as connection:
            if query_id is not None:
                self._seen(connection, actor, query_id)
            queries.set_default(connection, actor.user_id, query_id)
            detail = {"query": query_id or ""}
            self.storage.audit.record(connection, actor, "query.default", f"user:{actor.user_id}", detail)

    def count_now(self, actor: Actor, query_id: str) -> None:
        """Let one's own tracked query be due at once; one that was stopped goes on.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
            NoSuchQueryError: There is none, or it is not theirs.
        """
        self._ensure_writes(actor, None)
        with self.storage.write() as connection:
            found = self._seen(connection, actor, query_id)
            if found.owner_id != actor.user_id or found.tracker is None:
                raise NoSuchQueryError
            trackers.hurry(connection, query_id, self.clock())
            self.storage.audit.record(connection, actor, "query.track.run", f"query:{query_id}")

    def alerts(self, actor: Actor) -> list[Alert]:
        """Alerts of one's own queries that are not put aside, newest first.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
        """
        ensure(actor, Permission.QUERY_SAVE)
        with self.storage.read() as connection:
            return trackers.alerts_of(connection, actor.user_id, most=MOST_ALERTS)

    def alert_count(self, actor: Actor) -> int:
        """How many these are; 0 for who may not save queries."""
        if not actor.may(Permission.QUERY_SAVE):
            return 0
        with self.storage.read() as connection:
            return queries.unseen_alerts(connection, actor.user_id)

    def put_aside(self, actor: Actor, alert_ids: Sequence[str]) -> int:
        """Mark alerts of one's own queries as seen; returns how many there were.

        Raises:
            PermissionDenied: ``actor`` may not save queries.
        """
        self._ensure_writes(actor, None)
        with self.storage.write() as connection:
            count = trackers.put_aside(connection, actor.user_id, alert_ids[:MOST_ALERTS], self.clock())
            if count:
                detail = {"alerts": count}
                self.storage.audit.record(connection, actor, "query.alert.seen", f"user:{actor.user_id}", detail)
        return count

    @staticmethod
    def _ensure_writes(actor: Actor, shared: Role | None) -> None:
        """A wall screen keeps nothing; what is shared with others is for those who may share."""
        ensure(actor, Permission.ACCOUNT_OWN)
        ensure(actor, Permission.QUERY_SAVE)
        if shared is not None:
            ensure(actor, Permission.QUERY_SHARE)

    @staticmethod
    def _seen(connection: sa.Connection, actor: Actor, query_id: str) -> SavedQuery:
        found = queries.by_id(connection, query_id, viewer_id=actor.user_id)
        if found is None or not may_see(actor, found):
            raise NoSuchQueryError
        return found

    def _changeable(self, connection: sa.Connection, actor: Actor, query_id: str) -> SavedQuery:
        ensure(actor, Permission.QUERY_SAVE)
        found = self._seen(connection, actor, query_id)
        if not may_change(actor, found):
            raise NoSuchQueryError
        return found

    @staticmethod
    def _ensure_fits(connection: sa.Connection, owner_id: str, wanted: Draft, *, without: str = "") -> None:
        others = [query for query in queries.of_owner(connection, owner_id) if query.id != without]
        if len(others) >= MOST_QUERIES:
            raise SavedQueryError(f"{MOST_QUERIES} queries are the most one person can keep. Delete some first.")
        if wanted.tracked and sum(query.tracker is not None for query in others) >= MOST_TRACKED:
            raise SavedQueryError(
                f"{MOST_TRACKED} queries are the most one person can track. Stop tracking some first."
            )
        if any(query.name.casefold() == wanted.name.casefold() for query in others):
            raise SavedQueryError("There is a query of that name already.")

    @staticmethod
    def _set_tracking(connection: sa.Connection, query_id: str, wanted: Draft, now: datetime) -> None:
        if wanted.tracked:
            trackers.track(connection, query_id, threshold=wanted.threshold, now=now)
        else:
            trackers.untrack(connection, query_id)

    def _record(self, connection: sa.Connection, actor: Actor, action: str, query_id: str, wanted: Draft) -> None:
        detail = {
            "name": wanted.name,
            "search": write_search(wanted.state),
            "shared": wanted.shared.value if wanted.shared else "",
            "tracked": wanted.tracked,
            "threshold": wanted.threshold,
        }
        self.storage.audit.record(connection, actor, action, f"query:{query_id}", detail)
