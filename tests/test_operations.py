"""Liveness, readiness, metrics, and the log lines around them."""

import json
import logging
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from dashapp.assembly import lake_check
from dashapp.logs import JsonLines, log_requests
from dashapp.operations import Metrics, NotReady, add_operations
from tests.lakes import at, publish


def _broken() -> None:
    raise NotReady("the database does not answer")


def _fine() -> None:
    return None


def client_with(checks, token: str = "") -> FlaskClient:
    server = Flask("operations")
    log_requests(server)
    metrics = Metrics()
    metrics.gauge("answer", "Forty-two.", lambda: 42)
    add_operations(server, checks=checks, metrics=metrics, token=token)
    return server.test_client()


REMOTE = {"REMOTE_ADDR": "192.0.2.7"}


def test_livez_answers_anyone() -> None:
    assert client_with({}).get("/livez", environ_base=REMOTE).status_code == 200


def test_readyz_names_what_is_broken_to_this_machine() -> None:
    answer = client_with({"database": _broken, "lake": _fine}).get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "checks": {"database": "the database does not answer", "lake": "ok"}}


def test_readyz_remarks_on_lost_files_and_stays_ready(tmp_path: Path) -> None:
    lake = publish(tmp_path, "AlertInfo", Timestamp=[at("2026-03-01")])
    client = client_with({"lake": lake_check(lake)})
    assert client.get("/readyz").json == {"ready": True, "checks": {"lake": "ok"}}
    Path(lake.snapshot().files("AlertInfo")[0]).unlink()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["checks"]["lake"].startswith("ok, but 1 data files are missing")


def test_readyz_tells_strangers_only_the_verdict() -> None:
    answer = client_with({"database": _broken}).get("/readyz", environ_base=REMOTE)
    assert (answer.status_code, answer.json) == (503, {"ready": False})


def test_metrics_count_requests_and_read_gauges() -> None:
    client = client_with({})
    client.get("/livez")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'threatboard_requests_total{endpoint="operations.livez",status="200"} 1.0' in text
    assert "threatboard_answer 42.0" in text


@pytest.mark.parametrize(
    ("token", "headers", "environ", "status"),
    [
        ("", {}, REMOTE, 404),
        ("secret", {}, REMOTE, 404),
        ("secret", {"Authorization": "Bearer wrong"}, REMOTE, 404),
        ("secret", {"Authorization": "Bearer secret"}, REMOTE, 200),
        ("", {"Authorization": "Bearer "}, REMOTE, 404),
        ("", {"X-Forwarded-For": "203.0.113.9"}, {"REMOTE_ADDR": "127.0.0.1"}, 404),
        ("", {}, {"REMOTE_ADDR": "::1"}, 200),
        ("", {}, {"REMOTE_ADDR": "not an address"}, 404),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(token, headers, environ, status) -> None:
    assert client_with({}, token).get("/metrics", headers=headers, environ_base=environ).status_code == status


def test_log_line_is_one_line_of_plain_json() -> None:
    record = logging.makeLogRecord({"msg": "subject \u202e\r\nfake: line \x1b[31m", "levelname": "INFO", "filter": "x"})
    server = Flask("logs")
    with server.test_request_context():
        g.request_id = "abc"
        line = JsonLines().format(record)
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["request_id"] == "abc"
    assert json.loads(line)["filter"] == "x"


def test_access_log_holds_no_query_string(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "threatboard.access"):
        client_with({}).get("/livez?q=secret-subject")
    assert "secret-subject" not in caplog.text
    assert caplog.records[0].status == 200  # type: ignore[attr-defined]
