"""Times questions against their baselines; run in a process of its own, so that its memory is its own."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.baselines import BASELINES
from benchmarks.journeys import burdened_ms, export_rate
from benchmarks.questions import QUESTIONS, Question
from dashapp.data.engine import Engine, open_engine
from dashapp.data.lake import Lake, Snapshot
from dashapp.data.schema import TABLES
from dashapp.query.window import Window
from dashapp.settings import Settings

RUNS = 5


def taken_ms(runs: Sequence[Callable[[], object]]) -> list[float]:
    """The median of each after a first run; by turns, so that what disturbs the machine meets all of them."""
    for run in runs:
        run()
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(RUNS):
        for run, taken in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) for taken in times]


def sql(name: str, snapshot: Snapshot, window: Window) -> str:
    """A baseline with the files and times of this run."""
    read = Window(window.previous().start, window.end) if "{before}" in BASELINES[name] else window
    paths = {table: snapshot.files(table, read if table == "EmailEvents" else None) for table in TABLES}
    files = {table: f"read_parquet({found}, hive_partitioning = false)" for table, found in paths.items()}
    start, end, before = (
        f"TIMESTAMP '{edge:%Y-%m-%d %H:%M:%S.%f}'" for edge in (window.start, window.end, window.previous().start)
    )
    return BASELINES[name].format(**files, start=start, end=end, before=before)


def windows(snapshot: Snapshot) -> dict[str, Window]:
    """Nearly all of the time for questions about one time, its second half where the time before is read too.

    As people ask: from some minute of an hour to just after the last message.
    """
    first, last = snapshot.time_range("EmailEvents") or sys.exit("this lake is empty")
    whole = Window(first + timedelta(minutes=10), last + timedelta(minutes=1))
    return {"whole": whole, "half": Window(first + whole.span / 2, whole.end)}


def main(lake_path: Path) -> None:
    """Print one JSON line per question, then one about the process."""
    settings = Settings()
    started = time.perf_counter()
    engine = open_engine(Lake.open(lake_path), settings, cache_bytes=0)
    window = windows(engine.snapshot)["whole"]
    QUESTIONS[0].ask(engine, window)
    ready = time.perf_counter() - started
    for question in QUESTIONS:
        question.ask(engine, _window(question, engine.snapshot))
    process: dict[str, object] = {"ready_s": ready, "exported": export_rate(engine, window)}
    process["burdened_ms"] = burdened_ms(engine, window)
    # Before the yardsticks, which need memory too, are run in this process.
    process["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with by_hand(settings) as connection:
        for question in QUESTIONS:
            print(json.dumps(compared(question, engine, connection)), flush=True)
    engine.close()
    print(json.dumps(process))


def compared(question: Question, engine: Engine, connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """What a question takes, beside its baseline if it has one."""
    window = _window(question, engine.snapshot)
    runs: list[Callable[[], object]] = [lambda: question.ask(engine, window)]
    if question.name in BASELINES:
        text = sql(question.name, engine.snapshot, window)
        runs.append(lambda: connection.execute(text).fetchall())
    ours, *hand = taken_ms(runs)
    line = {"name": question.name, "rollup": question.rollup, "promise_ms": question.promise_ms}
    return line | {"ours": ours, "hand": hand[0] if hand else None}


def _window(question: Question, snapshot: Snapshot) -> Window:
    both = "{before}" in BASELINES.get(question.name, "") or question.name == "risers"
    return windows(snapshot)["half" if both else "whole"]


def by_hand(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A database with the threads and the memory of the engine's."""
    connection = duckdb.connect(config={"memory_limit": f"{settings.query_memory_mb}MB"})
    connection.execute("SET parquet_metadata_cache = true")
    if settings.query_threads:
        connection.execute(f"SET threads = {settings.query_threads}")
    return connection


if __name__ == "__main__":
    main(Path(sys.argv[1]))
