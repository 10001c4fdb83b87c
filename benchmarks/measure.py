"""Times questions against their baselines; run in a process of its own, so that its memory is its own."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.baselines import BASELINES
from benchmarks.journeys import export_rate
from benchmarks.questions import QUESTIONS, Question
from dashapp.data.engine import open_engine
from dashapp.data.lake import Lake, Snapshot
from dashapp.data.schema import TABLES
from dashapp.query.window import Window
from dashapp.settings import Settings

RUNS = 5


def median_ms(run: Callable[[], object]) -> float:
    """Of a few runs after one that warms the file cache."""
    run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


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
    snapshot = engine.snapshot
    window = windows(snapshot)["whole"]
    QUESTIONS[0].ask(engine, window)
    ready = time.perf_counter() - started
    ours = {question.name: median_ms(lambda q=question: q.ask(engine, _window(q, snapshot))) for question in QUESTIONS}
    exported = export_rate(engine, window)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    engine.close()
    hand = _baselines(snapshot, settings)
    for question in QUESTIONS:
        line = {"name": question.name, "rollup": question.rollup, "ours": ours[question.name]}
        print(json.dumps(line | {"hand": hand.get(question.name)}))
    print(json.dumps({"memory_mb": peak, "ready_s": ready, "exported": exported}))


def _window(question: Question, snapshot: Snapshot) -> Window:
    both = "{before}" in BASELINES.get(question.name, "") or question.name == "risers"
    return windows(snapshot)["half" if both else "whole"]


def _baselines(snapshot: Snapshot, settings: Settings) -> dict[str, float]:
    limits = {"memory_limit": f"{settings.query_memory_mb}MB"}
    with duckdb.connect(config=limits) as connection:
        connection.execute("SET parquet_metadata_cache = true")
        if settings.query_threads:
            connection.execute(f"SET threads = {settings.query_threads}")
        found = {}
        for question in QUESTIONS:
            if question.name in BASELINES:
                text = sql(question.name, snapshot, _window(question, snapshot))
                found[question.name] = median_ms(lambda text=text: connection.execute(text).fetchall())
        return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
