"""The chain: written with the change, refuses changes, and shows every kind of tampering."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dashapp.identity.permissions import Actor, Role
from dashapp.settings import Settings
from dashapp.storage import AuditContext, Storage, tables
from dashapp.storage.audit import Verdict, in_context

ANA = Actor("u1", "Ana", frozenset({Role.GLOBAL_ADMINISTRATOR}))
AUDIT = tables.audit


@pytest.fixture
def five(storage: Storage) -> Storage:
    """Five rows in the chain."""
    for number in range(1, 6):
        with storage.write() as connection:
            storage.audit.record(connection, ANA, "test.note", f"test:{number}", {"number": number})
    return storage


def verify(storage: Storage) -> Verdict:
    with storage.read() as connection:
        return storage.audit.verify(connection)


def tamper(storage: Storage, *statements: sa.Executable) -> None:
    """What somebody with the database's own password can do: first get rid of the triggers."""
    with storage.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            connection.execute(sa.text("DROP TRIGGER audit_no_update"))
            connection.execute(sa.text("DROP TRIGGER audit_no_delete"))
        for statement in statements:
            connection.execute(statement)


def test_a_whole_chain_is_whole(five: Storage) -> None:
    assert verify(five) == Verdict(5, ())


def test_rows_tell_who_what_where(storage: Storage) -> None:
    with in_context(AuditContext("s1", "192.0.2.7", "r1")), storage.write() as connection:
        storage.audit.record(connection, ANA, "user.add", "user:2", {"roles": ["EX"], "name": "\u202e\n"})
    with storage.read() as connection:
        row = connection.execute(sa.select(AUDIT)).one()
    assert (row.seq, row.actor_id, row.actor_name, row.action, row.object) == (1, "u1", "Ana", "user.add", "user:2")
    assert (row.session, row.ip, row.request_id) == ("s1", "192.0.2.7", "r1")
    assert json.loads(row.detail) == {"roles": ["EX"], "name": "\u202e\n"}
    assert row.detail.isascii()


@pytest.mark.parametrize(
    "statement",
    [AUDIT.update().values(ip="192.0.2.9"), AUDIT.delete().where(AUDIT.c.seq == 5)],
    ids=["update", "delete"],
)
def test_the_database_itself_refuses_changes(five: Storage, statement: sa.Executable) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), five.write() as connection:
        connection.execute(statement)
    assert verify(five).problems == ()


@pytest.mark.parametrize("column", ["actor_name", "ip", "object", "detail", "request_id", "session", "at", "action"])
def test_a_flipped_byte_shows(five: Storage, column: str) -> None:
    tamper(five, AUDIT.update().where(AUDIT.c.seq == 3).values({column: "x"}))
    assert verify(five).problems == ("row 3 was changed",)


def test_a_deleted_row_shows(five: Storage) -> None:
    tamper(five, AUDIT.delete().where(AUDIT.c.seq == 3))
    assert "row 3 is missing" in verify(five).problems


def test_a_deleted_tail_shows(five: Storage) -> None:
    tamper(five, AUDIT.delete().where(AUDIT.c.seq >= 4))
    (problem,) = verify(five).problems
    assert problem == "the table ends at row 3, but audit-head.log names row 5: rows were removed"


def test_a_deleted_tail_written_anew_shows(five: Storage) -> None:
    tamper(five, AUDIT.delete().where(AUDIT.c.seq == 5))
    with five.write() as connection:
        five.audit.record(connection, ANA, "test.note", "test:other")
    five.audit.head_log.write_text("".join(five.audit.head_log.read_text().splitlines(keepends=True)[:5]))
    assert verify(five).problems == ("row 5 is not the one audit-head.log names",)


def test_a_genuine_row_of_another_history_shows(five: Storage) -> None:
    with five.read() as connection:
        old = dict(connection.execute(sa.select(AUDIT).where(AUDIT.c.seq == 5)).mappings().one())
    tamper(five, AUDIT.delete().where(AUDIT.c.seq >= 4))
    five.audit.head_log.write_text("")
    with five.write() as connection:
        five.audit.record(connection, ANA, "test.note", "test:other")
    with five.write() as connection:
        connection.execute(AUDIT.insert().values(old))
    assert verify(five).problems == ("row 5 does not follow row 4",)


def test_a_changed_order_shows(five: Storage) -> None:
    swap = [
        AUDIT.update().where(AUDIT.c.seq == before).values(seq=after) for before, after in ((2, 99), (3, 2), (99, 3))
    ]
    tamper(five, *swap)
    assert {"row 2 was changed", "row 3 was changed"} <= set(verify(five).problems)


def test_a_missing_head_file_shows(five: Storage) -> None:
    five.audit.head_log.unlink()
    assert verify(five).problems == ("audit-head.log is missing",)


def test_another_key_is_named_as_such(five: Storage, settings: Settings, opened: Callable[[Settings], Storage]) -> None:
    other = opened(Settings(**settings.model_dump() | {"secret_key": "another-secret-key-of-32-bytes!!"}))
    problems = verify(other).problems
    assert len(problems) == 5
    assert all("was written with another secret key" in problem for problem in problems)


def test_a_head_that_cannot_be_exported_does_not_undo_the_change(five: Storage, monkeypatch, caplog) -> None:
    """The disk of the head file is full, half a line was written; the chain and later heads are none the worse."""
    with monkeypatch.context() as broken:
        broken.setattr(type(five.audit), "export_head", _full)
        with five.write() as connection:
            five.audit.record(connection, ANA, "test.note", "test:6")
    assert "could not be written to audit-head.log: [Errno 28]" in caplog.text
    with five.audit.head_log.open("a") as file:
        file.write("6 8c7dd922ad47494f")
    with five.write() as connection:
        five.audit.record(connection, ANA, "test.note", "test:7")
    assert five.audit.head_log.read_text().splitlines()[-1].startswith("7 ")
    assert verify(five) == Verdict(7, ())
    tamper(five, AUDIT.delete().where(AUDIT.c.seq == 7))
    assert "rows were removed" in verify(five).problems[0]


def _full(*_arguments: object) -> None:
    raise OSError(28, "No space left on device")
