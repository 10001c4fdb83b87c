"""The secret key: where it comes from on this machine, and what production refuses."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from dashapp.settings import Settings, SettingsError

LEAST_BYTES = 32
LEAST_DIFFERENT = 10  # characters; "aaaa…" and "0123012301…" are long, not secret
FILE_NAME = "secret.key"
_PLACEHOLDERS = ("changeme", "change-me", "change_me", "secret-key", "secret_key", "your-secret", "example", "default")


def ensure_production_secret(settings: Settings) -> None:
    """Return quietly if the secret key of ``settings`` may sign in production.

    Raises:
        SettingsError: It is missing, short, or known from documentation and examples.
    """
    secret = settings.secret_key.get_secret_value()
    if not secret:
        raise SettingsError("bad setting THREATBOARD_SECRET_KEY: missing; make one with: openssl rand -hex 32")
    if len(secret.encode()) < LEAST_BYTES:
        raise SettingsError(f"bad setting THREATBOARD_SECRET_KEY: shorter than {LEAST_BYTES} bytes")
    plain = secret.lower()
    if len(set(plain)) < LEAST_DIFFERENT or any(word in plain for word in _PLACEHOLDERS):
        raise SettingsError("bad setting THREATBOARD_SECRET_KEY: a placeholder, not a secret")


def with_local_secret(settings: Settings, folder: Path, *, create: bool = False) -> Settings:
    """``settings`` with the secret key of ``folder``/secret.key, unless they have one already.

    Args:
        settings: As read from the environment.
        folder: The data folder in use.
        create: Make the file if it is missing (readable by its owner only).

    Raises:
        SettingsError: There is neither, and ``create`` is false.
    """
    if settings.secret_key.get_secret_value():
        return settings
    path = folder / FILE_NAME
    if create and not path.exists():
        _write_new(path)
    if not path.exists():
        raise SettingsError(f"bad setting THREATBOARD_SECRET_KEY: missing, and there is no {path}")
    return settings.model_copy(update={"secret_key": SecretStr(path.read_text(encoding="ascii").strip())})


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(
        draft, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="ascii"
    ) as file:  # Path.open has no opener
        file.write(secrets.token_hex(LEAST_BYTES) + "\n")
    try:
        os.link(draft, path)  # refuses to replace, should another process have been first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
