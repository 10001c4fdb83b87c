"""``user`` and ``audit`` on the command line."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from dashapp.cli import build, main
from dashapp.settings import Settings
from dashapp.storage import open_storage, tables, users

SECRET = "test-only-6f1d0c5a9b3e4d7282f0c1b5"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("THREATBOARD_DEMO_DIR", str(tmp_path / "demo"))
    monkeypatch.setenv("THREATBOARD_SECRET_KEY", SECRET)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(build(words[0]), list(words), input=typed)


def test_add_prints_a_password_that_works_once_set(home: Path) -> None:
    answer = run("user", "add", "Ana@Example.com", "--role", "GA", "--role", "SP", "--name", "Ana Silva")
    assert answer.exit_code == 0, answer.output
    assert "ana@example.com may sign in with this password, shown once: " in answer.output
    storage = open_storage(Settings(secret_key=SECRET, data_dir=home))
    with storage.read() as connection:
        (found,) = users.every(connection)
        row = connection.execute(sa.select(tables.audit)).one()
    storage.close()
    assert {role.value for role in found.roles} == {"GA", "SP"}
    assert row.actor_name.endswith(" (command line)")
    assert row.action == "user.add"


def test_a_password_may_be_typed_and_must_be_good() -> None:
    good = "an entirely other phrase\n" * 2
    assert run("user", "add", "a@example.com", "--role", "GA", "--ask", typed=good).exit_code == 0
    bad = run("user", "add", "b@example.com", "--role", "GA", "--ask", typed="Password1234\n" * 2)
    assert bad.exit_code == 1
    assert "easy to guess" in bad.output


def test_a_life_of_an_account() -> None:
    run("user", "add", "root@example.com", "--role", "GA")
    run("user", "add", "ana@example.com", "--role", "SR")
    assert "Security Reader, Executive" in run("user", "grant", "ana@example.com", "EX").output
    assert run("user", "revoke", "ana@example.com", "SR", "EX").output.strip() == "ana@example.com has now: no role."
    assert run("user", "disable", "ana@example.com").exit_code == 0
    assert "disabled" in run("user", "list").output
    assert run("user", "enable", "ana@example.com").exit_code == 0
    assert "disabled" not in run("user", "list").output
    assert "shown once" in run("user", "reset", "ana@example.com").output
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "7 rows read: the record is whole." in whole.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("disable", "nobody@example.com"), "There is no account nobody@example.com."),
        (("disable", "root@example.com"), "This is the last Global Administrator"),
        (("add", "root@example.com", "--role", "EX"), "There is an account root@example.com already."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(words: tuple[str, ...], said: str) -> None:
    run("user", "add", "root@example.com", "--role", "GA")
    answer = run("user", *words)
    assert answer.exit_code == 1
    assert said in answer.output
    assert len(answer.output.strip().splitlines()) == 1


def test_an_unknown_role_is_refused() -> None:
    assert run("user", "add", "a@example.com", "--role", "ROOT").exit_code == 2


def test_verify_fails_when_a_row_was_changed(home: Path) -> None:
    run("user", "add", "root@example.com", "--role", "GA")
    storage = open_storage(Settings(secret_key=SECRET, data_dir=home))
    with storage.write() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_no_update"))
        connection.execute(tables.audit.update().values(actor_name="somebody else"))
    storage.close()
    answer = run("audit", "verify")
    assert answer.exit_code == 1
    assert "row 1 was changed" in answer.output


def test_verify_names_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    run("user", "add", "root@example.com", "--role", "GA")
    monkeypatch.setenv("THREATBOARD_SECRET_KEY", "another-secret-key-of-32-bytes!!")
    answer = run("audit", "verify")
    assert answer.exit_code == 1
    assert "written with another secret key" in answer.output


def test_what_a_command_writes_only_its_own_user_may_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["threatboard", "user", "add", "ana@example.com", "--role", "GA"])
    before = os.umask(0o022)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        os.umask(before)
    assert ended.value.code == 0
    made = [home, *home.rglob("*")]
    assert home / "threatboard.db" in made
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
