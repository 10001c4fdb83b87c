"""``python -m benchmarks [--rows N]``: the numbers we promise, as ratios of one run."""

import argparse
import importlib.util
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.ingest import SHAPES, prepare
from benchmarks.journeys import HEAVY
from benchmarks.questions import MOST_RATIO
from dashapp.data.lake import Lake
from dashapp.demo import generate
from dashapp.ingest.pipeline import ingest
from dashapp.settings import Settings

DAYS = 90
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
INGESTED = 300_000


def main() -> None:
    """Build or reuse the lake, then measure in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="messages over 90 days (default: 10 million)")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="where lakes are kept for the next run")
    options = parser.parse_args()
    folder = options.folder / str(options.rows)
    if not (folder / "complete").exists():
        build(folder, options.rows)
    report(folder)
    report_ingest(folder, rows=min(options.rows, INGESTED))
    report_browser(options.folder / "demo")


def build(folder: Path, rows: int) -> None:
    """Generate, ingest and compact, and keep the rates."""
    rates = {}
    if not (folder / "source" / "manifest.json").exists():
        started = time.perf_counter()
        generate(folder / "source", messages=rows, days=DAYS, seed=1, until=UNTIL)
        rates["generate"] = rows / (time.perf_counter() - started)
    lake = Lake.open(folder / "lake")
    started = time.perf_counter()
    summary = ingest([folder / "source"], lake=lake, settings=Settings())
    seconds = time.perf_counter() - started
    rates["ingest, all tables"] = sum(count.read for count in summary.tables.values()) / seconds
    rates["ingest, messages"] = summary.tables["EmailEvents"].read / seconds
    started = time.perf_counter()
    lake.compact()
    rates["compact, messages"] = rows / (time.perf_counter() - started)
    (folder / "complete").write_text(json.dumps(rates))


def report(folder: Path) -> None:
    """Print what was measured."""
    command = [sys.executable, "-m", "benchmarks.measure", str(folder / "lake")]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    *questions, process = map(json.loads, output)
    print(f"{'question':42} {'ours ms':>9} {'by hand ms':>11} {'ratio':>6}  promised")
    for line in questions:
        print(_compared(line))
    print(f"memory at most {process['memory_mb']:.0f} MB (promised: 600)")
    print(f"ready with the first answer in {process['ready_s']:.2f} s (promised: 2)")
    for part, taken in process["burdened_ms"].items():
        print(f"beside {HEAVY} heavy questions, of the dashboard {part}: {taken:.0f} ms at most (promised: 500)")
    print(f"export as CSV: {process['exported']:,.0f} rows/s (promised: 300,000)")
    for name, rate in json.loads((folder / "complete").read_text()).items():
        print(f"{name}: {rate:,.0f} rows/s when this lake was built")


def _compared(line: dict[str, Any]) -> str:
    hand, promise = line["hand"], line["promise_ms"]
    ratio = line["ours"] / hand if hand else None
    beside = f"{hand:11.1f} {ratio:6.2f}" if hand else " " * 18
    if promise:
        told, kept = f"{promise:.0f} ms", line["ours"] <= promise
    else:
        told, kept = (f"x {MOST_RATIO}", ratio <= MOST_RATIO) if ratio else ("", True)
    return f"{line['name']:42} {line['ours']:9.1f} {beside}  {told:8}{'' if kept else '  MISSED'}"


def report_ingest(folder: Path, *, rows: int) -> None:
    """Print how quickly each shape goes into the lake, which stays as it is."""
    prepare(folder / "shapes", rows=rows, days=DAYS, until=UNTIL)
    for shape in SHAPES:
        command = [sys.executable, "-m", "benchmarks.ingest", str(folder / "shapes" / shape), str(folder / "lake")]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        rates = [found["rows"] / found[name] for name in ("seconds", "cpu")]
        print(
            f"{shape}: {rates[0]:,.0f} rows/s (promised: {SHAPES[shape]:,}), "
            f"{rates[1]:,.0f} per second of one processor; at most {found['memory_mb']:.0f} MB"
        )


def report_browser(folder: Path) -> None:
    """Print how long people wait for the dashboard of the demonstration in ``folder``."""
    if importlib.util.find_spec("playwright") is None:
        print("the browser is not measured: make setup-dev brings what drives it")
        return
    subprocess.run([sys.executable, "-m", "benchmarks.browser", str(folder)], check=True)


if __name__ == "__main__":
    main()
