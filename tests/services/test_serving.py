"""Serving for real: start, readiness, logs, refusals, and a stop that lets requests finish."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.services.program import SECRET, Program, command, free_port, serving

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with serving(tmp_path_factory.mktemp("production")) as program:
        yield program


def test_it_is_alive_and_ready(production: Program) -> None:
    assert production.get("/livez")[0] == 200
    status, body, _ = production.get("/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True)


def test_the_first_start_prints_a_token_that_opens_setup_once(production: Program) -> None:
    line = next(line for line in production.output if "one-time token" in line)
    assert re.search(r"token: \S{20,}$", line)
    assert production.get("/setup")[0] == 200


def test_a_stranger_gets_the_sign_in_page_and_nothing_else(production: Program) -> None:
    status, _, headers = production.get("/explorer?q=secret")
    assert status == 302
    assert "/sign-in?next=" in headers["Location"]
    assert production.get("/_dash-layout")[0] == 401


def test_each_request_is_one_json_line_without_its_query(production: Program) -> None:
    _, _, headers = production.get("/setup?q=do-not-log-me")
    line = production.wait_for(headers["X-Request-ID"])
    record = json.loads(line)
    assert (record["method"], record["path"], record["status"]) == ("GET", "/setup", 200)
    assert "do-not-log-me" not in "\n".join(production.output)


def test_metrics_count(production: Program) -> None:
    body = production.get("/metrics")[1]
    assert "threatboard_lake_messages 0.0" in body
    assert 'threatboard_requests_total{endpoint="operations.livez"' in body


def test_chunks_that_are_none_are_the_senders_fault(production: Program) -> None:
    with socket.create_connection(("127.0.0.1", production.port), timeout=30) as sender:
        sender.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc"
        )
        assert sender.recv(4096).startswith(b"HTTP/1.1 400")


def test_requests_that_never_end_do_not_take_the_server(tmp_path: Path) -> None:
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    body = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na="
    with serving(tmp_path, THREADS="2") as program, ExitStack() as senders:
        for sent in (head, head + body) * 2:
            sender = senders.enter_context(socket.create_connection(("127.0.0.1", program.port)))
            sender.sendall(sent)
        with socket.create_connection(("127.0.0.1", program.port), timeout=90) as asking:
            asking.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert asking.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_stop_lets_the_request_in_flight_finish(tmp_path: Path) -> None:
    with serving(tmp_path) as program, socket.create_connection(("127.0.0.1", program.port)) as slow:
        slow.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n")  # begun, not finished
        assert program.get("/livez")[0] == 200  # by now the worker has taken the first connection
        program.process.send_signal(signal.SIGTERM)
        slow.sendall(b"Connection: close\r\n\r\n")
        slow.settimeout(30)
        answer = slow.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200") or answer == b""
        assert program.process.wait(60) == 0


def test_it_starts_again_after_kill_nine(tmp_path: Path) -> None:
    with serving(tmp_path) as program:
        program.process.kill()
        program.process.wait()
    with serving(tmp_path) as again:
        assert again.get("/readyz")[0] == 200


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        ({}, [], "THREATBOARD_SECRET_KEY: missing"),
        ({"SECRET_KEY": "short"}, [], "THREATBOARD_SECRET_KEY"),
        ({"SECRET_KEY": SECRET}, ["--demo"], "does not serve the demonstration"),
        ({"SECRET_KEY": SECRET, "DEBUG": "1"}, [], "THREATBOARD_DEBUG"),
        ({"SECRET_KEY": SECRET, "PROT": "1"}, [], "unknown setting THREATBOARD_PROT; did you mean THREATBOARD_PORT?"),
        ({"SECRET_KEY": SECRET, "DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, [], "the database does not answer"),
    ],
)
def test_a_wrong_start_stops_with_one_line(tmp_path: Path, settings, arguments, message) -> None:
    given = {"PORT": str(free_port())} | settings
    done = command("serve", *arguments, folder=tmp_path, **given)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
