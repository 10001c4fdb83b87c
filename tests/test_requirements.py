"""What set-up installs is pinned to the byte: every package by version and hashes, from wherever it is fetched."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")


def pinned(name: str) -> dict[str, list[str]]:
    """Package to hashes."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.split()[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line) for line in lines}


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_a_version_and_hashes(name: str) -> None:
    found = pinned(name)
    assert len(found) > 10
    assert [package for package in found if not re.fullmatch(r"[a-z0-9._-]+==[\w.]+", package)] == []
    assert [package for package, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("name", FILES)
def test_no_download_address_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"://|--index-url|--extra-index-url|--find-links|--trusted-host", text) == []


def test_what_is_asked_for_is_pinned_and_the_two_files_agree() -> None:
    run, dev = ({line.split("==")[0]: line.split("==")[1] for line in pinned(name)} for name in FILES)
    for name, found in (("requirements.in", run), ("requirements-dev.in", run | dev)):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "#-"]
        wanted = {re.split(r"[\[<>=~; ]", line)[0].lower().replace("_", "-") for line in lines}
        assert wanted - found.keys() == set()
    assert {package for package in run.keys() & dev.keys() if run[package] != dev[package]} == set()


def test_set_up_insists_on_hashes() -> None:
    installs = re.findall(r"\$\(PIP\) .*", (ROOT / "Makefile").read_text())
    assert installs
    assert all("--require-hashes" in line for line in installs)
