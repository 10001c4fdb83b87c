"""Exports over HTTP: who may, what comes, how it ends, and that all of it is on record."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from dashapp import exports as desk
from dashapp.data import export
from dashapp.data.engine import open_engine
from dashapp.identity.permissions import Role
from dashapp.settings import Settings
from dashapp.storage.tables import audit, session
from tests.apps import Board, build
from tests.callbacks.test_dashboard import view
from tests.identity.browser import SAME, Browser
from tests.threats import HOSTILE, threat_lake
from tests.watching import becomes

ALL = 30 * 5 + 30 * 4
WHOLE = "?from=now-90d"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    yield from boards(tmp_path)


def boards(folder: Path, *, subject: str = "Invoice", **settings: Any) -> Iterator[Board]:
    lake = threat_lake(folder / "lake", datetime.now(UTC), subject=subject)
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine, **settings)
    yield made
    engine.close()
    made.services.storage.close()


def ask(browser: Browser, search: str = WHOLE, format_: str = "csv", **more: Any) -> Any:
    body = {"view": view(search, "/explorer"), "format": format_} | more
    return browser.post("/exports", json=body, headers=SAME | {"X-CSRFToken": browser.token})


def fetched(browser: Browser, search: str = WHOLE, format_: str = "csv", **more: Any) -> bytes:
    asked = ask(browser, search, format_, **more)
    assert asked.status_code == 201, asked.text
    answer = browser.get(asked.json["address"])
    assert answer.status_code == 200
    return answer.data


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def record(board: Board) -> list[tuple[str, dict[str, Any]]]:
    with board.services.storage.read() as connection:
        query = sa.select(audit.c.action, audit.c.detail).where(audit.c.action.like("export.%")).order_by(audit.c.seq)
        return [(row.action, json.loads(row.detail)) for row in connection.execute(query)]


def told(browser: Browser, asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"/exports/{asked.json['id']}").json
    return found


def test_csv_holds_every_message_in_the_columns_of_the_address(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    rows = read(fetched(browser, f"{WHOLE}&cols=Subject,Timestamp,LatestDeliveryLocation&q=PrimaryThreat:Malware"))
    assert len(rows) == 30
    assert list(rows[0]) == ["Subject", "Timestamp", "LatestDeliveryLocation"]
    times = [row["Timestamp"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert datetime.fromisoformat(times[0]).tzinfo is UTC
    assert len(read(fetched(browser))) == ALL


def test_parquet_is_typed_and_unchanged(tmp_path: Path) -> None:
    for board in boards(tmp_path, subject="=1+1"):
        data = fetched(board.browser(Role.SECURITY_READER), f"{WHOLE}&cols=Subject,Timestamp,EmailSize", "parquet")
        table = pq.read_table(io.BytesIO(data))
        assert (table.num_rows, set(table["Subject"].to_pylist())) == (ALL, {"=1+1"})
        assert [str(field.type) for field in table.schema] == ["string", "timestamp[us, tz=UTC]", "int64"]


def test_hostile_text_in_csv_is_inert_and_comes_back(tmp_path: Path) -> None:
    for board in boards(tmp_path, subject=f'=HYPERLINK(1)\n"{HOSTILE}'):
        rows = read(fetched(board.browser(Role.SECURITY_READER), f"{WHOLE}&cols=Subject"))
        assert {row["Subject"] for row in rows} == {f"'=HYPERLINK(1)\n\"{HOSTILE}"}


def test_nothing_that_matches_is_a_file_without_rows(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    assert fetched(browser, f"{WHOLE}&q=Subject:nothing&cols=Subject") == b'"Subject"\n'
    assert pq.read_table(io.BytesIO(fetched(browser, f"{WHOLE}&q=Subject:nothing", "parquet"))).num_rows == 0


def test_only_picked_rows(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    columns = f"{WHOLE}&cols=NetworkMessageId,RecipientEmailAddress"
    first = read(fetched(browser, columns))[:3]
    picked = [" ".join(row.values()) for row in first]
    assert read(fetched(browser, columns, rows=picked)) == first


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
def test_who_may_not_export_gets_nothing(board: Board, role: Role) -> None:
    browser = board.browser(role)
    assert ask(browser).status_code == 403
    assert browser.get("/exports/x").status_code == 403
    assert browser.get("/exports/x/file").status_code == 403
    sent = SAME | {"X-CSRFToken": browser.token}
    assert browser.client.delete("/exports/x", headers=sent).status_code == 403
    assert record(board) == []


def test_it_takes_the_token_of_the_page(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    body = {"view": view(WHOLE, "/explorer"), "format": "csv"}
    assert browser.post("/exports", json=body, headers=SAME).status_code == 403
    assert browser.post("/exports", json=body, headers={"X-CSRFToken": browser.token}).status_code == 403


def test_nobody_else_sees_fetches_or_ends_it(board: Board) -> None:
    owner, other = board.browser(Role.SECURITY_READER), board.browser(Role.SECURITY_READER)
    asked = ask(owner)
    sent = SAME | {"X-CSRFToken": other.token}
    assert other.get(asked.json["address"]).status_code == 404
    assert other.get(f"/exports/{asked.json['id']}").status_code == 404
    assert other.client.delete(f"/exports/{asked.json['id']}", headers=sent).status_code == 404
    assert owner.get(asked.json["address"]).status_code == 200


def test_the_address_works_once(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    asked = ask(browser)
    assert browser.client.head(asked.json["address"]).status_code == 405
    assert len(read(browser.get(asked.json["address"]).data)) == ALL
    assert browser.get(asked.json["address"]).status_code == 410


def test_who_exported_what_is_on_record(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    fetched(browser, "?from=2026-01-01&to=2026-02-01&q=from:x@evil.example&cols=Subject")
    (_, start), (_, end) = record(board)
    assert start | {"export": ""} == {
        "export": "",
        "view": "all",
        "query": "SenderFromAddress:x@evil.example",
        "from": "2026-01-01T00:00Z",
        "to": "2026-02-01T00:00Z",
        "columns": "Subject",
        "picked": 0,
        "format": "csv",
        "expected": 0,
    }
    assert (end["export"], end["outcome"], end["rows"]) == (start["export"], "finished", 0)


def test_cancel_ends_the_file_without_its_last_rows(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", 10)
    browser = board.browser(Role.SECURITY_READER)
    asked = ask(browser)
    with board.app.server.test_request_context():
        answer = browser.client.get(asked.json["address"], buffered=False)
    pieces = iter(answer.response)
    got = [next(pieces), next(pieces)]
    sent = SAME | {"X-CSRFToken": browser.token}
    assert browser.client.delete(f"/exports/{asked.json['id']}", headers=sent).json["state"] == "cancelled"
    with pytest.raises(BrokenPipeError):
        got += list(pieces)
    assert len(read(b"".join(got))) < ALL
    assert told(browser, asked)["state"] == "cancelled"
    assert record(board)[-1][1]["outcome"] == "cancelled"
    assert becomes(lambda: board.services.whole_engine.load == 0)


def test_a_browser_that_goes_away_is_on_record_and_frees_its_place(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", 10)
    browser = board.browser(Role.SECURITY_READER)
    for _ in range(desk.PER_PERSON + 1):
        asked = ask(browser)
        answer = browser.client.get(asked.json["address"], buffered=False)
        next(iter(answer.response))
        answer.close()
        assert told(browser, asked)["state"] == "broken off"
    outcome = record(board)[-1][1]
    assert (outcome["outcome"], outcome["rows"] < ALL) == ("broken off", True)
    assert becomes(lambda: board.services.whole_engine.load == 0)


def test_two_at_once_and_no_more(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    first = ask(browser)
    assert ask(browser).status_code == 201
    refused = ask(browser)
    assert (refused.status_code, "2 exports under way" in refused.json["detail"]) == (429, True)
    assert ask(board.browser(Role.SECURITY_READER)).status_code == 201
    assert browser.get(first.json["address"]).data
    assert ask(browser).status_code == 201


def test_all_together_have_a_limit_too(tmp_path: Path) -> None:
    for board in boards(tmp_path, exports_at_once=1):
        assert ask(board.browser(Role.SECURITY_READER)).status_code == 201
        assert "Others" in ask(board.browser(Role.SECURITY_READER)).json["detail"]


def test_what_nobody_fetches_gives_its_place_back(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = board.browser(Role.SECURITY_READER)
    ask(browser)
    ask(browser)
    monkeypatch.setattr(desk, "COLLECT_SECONDS", -1)
    assert ask(browser).status_code == 201
    assert [detail["outcome"] for action, detail in record(board) if action == "export.end"] == ["not collected"] * 2


def test_the_time_limit_ends_it(tmp_path: Path) -> None:
    for board in boards(tmp_path, export_minutes=0.0001):
        browser = board.browser(Role.SECURITY_READER)
        asked = ask(browser)
        browser.get("/livez")
        with pytest.raises(BrokenPipeError):
            list(browser.client.get(asked.json["address"], buffered=False).response)
        assert "minutes" in told(browser, asked)["problem"]
        assert record(board)[-1][1]["outcome"] == "failed"


def test_the_setting_caps_rows(tmp_path: Path) -> None:
    for board in boards(tmp_path, export_rows=7):
        assert len(read(fetched(board.browser(Role.SECURITY_READER)))) == 7


def test_watching_progress_does_not_keep_a_session_alive(board: Board) -> None:
    browser = board.browser(Role.SECURITY_READER)
    asked = ask(browser)
    with board.services.storage.write() as connection:
        before = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(session.update().values(last_seen=before))
    monitored = browser.get(f"/exports/{asked.json['id']}")
    with board.services.storage.read() as connection:
        seen = set(connection.execute(sa.select(session.c.last_seen)).scalars())
    assert monitored.status_code == 401 or seen == {before}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 415),
        ([], 400),
        ({}, 400),
        ({"view": {}, "format": "csv"}, 400),
        ({"view": view(WHOLE, "/"), "format": "csv"}, 400),
        ({"view": view(WHOLE, "/explorer"), "format": "xlsx"}, 400),
        ({"view": view(WHOLE, "/explorer"), "format": ["csv"]}, 400),
        ({"view": view(WHOLE, "/explorer"), "format": "csv", "rows": []}, 400),
        ({"view": view(WHOLE, "/explorer"), "format": "csv", "rows": [1]}, 400),
        ({"view": view(WHOLE, "/explorer"), "format": "csv", "rows": ["x"] * 5001}, 400),
        ({"view": view(f"{WHOLE}&q=((", "/explorer"), "format": "csv"}, 422),
        ({"view": view(f"{WHOLE}&q=EmailSize:big", "/explorer"), "format": "csv"}, 422),
        ({"view": {"path": "/explorer", "search": 7}, "format": "csv"}, 204),
    ],
)
def test_forged_requests_are_refused(board: Board, body: object, status: int) -> None:
    browser = board.browser(Role.SECURITY_READER)
    answer = browser.post("/exports", json=body, headers=SAME | {"X-CSRFToken": browser.token})
    assert answer.status_code == status
    assert record(board) == []
