"""Old files become private; what is not ours, or elsewhere, stays as it is."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashapp.cli import build
from dashapp.private_files import tighten
from tests.lakes import at, publish


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "lake").mkdir(parents=True, mode=0o755)
    for name, bits in {"threatboard.db": 0o644, "lake/x.parquet": 0o664, "secret.key": 0o600, "tool": 0o755}.items():
        (folder / name).touch()
        (folder / name).chmod(bits)
    folder.chmod(0o755)
    return folder


def test_only_the_owner_may_do_anything_afterwards(data: Path) -> None:
    assert tighten(data) == 5
    assert [mode(data / name) for name in ("", "lake", "threatboard.db", "lake/x.parquet", "secret.key", "tool")] == [
        "700", "700", "600", "600", "600", "700",
    ]  # fmt: skip
    assert tighten(data) == 0
    assert tighten(data / "missing") == 0


def test_links_are_not_followed_and_others_files_not_touched(data: Path, tmp_path: Path, monkeypatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    (outside / "file").touch(mode=0o644)
    (data / "link").symlink_to(outside)
    (data / "lake" / "link").symlink_to(outside / "file")
    tighten(data)
    assert (mode(outside), mode(outside / "file")) == ("755", "644")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    (data / "tool").chmod(0o755)
    assert tighten(data) == 0


def test_lake_migrate_tightens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREATBOARD_DATA_DIR", str(tmp_path / "data"))
    lake = publish(tmp_path / "data" / "lake", "AlertInfo", Timestamp=[at("2026-03-01")])
    file = Path(lake.snapshot().files("AlertInfo")[0])
    file.chmod(0o644)
    result = CliRunner().invoke(build("lake"), ["lake", "migrate"])
    assert "closed to other users" in result.stdout
    assert mode(file) == "600"
