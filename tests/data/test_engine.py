"""From question to frame: contracts, windows, sharing, patience."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import pandas as pd
import pytest

from dashapp.data.engine import Engine, EngineError, QueryCancelled, QueryTimeout
from dashapp.data.lake import Lake
from dashapp.query.window import Window
from tests.data.sample import WINDOW
from tests.lakes import at, publish

COUNTS = {"recipient": "str", "messages": "int64"}


def counts(engine: Engine, window: Window | None = None) -> ibis.Table:
    rows = engine.table("EmailEvents", window)
    return rows.group_by("recipient").agg(messages=rows.count()).order_by("recipient")


def slow(engine: Engine, salt: int = 0) -> ibis.Table:
    """A question that would take for ever: every row with every row, many times over."""
    rows = engine.table("EmailEvents", columns={"UrlCount"}).select(a=ibis.range(0, 3000).unnest())
    for step in range(4):
        rows = rows.cross_join(rows.select(**{f"b{step}": "a"})).select(a=ibis._.a + ibis._[f"b{step}"] + salt)
    return rows.agg(n=rows["a"].sum())


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_frames_keep_their_contract(engine: Engine) -> None:
    frame = engine.frame(counts(engine, WINDOW), COUNTS)
    assert dtypes(frame) == COUNTS
    assert frame["messages"].tolist() == [4, 3, 2, 1]


def test_no_rows_keep_columns_and_dtypes(engine: Engine, engine_over: Callable[..., Engine]) -> None:
    contract = COUNTS | {"at": "datetime64[us, UTC]", "size": "Int64", "first": "boolean", "kinds": "str"}
    later = Window(WINDOW.end + timedelta(days=30), WINDOW.end + timedelta(days=31))
    rows = engine.table("EmailEvents", later)
    named = rows.select(
        "recipient",
        messages=ibis.literal(1),
        at="Timestamp",
        size="EmailSize",
        first="IsFirstContact",
        kinds=rows["threat_types"].join(","),
    )
    frame = engine.frame(named, contract)
    assert frame.empty
    assert dtypes(frame) == contract


def test_a_lake_without_any_row_answers(engine_over: Callable[..., Engine]) -> None:
    engine = engine_over()
    assert dtypes(engine.frame(counts(engine), COUNTS)) == COUNTS


def test_windows_are_half_open_to_the_microsecond(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    times = [at("2026-03-01T10:00"), at("2026-03-01T10:00:00.000001"), at("2026-03-01T11:00")]
    publish(lake_path, "EmailEvents", Timestamp=times, recipient=["a", "b", "c"])
    engine = engine_over()
    start = datetime(2026, 3, 1, 10, 0, 0, 1, tzinfo=UTC)
    frame = engine.frame(counts(engine, Window(start, datetime(2026, 3, 1, 11, tzinfo=UTC))), COUNTS)
    assert frame["recipient"].tolist() == ["b"]


def test_new_rows_show_at_once_and_old_answers_are_not_kept(engine: Engine, lake_path: Path) -> None:
    assert engine.frame(counts(engine), COUNTS)["messages"].sum() == 10
    held = engine.pinned()
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-02")], recipient=["new@corp.example"])
    assert engine.frame(counts(engine), COUNTS)["messages"].sum() == 11
    assert held.frame(counts(held), COUNTS)["messages"].sum() == 10


def test_the_same_question_is_answered_from_memory(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first = engine.frame(counts(engine, WINDOW), COUNTS)
    first["messages"] = 0
    monkeypatch.setattr(engine._core.database, "run", lambda *_: pytest.fail("asked again"))
    assert engine.frame(counts(engine, WINDOW), COUNTS)["messages"].sum() == 10


def test_files_replaced_while_asking_are_found_again(
    engine: Engine, lake_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = engine._core.lake
    before = lake.snapshot()
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-02")], recipient=["new@corp.example"])
    snapshots = [before, before]
    monkeypatch.setattr(lake, "snapshot", lambda: snapshots.pop() if snapshots else Lake.snapshot(lake))
    rows = counts(engine)
    for path in set(before.files("EmailEvents")):
        Path(path).rename(f"{path}.moved")
        (Path(path).parent / "x").mkdir(exist_ok=True)
    with pytest.raises(EngineError, match="cannot be read"):
        engine.frame(rows, COUNTS)


def test_timeout_frees_the_database(lake_path: Path, engine_over: Callable[..., Engine]) -> None:
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-01")], recipient=["a"])
    engine = engine_over(query_timeout_seconds=0.3)
    with pytest.raises(QueryTimeout):
        engine.frame(slow(engine), {"n": "float64"})
    assert engine.hurried(60).frame(counts(engine), COUNTS)["messages"].tolist() == [1]


def test_a_newer_request_ends_the_older_one(engine: Engine) -> None:
    running = threading.Event()

    def older() -> None:
        with engine.ask("grid", 1):
            running.set()
            engine.frame(slow(engine), {"n": "float64"})

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(older)
        assert running.wait(60)
        with engine.ask("grid", 2):
            assert engine.frame(counts(engine), COUNTS)["messages"].sum() == 10
        with pytest.raises(QueryCancelled):
            asked.result(60)


def test_many_threads_get_their_own_answers(engine: Engine) -> None:
    def one(day: int) -> int:
        window = Window(WINDOW.start + timedelta(days=day % 7), WINDOW.start + timedelta(days=day % 7 + 1))
        return int(engine.frame(counts(engine, window), COUNTS)["messages"].sum())

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(70)))
    assert answers == [3, 2, 1, 1, 2, 0, 1] * 10


def test_opening_an_empty_lake_and_closing_twice(tmp_path: Path, engine_over: Callable[..., Engine]) -> None:
    engine = engine_over()
    assert Lake.open(tmp_path / "lake").snapshot().id == engine.snapshot.id
    engine.close()
    engine.close()
