"""The program started as an administrator would, in a folder of its own, on a free port of loopback."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).parents[2]
SECRET = "zVt5mQ8-rN2wLk7_Jx4cHs9BfYp6Gd3A"
READY = "Threatboard is at "


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The variables of a process of ours; nothing of ours is taken over from this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THREATBOARD_")}
    given = {"DATA_DIR": str(folder / "data"), "DEMO_DIR": str(folder / "demo")} | settings
    return kept | {f"THREATBOARD_{name}": value for name, value in given.items()}


def command(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m dashapp …`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dashapp", *arguments],
        cwd=ROOT, env=environment(folder, **settings), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


class Program:
    """A running ``serve``."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.output: list[str] = []
        self._lines: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, text: str, seconds: float = 120) -> str:
        """The next line of output that holds ``text``."""
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except Empty:
                raise AssertionError(f"no {text!r} within {seconds} s of:\n" + "\n".join(self.output)) from None
            if line is None:
                raise AssertionError(f"ended without {text!r}:\n" + "\n".join(self.output))
            if text in line:
                return line

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers; redirects are not followed."""
        return fetch(f"http://127.0.0.1:{self.port}{path}", **headers)

    def stop(self) -> None:
        """Ask it to stop, insist after half a minute, and take in its last words."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(30)  # until the workers have closed their end too
        if self.process.stdout:
            self.process.stdout.close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def fetch(address: str, *handlers: urllib.request.BaseHandler, **headers: str) -> tuple[int, str, dict[str, str]]:
    """GET one address of loopback."""
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}), *handlers)
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode("utf-8", "replace"), dict(answer.headers)


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Program]:
    """``python -m dashapp serve`` until the block ends; production settings unless others are given."""
    port = int(settings.setdefault("PORT", str(free_port())))
    settings.setdefault("SECRET_KEY", SECRET)
    process = subprocess.Popen(
        [sys.executable, "-m", "dashapp", "serve", *arguments],
        cwd=ROOT, env=environment(folder, **settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    program = Program(process, port)
    try:
        program.wait_for(READY)
        yield program
    finally:
        program.stop()
