"""What a killed process left behind goes; what is alive, somebody else's or not ours stays."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dashapp.data.scratch import scratch_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(folder: Path, process: object, kind: str = "query") -> Path:
    path = folder / f"threatboard-{kind}-{process}-abc"
    path.mkdir()
    (path / "spill").touch()
    return path


def test_folders_of_dead_processes_are_removed(temporary: Path, dead: int) -> None:
    gone = left_by(temporary, dead)
    kept = [left_by(temporary, os.getpid()), left_by(temporary, 1), left_by(temporary, dead, "ingest")]
    kept += [left_by(temporary, "x"), left_by(temporary, "9" * 30)]
    made = scratch_folder("query")
    assert made.name.startswith(f"threatboard-query-{os.getpid()}-")
    assert (made.stat().st_mode & 0o777) == 0o700
    assert not gone.exists()
    assert all((path / "spill").exists() for path in kept)


def test_links_and_folders_of_others_are_left_alone(temporary: Path, dead: int, monkeypatch) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    link = temporary / f"threatboard-query-{dead}-link"
    link.symlink_to(elsewhere)
    scratch_folder("query")
    assert (elsewhere / "file").exists()
    theirs = left_by(temporary, dead)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    scratch_folder("query")
    assert theirs.exists()
