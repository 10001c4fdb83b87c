"""Children that write to a lake and are killed on the way. Each is forked from a clean server, so it costs little."""

import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path

import duckdb

from dashapp.data.lake import ROLLUP, Lake, Snapshot, batch, crash_points
from tests.lakes import at, rows

PER_BATCH = {"EmailEvents": 6, "EmailUrlInfo": 3, "AlertInfo": 2}

_children = multiprocessing.get_context("forkserver")
_children.set_forkserver_preload(["tests.data.lake.crashing"])


def ingest(path: Path, number: int) -> None:
    """Add the rows of source ``number``: always the same, in three tables, two months and several units."""
    batch.UNIT_ROWS = 4
    with Lake.open(path).begin(f"{number}") as new:
        for table, count in PER_BATCH.items():
            for part in range(0, count, 4):
                new.write(table, _given(table, number, range(part, min(part + 4, count))))
        new.commit()


def _given(table, number, which):
    ids = [f"{number}/{row}" for row in which]
    times = [at("2026-03-28") + timedelta(hours=40 * row, minutes=number) for row in which]
    keys = {"AlertId": ids} if table == "AlertInfo" else {"NetworkMessageId": ids}
    more = {"Url": ids, "UrlLocation": ids} if table == "EmailUrlInfo" else {}
    return rows(table, Timestamp=times, **keys, **more, **({"recipient": ids} if table == "EmailEvents" else {}))


def compact(path: Path, number: int) -> None:
    """Put the lake into few files."""
    Lake.open(path).compact()


def undo(path: Path, number: int) -> None:
    """Take out the latest batch of a source."""
    lake = Lake.open(path)
    lake.undo(next(info.id for info in lake.batches() if info.source == f"{number}" and info.state == "complete"))


def _child(job, path: Path, number: int, moment: int | str | None, said) -> None:
    seen = []

    def die(name: str) -> None:
        seen.append(name)
        if moment in {len(seen), name}:
            said.send(name)
            os.kill(os.getpid(), signal.SIGKILL)

    crash_points.listen(die)
    said.send("started")
    job(path, number)


def killed_at(job, path: Path, number: int, moment: int | str) -> str | None:
    """Run a job in a child that dies at a named moment; which that was, None if it came to its end.

    Args:
        job: ``ingest``, ``compact`` or ``undo``.
        path: Of the lake.
        number: Of the source.
        moment: The how-manieth moment to die at, or the name of one.
    """
    child, said = _start(job, path, number, moment)
    child.join(60)
    assert child.exitcode in {0, -signal.SIGKILL}, f"the child failed with {child.exitcode}"
    return said.recv() if child.exitcode else None


def killed_after(job, path: Path, number: int, seconds: float | None) -> bool:
    """Run a job in a child and kill it after so long, None: never; whether it was killed before its end."""
    child, _ = _start(job, path, number, None)
    child.join(seconds)
    child.kill()
    child.join(60)
    assert child.exitcode in {0, -signal.SIGKILL}, f"the child failed with {child.exitcode}"
    return bool(child.exitcode)


def _start(job, path, number, moment):
    said, says = _children.Pipe(duplex=False)
    child = _children.Process(target=_child, args=(job, path, number, moment, says))
    child.start()
    says.close()
    assert said.recv() == "started"
    return child, said


def sources(snapshot: Snapshot) -> set[int]:
    """The sources a snapshot shows, after making sure that it shows each wholly, once, in every table."""
    found = {}
    with duckdb.connect() as database:
        for table, per_batch in PER_BATCH.items():
            key = "AlertId" if table == "AlertInfo" else "NetworkMessageId"
            chosen = f"CAST(split_part({key}, '/', 1) AS INTEGER), count(*), count(DISTINCT {key})"
            counts = _query(database, snapshot, table, f"SELECT {chosen} FROM {{}} GROUP BY ALL")
            assert all(count == distinct == per_batch for _, count, distinct in counts), (table, counts)
            found[table] = {number for number, _, _ in counts}
        hourly = _query(database, snapshot, ROLLUP, "SELECT coalesce(sum(messages), 0) FROM {} WHERE NOT coarse")
    assert found["EmailEvents"] == found["EmailUrlInfo"] == found["AlertInfo"]
    assert snapshot.rollup().stale == ()
    assert not hourly or hourly[0][0] == len(found["EmailEvents"]) * PER_BATCH["EmailEvents"]
    return found["EmailEvents"]


def _query(database, snapshot, table, query):
    files = snapshot.files(table)
    return database.execute(query.format(f"read_parquet({files!r})")).fetchall() if files else []
