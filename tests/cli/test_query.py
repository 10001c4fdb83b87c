"""The query command: what it prints, what it refuses, and that every look is written down."""

import csv
import io
import json
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dashapp.cli import build
from dashapp.domain.spreadsheet import formula_restored
from dashapp.identity.permissions import Actor, Role
from dashapp.identity.secret import with_local_secret
from dashapp.kept_lists import KeptLists
from dashapp.settings import Settings, load_settings
from dashapp.storage.database import open_storage
from tests.lakes import at, publish
from tests.threats import add_rows, threat_lake

ANA = Actor("ana", "Ana", frozenset({Role.SECURITY_READER}))
SUBJECTS = ["Invoice 1", "=HYPERLINK(1)", "\x1b[31mred", "two\nlines", 'quo"te, comma', None]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with six messages; the tests only read it."""
    data = tmp_path_factory.mktemp("data")
    with_local_secret(Settings(), data, create=True)
    publish(
        data / "lake",
        "EmailEvents",
        Timestamp=[at("2026-03-01T10:00") + timedelta(minutes=number) for number in range(6)],
        NetworkMessageId=[f"id-{number}" for number in range(6)],
        RecipientEmailAddress=["ann@corp.example"] * 6,
        recipient=["ann@corp.example"] * 6,
        Subject=SUBJECTS,
        subject_lower=[subject and subject.lower() for subject in SUBJECTS],
        primary_threat=["Phish", "Malware", "None", "None", None, "Spam"],
        threat_types=[["Phish", "Spam"], ["Malware"], [], [], None, ["Spam"]],
        AttachmentCount=[1, None, 3, 0, 0, 0],
        is_simulation=[True, False, None, None, None, None],
    )
    return data


@pytest.fixture
def folder(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(filled))
    monkeypatch.setenv("THREATBOARD_DEMO_DIR", str(tmp_path / "demo"))
    return filled


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build("query"), ["query", *arguments])


MARCH = ("--from", "2026-03-01", "--to", "2026-03-02")
WIDE = ("--columns", "NetworkMessageId,Subject,threat,AttachmentCount,IsSimulation,date", "--sort", "date")


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 6), ("threat:spam", 2), ("not threat:spam", 4), ("invoice", 1), ("AttachmentCount>=1", 2), ("zzz", 0)],
)
def test_count(folder: Path, text: str, count: int):
    result = run(text, *MARCH, "--count")
    assert (result.exit_code, result.stdout) == (0, f"{count}\n")
    assert json.loads(run(text, *MARCH, "--count", "--format", "json").stdout) == {"matching": count}


def test_a_list_of_the_explorer_can_be_named(folder: Path):
    values = [f"id-{number}" for number in range(2, 80)]
    with closing(open_storage(with_local_secret(Settings(data_dir=folder), folder))) as storage:
        query = KeptLists(storage).shortened(ANA, f"NetworkMessageId:({', '.join(values)})")
    assert run(query, "--count", *MARCH).stdout == "4\n"
    result = run("NetworkMessageId:@nothing", "--count", *MARCH)
    assert (result.exit_code, "no list called" in result.stderr) == (2, True)


def test_range_and_limit(folder: Path):
    assert run("", "--from", "2026-03-01T10:02", "--to", "2026-03-01T10:04", "--count").stdout == "2\n"
    rows = json.loads(run("", *MARCH, "--format", "json", "--limit", "2", "--columns", "NetworkMessageId").stdout)
    assert rows == [{"NetworkMessageId": "id-5"}, {"NetworkMessageId": "id-4"}]


def test_zone_decides_where_days_begin(folder: Path):
    day = ("--from", "2026-03-01T00:00", "--to", "2026-03-01T15:32")
    assert run("", *day, "--count", "--tz", "Asia/Kolkata").stdout == "2\n"


def test_json_holds_the_values_unchanged(folder: Path):
    result = run("", *MARCH, *WIDE, "--format", "json")
    rows = json.loads(result.stdout)
    assert [row["Subject"] for row in rows] == SUBJECTS
    assert result.stdout.isascii()
    assert "\x1b" not in result.stdout
    assert rows[0] == {
        "NetworkMessageId": "id-0",
        "Subject": "Invoice 1",
        "ThreatTypes": rows[0]["ThreatTypes"],
        "AttachmentCount": 1,
        "IsSimulation": True,
        "Timestamp": "2026-03-01T10:00:00.000000Z",
    }


def test_csv_is_formula_proof_and_comes_back(folder: Path):
    result = run("", *MARCH, *WIDE, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline="")))
    assert rows[1]["Subject"] == "'=HYPERLINK(1)"
    assert [formula_restored(row["Subject"]) or None for row in rows] == SUBJECTS
    assert '"id-0","Invoice 1",' in result.stdout
    assert ",1,True," in result.stdout.replace('"True"', "True")


def test_parquet_is_typed(folder: Path, tmp_path: Path):
    result = run("", *MARCH, *WIDE, "--format", "parquet")
    table = pq.read_table(io.BytesIO(result.stdout_bytes))
    assert table.column("Subject").to_pylist() == SUBJECTS
    assert table.column("AttachmentCount").to_pylist() == [1, None, 3, 0, 0, 0]
    assert str(table.schema.field("Timestamp").type) == "timestamp[us, tz=UTC]"


def test_table_lets_nothing_steer_the_terminal(folder: Path):
    result = run("", *MARCH, *WIDE)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "⟦U+001B⟧[31mred" in result.stdout
    assert len(result.stdout.splitlines()) == 8


def test_wrong_filter_shows_the_text_and_the_character(folder: Path):
    result = run("threat:malware sendr:x", *MARCH)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[:2] == ["threat:malware sendr:x", "               ^^^^^"]
    assert "did you mean" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("a", "--from", "yesterday"), "cannot read the time"),
        (("a", "--from", "2026-03-02", "--to", "2026-03-01"), "before it starts"),
        (("a", "--tz", "Mars/Olympus"), "unknown time zone"),
        (("a", "--columns", "Subject,nonsense"), "no field 'nonsense'"),
        (("a", "--sort", "-nonsense"), "no field 'nonsense'"),
        (("a", "--sort", "url"), "sorted"),
        (("a", "--limit", "0"), "limit"),
        (("a", "--format", "xml"), "xml"),
        (('subject~"(["', *MARCH), "Subject"),
        (("hash:@nosuchlist", *MARCH), "no list"),
    ],
)
def test_wrong_question_is_code_2(folder: Path, arguments: tuple[str, ...], says: str):
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_no_data_is_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("THREATBOARD_DEMO_DIR", str(tmp_path / "demo"))
    result = run("a")
    assert result.exit_code == 1
    assert "python -m dashapp ingest" in result.stderr
    assert not (tmp_path / "data").exists()


def test_every_look_is_in_the_audit(folder: Path):
    settings = with_local_secret(load_settings(), folder)
    before = _audited(settings, folder)
    run("from:ann@corp.example", *MARCH, "--count")
    rows = _audited(settings, folder)
    assert len(rows) == len(before) + 1
    actor, action, object_, detail = rows[-1]
    assert actor.startswith("os:")
    assert (action, object_) == ("query.run", "lake:EmailEvents")
    assert json.loads(detail)["query"] == "SenderFromAddress:ann@corp.example"


def _audited(settings: Settings, folder: Path) -> list[tuple[str, str, str, str]]:
    storage = open_storage(settings, folder)
    with storage.read() as connection:
        assert storage.audit.verify(connection).problems == ()
        rows = connection.exec_driver_sql("SELECT actor_id, action, object, detail FROM audit ORDER BY seq").fetchall()
    storage.close()
    return [tuple(row) for row in rows]


def test_what_cannot_be_audited_is_not_shown(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for leftover in copy.glob("threatboard.db*"):
        leftover.unlink()
    (copy / "threatboard.db").write_bytes(b"not a database")
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(copy))
    result = run("", *MARCH)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("threatboard: ")


def test_a_hunt_is_answered_and_written_down(folder: Path) -> None:
    shown = run("--hunt", "most-attacked", *MARCH, "--format", "json")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout) == []
    days = run("--hunt", "efficacy", *MARCH, "--format", "csv")
    assert days.stdout.splitlines()[0] == '"part","messages","share"'


def test_a_view_adds_its_filter(folder: Path) -> None:
    assert run("", "--view", "phish", *MARCH, "--count").stdout == "1\n"
    assert run("", "--view", "malware", *MARCH, "--count").stdout == "1\n"
    assert run("Subject:nosuch", "--view", "phish", *MARCH, "--count").stdout == "0\n"
    assert run("", "--view", "all", *MARCH, "--count").stdout == "6\n"
    wrong = run("", "--view", "nosuch", *MARCH)
    assert wrong.exit_code == 2
    assert "there is no view 'nosuch'; there are all, malware, phish" in wrong.output


def test_hunts_are_listed_and_made_up_ones_refused(folder: Path) -> None:
    listed = run("--hunt", "list")
    assert listed.exit_code == 0
    assert "bad-senders" in listed.stdout
    assert run("--hunt", "nosuch", *MARCH).exit_code == 2
    assert run("threat:phish", "--hunt", "efficacy", *MARCH).exit_code == 2


def test_joined_properties_are_columns_too(folder: Path) -> None:
    joined = "Url,UrlDomain,FileName,SHA256,ClickVerdict,ClickAction,CampaignName,UserTag,LatestDeliveryLocation"
    shown = run("", *MARCH, "--columns", f"NetworkMessageId,{joined}", "--format", "json")
    assert shown.exit_code == 0, shown.output
    assert set(json.loads(shown.stdout)[0]) == {"NetworkMessageId", *joined.split(",")}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with clicks, reports and files too."""
    data = tmp_path_factory.mktemp("busy")
    with_local_secret(Settings(), data, create=True)
    now = datetime.now(UTC)
    threat_lake(data / "lake", now)
    add_rows(data / "lake", now)
    return data


