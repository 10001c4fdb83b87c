"""Documentation that must not rot: settings, commands and folders are all described."""

import re
from pathlib import Path

import pytest

from dashapp.cli import COMMANDS
from dashapp.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs/operations.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = next((line for line in OPERATIONS.splitlines() if line.startswith(f"| `{PREFIX}{name.upper()}`")), None)
    assert row, f"docs/operations.md lacks {PREFIX}{name.upper()}"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", OPERATIONS))
    assert documented <= {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"python -m dashapp {command}" in OPERATIONS


def test_every_folder_is_in_the_architecture() -> None:
    folders = {path.parent.name for path in (ROOT / "dashapp").glob("*/__init__.py")}
    assert folders <= set(re.findall(r"`(\w+)/`", ARCHITECTURE))
