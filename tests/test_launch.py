"""What may be served, and what is refused before anything is opened."""

import json
import socket
from pathlib import Path

import pytest

from dashapp.launch import ensure_port_free, has_data, plan_launch
from dashapp.settings import Settings, SettingsError, load_settings

GOOD_SECRET = "q7Lr2_vNw9-ZtX4bYc8MhKs3DfGj6Pau"


def settings_in(folder: Path, **values: str) -> Settings:
    given = {"DATA_DIR": str(folder / "data"), "DEMO_DIR": str(folder / "demo")} | values
    return load_settings({f"THREATBOARD_{name}": value for name, value in given.items()})


def load_something(folder: Path) -> None:
    (folder / "lake").mkdir(parents=True)
    (folder / "lake/_published.json").write_text(json.dumps({"tables": {"EmailEvents": {"version": 1, "schema": 1}}}))


def test_without_data_the_demonstration_is_served(tmp_path: Path) -> None:
    launch = plan_launch(settings_in(tmp_path), development=True, demo=False)
    assert (launch.demo, launch.folder) == (True, tmp_path / "demo")
    assert launch.address == "http://localhost:8050"


def test_own_data_ends_the_demonstration(tmp_path: Path) -> None:
    load_something(tmp_path / "data")
    launch = plan_launch(settings_in(tmp_path), development=True, demo=False)
    assert (launch.demo, launch.folder) == (False, tmp_path / "data")


def test_demo_can_be_asked_for_beside_own_data(tmp_path: Path) -> None:
    load_something(tmp_path / "data")
    assert plan_launch(settings_in(tmp_path), development=True, demo=True).demo


def test_the_local_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = plan_launch(settings_in(tmp_path), development=True, demo=False)
    again = plan_launch(settings_in(tmp_path), development=True, demo=False)
    assert first.settings.secret_key == again.settings.secret_key
    assert len(first.settings.secret_key.get_secret_value()) >= 32
    assert (tmp_path / "demo/secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("values", "demo", "message"),
    [
        ({}, False, "THREATBOARD_SECRET_KEY: missing"),
        ({"SECRET_KEY": "short"}, False, "THREATBOARD_SECRET_KEY: shorter"),
        ({"SECRET_KEY": "changeme" * 5}, False, "THREATBOARD_SECRET_KEY: a placeholder"),
        ({"SECRET_KEY": GOOD_SECRET}, True, "does not serve the demonstration"),
        ({"SECRET_KEY": GOOD_SECRET, "DEBUG": "true"}, False, "THREATBOARD_DEBUG"),
    ],
)
def test_production_refuses(tmp_path: Path, values: dict[str, str], demo: bool, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        plan_launch(settings_in(tmp_path, **values), development=False, demo=demo)


def test_production_never_falls_back_to_the_demonstration(tmp_path: Path) -> None:
    launch = plan_launch(settings_in(tmp_path, SECRET_KEY=GOOD_SECRET), development=False, demo=False)
    assert (launch.demo, launch.folder) == (False, tmp_path / "data")


def test_the_demonstration_stays_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="THREATBOARD_HOST"):
        plan_launch(settings_in(tmp_path, HOST="0.0.0.0"), development=True, demo=True)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_broken_lake_is_not_taken_for_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake/_published.json").write_text(content)
    assert has_data(tmp_path)


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} .*THREATBOARD_PORT"):
            ensure_port_free(settings_in(tmp_path, PORT=str(port)))
