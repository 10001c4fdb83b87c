"""A real PostgreSQL for tests: its own folder, its own port on loopback, stopped by its process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


class Server:
    """A running server; ``database`` makes a fresh database in it."""

    def __init__(self, port: int, user: str) -> None:
        self._address = f"{user}@127.0.0.1:{port}"

    def database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(f"postgresql://{self._address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{self._address}/{name}"


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, as an ordinary user if we are root, which PostgreSQL refuses to be."""
    binaries = _binaries()
    user = _user()
    home = Path(tempfile.mkdtemp(prefix="threatboard-pg-"))
    shutil.chown(home, user)
    port = _free_port()
    try:
        subprocess.run(
            [*_as(user), binaries / "initdb", "-D", home / "data", "-A", "trust", "-U", user, "--no-sync"],
            check=True, capture_output=True, cwd=home,
        )  # fmt: skip
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": home, "fsync": "off"}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [*_as(user), binaries / "postgres", "-D", home / "data", *arguments],
                stdout=log, stderr=log, cwd=home,
            )  # fmt: skip
        try:
            _wait_until_ready(binaries, port, process, home / "log")
            yield Server(port, user)
        finally:
            process.send_signal(signal.SIGINT)  # "fast": do not wait for connections
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(binaries: Path, port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        ready = subprocess.run(
            [binaries / "pg_isready", "-q", "-t", "1", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        if ready.returncode == 0:
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).parent
    pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")


def _user() -> str:
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(user: str) -> list[str]:
    if os.getuid() != 0:
        return []
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
