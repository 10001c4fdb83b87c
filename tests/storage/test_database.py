"""Opening, transactions (R6), migrations up and down on both databases (R12)."""

import multiprocessing
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from dashapp.identity.permissions import Actor, Role
from dashapp.settings import Settings
from dashapp.storage import SchemaError, Storage, StorageError, database, open_storage, tables, users

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = Actor("u1", "Ana", frozenset({Role.GLOBAL_ADMINISTRATOR}))


def add_user(storage: Storage, login: str = "ana@example.com") -> users.User:
    with storage.write() as connection:
        return users.add(
            connection,
            login=login,
            display_name="Ana",
            password_hash="x",
            roles=[Role.EXECUTIVE],
            time_zone="UTC",
            now=NOW,
        )


def record_then_fail(storage: Storage, connection: sa.Connection) -> None:
    storage.audit.record(connection, ANA, "test.note", "test:1")
    users.change(connection, "u1", datetime(2026, 1, 1))


def test_r12_head_is_the_newest_revision() -> None:
    folder = Path(database.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_current_head() == database.HEAD


def test_r12_migrations_make_the_tables_the_code_expects(storage: Storage) -> None:
    with storage.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_r12_down_and_up_again_with_data(storage: Storage) -> None:
    add_user(storage)
    with storage.write() as connection:
        storage.audit.record(connection, ANA, "test.note", "test:1")
        connection.info.clear()
    with storage.write() as connection:
        database.migrate(connection, "base")
    with storage.read() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    storage.upgrade()
    assert storage.revision() == database.HEAD
    assert add_user(storage).login == "ana@example.com"


def test_r12_refuses_a_newer_schema(storage: Storage, settings: Settings) -> None:
    with storage.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="schema 9999, written by a newer version"):
        open_storage(settings)
    with pytest.raises(StorageError, match="needs"):
        storage.check()


def test_r12_a_failed_upgrade_changes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_after_work(connection: sa.Connection, _target: str) -> None:
        connection.execute(sa.text("CREATE TABLE half_done (x INTEGER)"))
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(database, "migrate", fail_after_work)
        with pytest.raises(RuntimeError, match="power cut"):
            open_storage(settings)
    storage = open_storage(settings)
    with storage.read() as connection:
        assert not sa.inspect(connection).has_table("half_done")
    storage.close()


def test_r12_sqlite_is_copied_before_an_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(secret_key="k" * 32, data_dir=tmp_path)
    storage = open_storage(settings)
    add_user(storage)
    with storage.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    monkeypatch.setattr(database, "migrate", lambda *_: None)
    storage.upgrade()
    storage.close()

    (copy,) = tmp_path.glob("threatboard.db.0000.*")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT login FROM user_account").fetchall() == [("ana@example.com",)]
    connection.close()


def test_a_write_that_fails_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(sa.exc.StatementError, match="no time zone"), storage.write() as connection:
        record_then_fail(storage, connection)
    with storage.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar() == 0
    assert not storage.audit.head_log.exists()


def test_times_come_back_aware_and_naive_ones_are_refused(storage: Storage) -> None:
    assert add_user(storage).created == NOW
    with storage.read() as connection:
        found = users.by_login(connection, " ANA@example.com ")
    assert found is not None
    assert found.created == NOW
    assert found.created.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError, match="no time zone"), storage.write() as connection:
        users.change(connection, found.id, datetime(2026, 1, 1))


def test_no_secret_key_no_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="THREATBOARD_SECRET_KEY"):
        open_storage(Settings(data_dir=tmp_path))


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    settings = Settings(secret_key="k" * 32, data_dir=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/x")
    with pytest.raises(StorageError, match="does not answer"):
        open_storage(settings)


def test_r6_sqlite_is_set_up_for_many_writers(tmp_path: Path) -> None:
    storage = open_storage(Settings(secret_key="k" * 32, data_dir=tmp_path))
    with storage.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    storage.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}


def _write_many(settings: Settings, process: int, failures: "multiprocessing.Queue[str]") -> None:
    storage = open_storage(settings)
    try:
        for number in range(25):
            with storage.write() as connection:
                storage.audit.record(connection, ANA, "test.note", f"test:{process}-{number}")
    except sa.exc.SQLAlchemyError as error:
        failures.put(str(error))
    storage.close()


@pytest.mark.slow
def test_r6_many_processes_write_and_none_is_told_to_wait(
    settings: Settings, opened: Callable[[Settings], Storage]
) -> None:
    storage = opened(settings)
    spawn = multiprocessing.get_context("spawn")
    failures: multiprocessing.Queue[str] = spawn.Queue()
    workers = [spawn.Process(target=_write_many, args=(settings, number, failures)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert failures.empty()
    with storage.read() as connection:
        verdict = storage.audit.verify(connection)
    assert verdict.rows == 6 * 25
    assert verdict.problems == ()
