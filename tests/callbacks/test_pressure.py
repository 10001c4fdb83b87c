"""R7 through the whole app: a crowd with heavy questions gets clear answers, everybody else gets theirs."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashapp.data.engine import Engine, Lane, open_engine
from dashapp.identity.permissions import Role
from dashapp.ids import Dashboard, Shell
from dashapp.settings import Settings
from tests.apps import build
from tests.callbacks.test_dashboard import view
from tests.data.test_pressure import endless
from tests.threats import threat_lake

CROWD = 50


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    lake = threat_lake(tmp_path / "lake", datetime.now(UTC))
    opened = open_engine(lake, Settings(query_memory_mb=200, query_queue=2, query_timeout_seconds=600))
    yield opened
    opened.close()


@pytest.mark.slow
def test_fifty_heavy_requests_are_told_to_try_again_and_light_ones_are_answered(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = build(tmp_path, lake=engine._core.lake, engine=engine)
    browsers = [board.browser(Role.SECURITY_READER) for _ in range(CROWD)]
    body = board.body(board.output_of(f"{Dashboard.HEADLINE}.children"), {f"{Shell.VIEW}.data": view()})
    with ThreadPoolExecutor(CROWD) as people:
        asked = [
            people.submit(engine.frame, endless(engine, number), {"n": "float64"}, lane=Lane.DASHBOARD)
            for number in range(4)
        ]
        while engine.load < 4:
            assert not any(each.done() for each in asked)
        with monkeypatch.context() as heavy:
            heavy.setattr("dashapp.data.engine.LIGHT_ROWS", 0)
            answers = list(people.map(lambda browser: browser.fire(body), browsers))
        assert Counter(answer.status_code for answer in answers) == {503: CROWD}
        assert answers[0].json == {
            "error": "EngineBusy",
            "detail": "too many questions are being answered just now; please try again",
        }
        assert Counter(browser.fire(body).status_code for browser in browsers[:10]) == {200: 10}
        assert engine.load == 4  # they passed the heavy ones
        engine.close()
        assert all(each.exception(30) for each in asked)
    board.services.storage.close()


@pytest.mark.slow
def test_the_dashboard_does_not_wait_behind_what_people_search(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = build(tmp_path, lake=engine._core.lake, engine=engine)
    body = board.body(board.output_of(f"{Dashboard.HEADLINE}.children"), {f"{Shell.VIEW}.data": view()})
    with ThreadPoolExecutor(4) as people:
        asked = [
            people.submit(engine.frame, endless(engine, number), {"n": "float64"}, lane=Lane.HEAVY)
            for number in range(4)
        ]
        while engine.load < 4:
            assert not any(each.done() for each in asked)
        monkeypatch.setattr("dashapp.data.engine.LIGHT_ROWS", 0)
        assert board.browser(Role.SECURITY_READER).fire(body).status_code == 200
        assert engine.load == 4
        engine.close()
        assert all(each.exception(30) for each in asked)
    board.services.storage.close()
