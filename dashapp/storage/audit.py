"""The audit chain: who did what to what, each row bound to the one before by a keyed hash.

A row is written in the transaction of the change it tells of. After the commit its number and hash are appended to a
file outside the database, so that a tail cut off the table shows. ``Audit.verify`` finds a changed byte, a missing
row, a cut tail and a changed order.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dashapp.identity.permissions import Actor
from dashapp.storage.tables import audit
from dashapp.storage.text import storable

FIRST_PREVIOUS = "0" * 64
PENDING_HEAD = "audit_head"  # key in Connection.info until the transaction ends
MOST_PROBLEMS = 20
_LOCK = 0x7462_6175_6474  # any constant; names our lock among PostgreSQL's advisory locks
_SIGNED = (
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "session",
    "ip",
    "action",
    "object",
    "detail",
    "request_id",
    "key_id",
)


@dataclass(frozen=True)
class AuditContext:
    """Where the present request comes from; empty outside a request."""

    session: str = ""
    ip: str = ""
    request_id: str = ""


audit_context: ContextVar[AuditContext] = ContextVar("audit_context", default=AuditContext())  # noqa: B039 # frozen
"""Set by the web server's hook for each request, so that no function between has to hand it on."""


@dataclass(frozen=True)
class Verdict:
    """What ``Audit.verify`` found.

    Attributes:
        rows: How many rows were read.
        problems: One sentence per fault, the first ``MOST_PROBLEMS``; empty if the chain is whole.
    """

    rows: int
    problems: tuple[str, ...]


class Audit:
    """Writes and verifies the chain.

    Args:
        secret: The app's secret key; the chain's own key is derived from it.
        head_log: The file that gets a line ``<seq> <hash>`` after each commit.
    """

    def __init__(self, secret: str, head_log: Path) -> None:
        if not secret:
            raise ValueError("the audit chain needs a secret key")
        self._key = hmac.digest(secret.encode(), b"threatboard audit chain 1", "sha256")
        self.key_id = hmac.new(self._key, b"key id", hashlib.sha256).hexdigest()[:16]
        self.head_log = head_log

    def record(
        self,
        connection: sa.Connection,
        actor: Actor,
        action: str,
        object_: str,
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Append one row inside the transaction of ``connection``; do it last, it holds the chain's lock to the end.

        Args:
            connection: From ``Storage.write``.
            actor: Who did it.
            action: What, as ``noun.verb``: ``user.disable``.
            object_: To what, as ``noun:id``.
            detail: What changed; plain JSON values, no secret, no message text.

        Returns:
            The row's number.
        """
        seq, previous = self._lock_head(connection)
        context = audit_context.get()
        row: dict[str, Any] = {
            "seq": seq + 1,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "actor_id": storable(actor.user_id, 64),
            "actor_name": storable(actor.name, 254),
            "session": storable(context.session, 36),
            "ip": storable(context.ip, 45),
            "action": action,
            "object": storable(object_, 254),
            "detail": canonical(dict(detail or {})),
            "request_id": storable(context.request_id, 64),
            "key_id": self.key_id,
        }
        row |= {"prev_hash": previous, "hash": self._hash(previous, row)}
        connection.execute(audit.insert().values(row))
        connection.info[PENDING_HEAD] = (row["seq"], row["hash"])
        return seq + 1

    def export_head(self, seq: int, digest: str) -> None:
        """Append the chain's head to the file outside the database.

        Raises:
            OSError: The disk is full or the like.
        """
        with self.head_log.open("a+b") as file:
            file.seek(-1 if file.tell() else 0, os.SEEK_END)
            cut_off = file.read() not in {b"", b"\n"}  # a full disk took half a line
            file.write((b"\n" if cut_off else b"") + f"{seq} {digest}\n".encode())

    def verify(self, connection: sa.Connection) -> Verdict:
        """Recompute the whole chain and compare it with the exported heads."""
        exported = dict(self._exported())
        problems: list[str] = [] if self.head_log.exists() else [f"{self.head_log.name} is missing"]
        seq, previous, rows = 0, FIRST_PREVIOUS, 0
        for row in connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
            rows += 1
            problems += self._faults(row, seq, previous, exported.pop(row["seq"], None))
            seq, previous = row["seq"], row["hash"]
        if exported:
            cut = max(exported)
            problems.append(f"the table ends at row {seq}, but {self.head_log.name} names row {cut}: rows were removed")
        return Verdict(rows, tuple(problems[:MOST_PROBLEMS]))

    def _faults(self, row: Mapping[Any, Any], before: int, previous: str, exported: str | None) -> Iterator[str]:
        seq = row["seq"]
        if seq != before + 1:
            yield f"rows {before + 1} to {seq - 1} are missing" if seq > before + 2 else f"row {before + 1} is missing"
        if row["key_id"] != self.key_id:
            yield f"row {seq} was written with another secret key ({row['key_id']}, this one is {self.key_id})"
        elif row["hash"] != self._hash(row["prev_hash"], row):
            yield f"row {seq} was changed"
        elif row["prev_hash"] != previous:
            yield f"row {seq} does not follow row {before}"
        if exported not in {None, row["hash"]}:
            yield f"row {seq} is not the one {self.head_log.name} names"

    def _exported(self) -> Iterator[tuple[int, str]]:
        if not self.head_log.exists():
            return
        with self.head_log.open(encoding="ascii", errors="replace") as file:
            for line in file:
                number, _, digest = line.strip().partition(" ")
                if number.isdigit() and len(digest) == len(FIRST_PREVIOUS):  # a line half-written at a power cut
                    yield int(number), digest

    def _hash(self, previous: str, row: Mapping[Any, Any]) -> str:
        text = previous + canonical({name: row[name] for name in _SIGNED})
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _lock_head(connection: sa.Connection) -> tuple[int, str]:
        if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE has locked already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        head = connection.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
        return (head.seq, head.hash) if head else (0, FIRST_PREVIOUS)


def canonical(value: Mapping[str, object]) -> str:
    """``value`` as JSON that is the same bytes on every machine: sorted, without spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


@contextmanager
def in_context(context: AuditContext) -> Iterator[None]:
    """Write rows as coming from ``context`` meanwhile."""
    token = audit_context.set(context)
    try:
        yield
    finally:
        audit_context.reset(token)
