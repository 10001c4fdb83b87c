"""Exports under way: how many there may be, how far each is, ending one, and the record of it."""

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dashapp.data.errors import EngineError, QueryCancelled
from dashapp.data.export import Export
from dashapp.data.export_files import Encoder, FileFormat
from dashapp.identity.permissions import Actor
from dashapp.storage import AuditContext, Storage, audit_context
from dashapp.storage.audit import in_context

PER_PERSON = 2
COLLECT_SECONDS = 60  # from "ready" to the browser fetching the file
REMEMBERED_SECONDS = 120  # how it ended can be asked for that long
PIECE_BYTES = 256 * 1024


class TooManyExports(Exception):
    """There is no room for another one; the message says whose."""


class State(StrEnum):
    """Where an export is."""

    READY = "ready"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    BROKEN_OFF = "broken off"  # the browser went away
    FAILED = "failed"
    NOT_COLLECTED = "not collected"


OPEN = frozenset({State.READY, State.RUNNING})


@dataclass(eq=False)
class Running:
    """One export from the click to its end.

    Attributes:
        id: Not to be guessed.
        actor: Whose.
        export: What is written.
        format: How.
        name: Of the file.
        context: The request that asked for it, for the record.
        state: Where it is.
        rows: Written so far.
        problem: Why it failed, for the person.
        changed: When ``state`` was set, in seconds of the monotonic clock.
    """

    id: str
    actor: Actor
    export: Export
    format: FileFormat
    name: str
    context: AuditContext
    state: State = State.READY
    rows: int = 0
    problem: str = ""
    started: float = field(default_factory=time.monotonic)
    changed: float = field(default_factory=time.monotonic)

    @property
    def told(self) -> dict[str, Any]:
        """What the browser is told."""
        names = ("id", "name", "state", "rows", "problem")
        return {name: getattr(self, name) for name in names} | {"total": self.export.total}


class Exports:
    """All exports of this process.

    Args:
        storage: For the record.
        at_once: Exports of everyone at the same time; each keeps a thread of the web server.
        minutes: The longest one may take.
    """

    def __init__(self, storage: Storage, *, at_once: int, minutes: float) -> None:
        self._storage = storage
        self._at_once = at_once
        self._seconds = minutes * 60
        self._known: dict[str, Running] = {}
        self._lock = threading.Lock()

    def open(self, actor: Actor, export: Export, format_: FileFormat, name: str, detail: dict[str, Any]) -> Running:
        """Make room for an export and write down who asked for what.

        Raises:
            TooManyExports: The person, or all together, have as many as they may.
        """
        self._tidy()
        found = Running(secrets.token_urlsafe(16), actor, export, format_, name, audit_context.get())
        with self._lock:
            under_way = [one for one in self._known.values() if one.state in OPEN]
            if sum(one.actor.user_id == actor.user_id for one in under_way) >= PER_PERSON:
                raise TooManyExports(f"You have {PER_PERSON} exports under way. Wait for one to end, or cancel one.")
            if len(under_way) >= self._at_once:
                raise TooManyExports("Others are exporting just now. Try again in a few minutes.")
            self._known[found.id] = found
        try:
            self._record(found, "export.start", detail | {"format": format_, "expected": export.total})
        except BaseException:
            with self._lock:  # what is not written down does not happen
                del self._known[found.id]
            raise
        return found

    def of(self, actor: Actor, export_id: str) -> Running | None:
        """The export of ``actor`` with that id; nobody else's."""
        self._tidy()
        with self._lock:
            found = self._known.get(export_id)
        return found if found is not None and found.actor.user_id == actor.user_id else None

    def collect(self, found: Running) -> Iterator[bytes] | None:
        """The file, to be sent at once; None if it was collected or has ended. Call ``leave`` in any case."""
        with self._lock:
            if found.state is not State.READY:
                return None
            found.state, found.changed = State.RUNNING, time.monotonic()
        return self._pieces(found)

    def cancel(self, found: Running) -> None:
        """End it; what is being computed for it stops."""
        self._end(found, State.CANCELLED)
        with found.export.engine.ask(_slot(found), 2):
            pass

    def leave(self, found: Running) -> None:
        """The connection is closed; if the file was not complete, it never will be."""
        self._end(found, State.BROKEN_OFF)

    def _pieces(self, found: Running) -> Iterator[bytes]:
        """The file in small pieces; ends with an exception when it is not to be taken for complete."""
        try:
            yield from self._written(found)
        except QueryCancelled as error:
            self._end(found, State.CANCELLED)
            raise BrokenPipeError from error
        except EngineError as error:
            found.problem = str(error)
            self._end(found, State.FAILED)
            raise BrokenPipeError from error  # the server breaks the connection, and makes no noise about it
        self._end(found, State.FINISHED)

    def _written(self, found: Running) -> Iterator[bytes]:
        encoder = Encoder(found.format, found.export.schema)
        yield encoder.start()
        tables = found.export.tables(_slot(found))
        while (table := self._next(found, tables)) is not None:
            for batch in encoder.parts(table):
                data = memoryview(encoder.written(batch))
                for place in range(0, len(data), PIECE_BYTES):
                    self._ensure_wanted(found)
                    yield bytes(data[place : place + PIECE_BYTES])
                found.rows += batch.num_rows
        yield encoder.end()

    def _next(self, found: Running, tables: Iterator[Any]) -> Any:
        self._ensure_wanted(found)
        return next(tables, None)

    def _ensure_wanted(self, found: Running) -> None:
        if found.state is not State.RUNNING:
            raise QueryCancelled("this export was ended")
        if time.monotonic() - found.started > self._seconds:
            raise EngineError(f"an export may take {self._seconds / 60:g} minutes; export a shorter time range")

    def _end(self, found: Running, state: State) -> None:
        with self._lock:
            if found.state not in OPEN:
                return
            found.state, found.changed = state, time.monotonic()
        seconds = round(time.monotonic() - found.started, 1)
        self._record(found, "export.end", {"outcome": state, "rows": found.rows, "seconds": seconds})

    def _record(self, found: Running, action: str, detail: dict[str, Any]) -> None:
        told = {"export": found.id[:8], **detail}
        with in_context(found.context), self._storage.write() as connection:
            self._storage.audit.record(connection, found.actor, action, f"lake:{found.export.subject.table}", told)

    def _tidy(self) -> None:
        now = time.monotonic()
        with self._lock:
            known = list(self._known.values())
            for one in known:
                if one.state not in OPEN and now - one.changed > REMEMBERED_SECONDS:
                    del self._known[one.id]
        for one in known:
            if one.state is State.READY and now - one.changed > COLLECT_SECONDS:
                self._end(one, State.NOT_COLLECTED)


def _slot(found: Running) -> str:
    return f"export {found.id}"
