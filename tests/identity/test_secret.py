"""S6: production refuses a missing, short or known secret key; ``make run`` makes its own."""

import stat
from pathlib import Path

import pytest

from dashapp.identity.secret import ensure_production_secret, with_local_secret
from dashapp.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "missing"),
        ("b7e1" * 4, "shorter than 32 bytes"),
        ("x" * 64, "placeholder"),
        ("0123" * 16, "placeholder"),
        ("changeme-changeme-changeme-changeme", "placeholder"),
        ("CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "placeholder"),  # Superset, CVE-2023-27524
        ("this-is-my-default-key-0123456789-abcdef", "placeholder"),
    ],
)
def test_s6_production_refuses(secret: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"THREATBOARD_SECRET_KEY: .*{words}") as refused:
        ensure_production_secret(Settings(secret_key=secret))
    assert "\n" not in str(refused.value)
    assert not secret or secret not in str(refused.value)


def test_s6_production_takes_a_real_secret() -> None:
    ensure_production_secret(Settings(secret_key="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))


def test_a_local_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = with_local_secret(Settings(), tmp_path / "new", create=True)
    again = with_local_secret(Settings(), tmp_path / "new")
    path = tmp_path / "new" / "secret.key"
    assert first.secret_key == again.secret_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["secret.key"]
    ensure_production_secret(first)


def test_the_setting_wins_and_nothing_is_made_unasked(tmp_path: Path) -> None:
    given = Settings(secret_key="k" * 32)
    assert with_local_secret(given, tmp_path, create=True) is given
    with pytest.raises(SettingsError, match="missing"):
        with_local_secret(Settings(), tmp_path)
    assert list(tmp_path.iterdir()) == []
