"""The demo command makes, carries on and refuses."""

import typer
from typer.testing import CliRunner

from dashapp.cli.demo import register


def run(*arguments):
    root = typer.Typer()
    root.callback()(lambda: None)
    register(root)
    return CliRunner().invoke(root, ["demo", *map(str, arguments)])


def test_it_makes_and_carries_on(tmp_path):
    out = tmp_path / "out"
    small = ("--messages", 300, "--days", 2, "--seed", 5)
    made = run("--out", out, *small, "--until", "2026-11-23T10:00:00")
    assert made.exit_code == 0, made.output
    assert "messages on 2 days until 2026-11-23 10:00 UTC" in made.output
    reported = run("--out", out, "--report")
    assert "inbound clean" in reported.output
    carried = run("--out", out, "--top-up", "--until", "2026-11-23T12:00:00")
    assert carried.exit_code == 0, carried.output
    assert (out / "events" / "EmailEvents" / "2026-11-23.100000.parquet").exists()


def test_it_refuses_a_used_folder_and_an_empty_one(tmp_path):
    (tmp_path / "events").mkdir()
    used = run("--out", tmp_path, "--messages", 300, "--days", 2)
    assert used.exit_code == 2
    assert "already" in used.output
    nothing = run("--out", tmp_path / "none", "--top-up")
    assert nothing.exit_code == 2
    assert len(nothing.output.strip().splitlines()) <= 2
