"""The ingest command: summary, exit codes, batches listed and taken back."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dashapp.cli import build

ROW = {
    "Timestamp": "2026-01-02T03:04:05Z",
    "NetworkMessageId": "m1",
    "RecipientEmailAddress": "a@b.example",
    "Subject": "x",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("THREATBOARD_ENRICHMENT_DIR", str(tmp_path / "none"))
    return tmp_path / "data"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(ROW) + "\n")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build("ingest"), ["ingest", *(str(argument) for argument in arguments)])


def test_ingest_list_and_undo(data: Path, events: Path) -> None:
    first = run(events)
    assert first.exit_code == 0, first.output
    assert "EmailEvents" in first.output
    batch = first.output.split("batch ")[-1].split()[0]
    assert batch in run("--list").output
    assert "1 rows" in run("--undo", batch).output
    assert run(events).exit_code == 0
    assert "nothing new" in run(events).output


def test_exit_codes(data: Path, events: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "missing").exit_code == 2
    assert run().exit_code == 2
    assert run("--undo", "nonsense").exit_code == 2
    events.write_text(json.dumps(ROW) + "\n{broken\n")
    result = run(events)
    assert result.exit_code == 1
    assert "row 2: the file ends inside a record" not in result.output
    assert "quarantine" in result.output


def test_a_dry_run_leaves_no_trace(data: Path, events: Path) -> None:
    result = run(events, "--dry-run")
    assert (result.exit_code, data.exists()) == (0, False)
    assert "nothing was written" in result.output


def test_wrong_mappings_and_networks_are_one_line(data: Path, events: Path, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("table: Nonsense\n")
    for option, path in (("--mapping", tmp_path / "m.yaml"), ("--networks", tmp_path / "missing.csv")):
        result = run(events, option, path)
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def test_control_characters_of_file_names_do_not_reach_the_terminal(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.json").write_text("{}")
    result = run(tmp_path / "a\x1b[31m.json")
    assert "\x1b[31m" not in result.output
