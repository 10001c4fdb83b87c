"""Opening the database, its transactions, and its schema."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from dashapp.settings import Settings
from dashapp.storage.audit import PENDING_HEAD, Audit

_LOG = logging.getLogger(__name__)

HEAD = "0004"  # the newest revision in migrations/versions; a test holds it there
BUSY_MILLISECONDS = 5000
_UPGRADE_LOCK = 0x7462_6D69_6772


class StorageError(Exception):
    """The database cannot be used; the message says why, in words for an administrator."""


class SchemaError(StorageError):
    """The database was written by a newer version of this program."""


@dataclass(frozen=True)
class Storage:
    """The database of users and records.

    Attributes:
        engine: Pooled connections; use ``read`` and ``write``.
        audit: The audit chain in it.
    """

    engine: sa.Engine
    audit: Audit

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, undone by an exception.

        On SQLite it waits for its turn before it reads (``BEGIN IMMEDIATE``), so that what it read still holds when it
        writes.
        """
        with self.engine.connect().execution_options(threatboard_write=True) as connection:
            try:
                with connection.begin():
                    yield connection
                head = connection.info.get(PENDING_HEAD)
            finally:
                connection.info.pop(PENDING_HEAD, None)  # the info outlives us in the pool
        if head:
            self._export(*head)

    def _export(self, seq: int, digest: str) -> None:
        """The change is made, so no failure here may make it look failed; the next head vouches for this row too."""
        try:
            self.audit.export_head(seq, digest)
        except OSError as error:
            _LOG.error("the head of the audit chain could not be written to %s: %s", self.audit.head_log.name, error)

    def revision(self) -> str:
        """The schema's revision; empty for an empty database."""
        with self.read() as connection:
            return _revision(connection)

    def upgrade(self) -> None:
        """Bring the schema to ``HEAD``; a SQLite file that holds something is copied beside itself first.

        Raises:
            SchemaError: The database is newer than this program.
        """
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            found = _revision(connection)
            _ensure_known(found)
            if found == HEAD:
                return
            if found and (path := self._sqlite_path()):
                _back_up(path, found)
            migrate(connection, HEAD)

    def check(self) -> None:
        """Return quietly if the database answers and its schema is the one this program wants.

        Raises:
            StorageError: It does not answer, or the schema is another.
        """
        try:
            found = self.revision()
        except sa.exc.OperationalError as error:
            raise StorageError(f"the database does not answer: {error.orig}") from error
        if found != HEAD:
            raise StorageError(f"the database has schema {found or 'none'}, this version needs {HEAD}")

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _sqlite_path(self) -> Path | None:
        name = self.engine.url.database
        return Path(name) if self.engine.dialect.name == "sqlite" and name else None


def open_storage(settings: Settings, folder: Path | None = None) -> Storage:
    """Open the database of ``settings`` and bring its schema to date.

    Args:
        settings: ``database_url`` (empty: SQLite in the folder), ``secret_key`` and ``threads``.
        folder: Of the SQLite file and the exported audit head, instead of ``settings.data_dir``.

    Raises:
        SchemaError: The database is newer than this program.
        StorageError: It cannot be reached, or there is no secret key.
    """
    home = folder or settings.data_dir
    secret = settings.secret_key.get_secret_value()
    if not secret:
        raise StorageError("no secret key: set THREATBOARD_SECRET_KEY")
    home.mkdir(parents=True, exist_ok=True)
    url = settings.database_url or f"sqlite:///{home / 'threatboard.db'}"
    storage = Storage(_engine(url, settings.threads), Audit(secret, home / "audit-head.log"))
    with ExitStack() as on_failure:
        on_failure.callback(storage.close)
        try:
            if storage.revision() != HEAD:
                storage.upgrade()
        except sa.exc.DatabaseError as error:  # also a file that is no database
            raise StorageError(f"the database does not answer: {error.orig}") from error
        on_failure.pop_all()
    return storage


def migrate(connection: sa.Connection, target: str) -> None:
    """Run the revisions between the schema of ``connection`` and ``target``, up or down, in its transaction."""
    # Alembic takes 0.2 s to import, and is needed once per release.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    order = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    found = _revision(connection)
    up = target != "base" and (not found or order.index(target) > order.index(found))
    (command.upgrade if up else command.downgrade)(config, target)


def _engine(url: str, threads: int) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(parsed, pool_size=threads, max_overflow=4, pool_pre_ping=parsed.drivername != "sqlite")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; Python's sqlite3 would say it too late
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("threatboard_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


def _ensure_known(found: str) -> None:
    if found > HEAD:
        raise SchemaError(
            f"the database has schema {found}, written by a newer version; this one knows up to {HEAD}. "
            "Install that version again, or restore the copy made before the upgrade."
        )


def _back_up(path: Path, revision: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    # Reads the last committed state: the upgrade's own transaction has changed nothing yet.
    with sqlite3.connect(path) as source, sqlite3.connect(path.with_name(f"{path.name}.{revision}.{stamp}")) as copy:
        source.backup(copy)
    source.close()
    copy.close()
