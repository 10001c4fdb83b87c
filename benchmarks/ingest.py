"""Times the ingest of each shape into a full lake; one shape to a process, so that its memory is its own."""

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from dashapp.data.lake import Lake
from dashapp.demo import generate
from dashapp.demo.bodies import body
from dashapp.ingest.pipeline import ingest
from dashapp.settings import Settings

# With the rows a second that are promised.
SHAPES = {
    "Parquet in time order": 200_000,
    "Parquet scattered over the lake": 100_000,
    "NDJSON": 50_000,
    "mail": 800,
}
NEW_DAYS = 3
FILE_ROWS = 100_000
NDJSON_ROWS = 100_000
MESSAGES = 3_000


def prepare(folder: Path, *, rows: int, days: int, until: datetime) -> None:
    """Write the sources of each shape below ``folder``, unless they are there.

    Args:
        folder: Gets a folder for each shape.
        rows: Of each shape but mail, and of NDJSON ``NDJSON_ROWS`` at the most.
        days: How far back scattered rows lie before ``until``.
        until: Where the lake ends; rows in time order come after it.
    """
    if folder.exists():
        return
    in_order, scattered, lines, mail = SHAPES
    with TemporaryDirectory() as work:
        new, late, made = Path(work, "new"), Path(work, "late"), Path(work, "made")
        generate(new, messages=rows, days=NEW_DAYS, seed=2, until=until + timedelta(days=NEW_DAYS))
        generate(late, messages=rows, days=days, seed=3, until=until)
        shutil.copytree(new / "events" / "EmailEvents", made / in_order)
        _scattered(_messages(late), made / scattered)
        _ndjson(_messages(new).slice(0, NDJSON_ROWS), made / lines)
        _mail(_messages(new), made / mail)
        shutil.copytree(made, folder)


def _messages(source: Path) -> pa.Table:
    files = sorted((source / "events" / "EmailEvents").glob("*.parquet"))
    return pa.concat_tables(map(pq.read_table, files), promote_options="default")


def _scattered(rows: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True)
    mixed = rows.take(pa.array(np.random.default_rng(1).permutation(rows.num_rows)))
    ds.write_dataset(mixed, folder, format="parquet", max_rows_per_file=FILE_ROWS, max_rows_per_group=FILE_ROWS)


def _ndjson(rows: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / "messages.ndjson").open("w", encoding="utf-8") as file:
        for batch in rows.to_batches(10_000):
            for row in batch.to_pylist():
                file.write(json.dumps(row, default=lambda instant: instant.isoformat() + "Z") + "\n")


def _mail(rows: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True)
    whole = (row for batch in rows.to_batches(1_000) for row in batch.to_pylist() if row["SenderFromAddress"])
    for number, row in enumerate(islice(whole, MESSAGES)):
        links = [f"https://{row['SenderFromDomain']}/{number}"]
        (folder / f"{number}.eml").write_bytes(body(row["NetworkMessageId"], row, urls=links, attachments=["a.pdf"]))


@contextmanager
def copy_of(lake: Path) -> Iterator[Path]:
    """The lake to write into: its data, which nothing changes, is linked, not copied."""
    with TemporaryDirectory(dir=lake.parent) as work:
        copy = Path(work, "lake")
        shutil.copytree(lake, copy, copy_function=_link)
        yield copy


def _link(source: str, target: str) -> object:
    data = source.endswith(".parquet") and "_delta_log" not in source
    return os.link(source, target) if data else shutil.copy2(source, target)


def main(source: Path, lake_path: Path) -> None:
    """Print one JSON line: rows, seconds by the clock and of all processors, peak memory of this process."""
    with copy_of(lake_path) as copy:
        lake = Lake.open(copy)
        before, started = _cpu(), time.perf_counter()
        summary = ingest([source], lake=lake, settings=Settings())
        line = {"seconds": time.perf_counter() - started, "cpu": _cpu() - before}
    count = summary.tables["EmailEvents"]
    print(json.dumps(line | {"rows": count.read, "new": count.new, "memory_mb": _peak_mb()}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak_mb() -> float:
    """Not from getrusage, which starts with what the process had that started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
