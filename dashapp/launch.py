"""What is to be served: which folder, whose data, with which secret. Decided before anything heavy is loaded."""

import json
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from dashapp.identity.secret import ensure_production_secret, with_local_secret
from dashapp.settings import Settings, SettingsError


@dataclass(frozen=True)
class Launch:
    """A start that may go ahead.

    Attributes:
        settings: With a secret key.
        folder: Of the lake, the database and the quarantine in use.
        demo: The folder holds the demonstration.
        development: On this machine for its own user; otherwise production.
    """

    settings: Settings
    folder: Path
    demo: bool
    development: bool

    @property
    def address(self) -> str:
        """Where a person finds it."""
        if self.settings.public_url:
            return self.settings.public_url
        host = "localhost" if is_loopback(self.settings.host) else self.settings.host
        return f"http://{host}:{self.settings.port}{self.settings.url_prefix}".rstrip("/")


def plan_launch(settings: Settings, *, development: bool, demo: bool) -> Launch:
    """Decide what to serve.

    Args:
        settings: As read.
        development: For this machine's own user: a missing secret key is made and kept beside the data, and the
            demonstration is served while ``data_dir`` holds no data.
        demo: Serve the demonstration in any case.

    Raises:
        SettingsError: Production was asked for with the demonstration, without a good secret key, or with debug on;
            or the demonstration would be reachable from other machines.
    """
    if not development:
        return _production(settings, demo=demo)
    demo = demo or not has_data(settings.data_dir)
    if demo and not is_loopback(settings.host):
        raise SettingsError(f"bad setting THREATBOARD_HOST: the demonstration is for this machine, not {settings.host}")
    folder = settings.demo_dir if demo else settings.data_dir
    return Launch(with_local_secret(settings, folder, create=True), folder, demo, development=True)


def _production(settings: Settings, *, demo: bool) -> Launch:
    if demo:
        raise SettingsError("production does not serve the demonstration; try: make demo")
    if settings.debug:
        raise SettingsError("bad setting THREATBOARD_DEBUG: production does not run with it")
    ensure_production_secret(settings)
    return Launch(settings, settings.data_dir, demo=False, development=False)


def has_data(folder: Path) -> bool:
    """Whether the lake in ``folder`` has ever been loaded with anything; a file it cannot read counts as data."""
    try:
        return bool(json.loads((folder / "lake" / "_published.json").read_text())["tables"])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ensure_port_free(settings: Settings) -> None:
    """Return quietly if nothing listens where the app is to listen.

    Raises:
        SettingsError: The port is taken, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"cannot listen on {settings.host} port {settings.port} ({error.strerror}); "
                "set THREATBOARD_PORT or THREATBOARD_HOST"
            ) from error