@pytest.mark.parametrize(
    ("view", "text", "count", "column"),
    [
        ("clicks", "", 3, "ClickVerdict"),
        ("clicks", "ClickVerdict:Allowed", 2, "ClickVerdict"),
        ("reported", "SenderFromDomain:evil.example", 1, "SubmissionType"),
        ("files", "family:QakBot", 2, "FileName"),
    ],
)
def test_views_of_other_rows(
    busy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str, text: str, count: int, column: str
):
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(busy))
    monkeypatch.setenv("THREATBOARD_DEMO_DIR", str(tmp_path / "demo"))
    assert run(text, "--view", view, "--from", "now-30d", "--count").stdout == f"{count}\n"
    listed = list(csv.DictReader(io.StringIO(run(text, "--view", view, "--from", "now-30d", "--format", "csv").stdout)))
    assert len(listed) == count
    assert column in listed[0]


@pytest.mark.parametrize(("view", "text"), [("files", "SenderFromDomain:x"), ("all", "FileOwner:x"), ("nonsense", "")])
def test_a_field_of_another_view_is_refused_in_words(folder: Path, view: str, text: str):
    result = run(text, "--view", view, *MARCH)
    assert result.exit_code == 2
    assert "says nothing about" in result.stderr or "there is no view" in result.stderr
