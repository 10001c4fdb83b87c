"""The real ingest command as a process, and a reader that watches the lake meanwhile."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dashapp.data.lake import ROLLUP, Lake, Snapshot
from dashapp.data.schema import TABLES
from dashapp.demo import generate
from tests.services.program import ROOT, environment
from tests.watching import watching

WAIT = 120

Counts = dict[str, int]


def events(folder: Path, *, seed: int, messages: int = 4_000, days: int = 3) -> Path:
    """Generated events of every table to be ingested; the rows of two seeds have nothing in common."""
    generate(folder, messages=messages, days=days, seed=seed, until=datetime(2026, 3, 2, 12, tzinfo=UTC))
    return folder


def start(folder: Path, *paths: Path, **settings: str) -> subprocess.Popen[str]:
    """``python -m dashapp ingest`` into the data folder of ``folder``, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dashapp", "ingest", *map(str, paths)],
        cwd=ROOT, env=environment(folder, **settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process, at its end."""
    out, err = process.communicate(timeout=WAIT)
    return process.returncode, out, err


def ended(process: subprocess.Popen[str]) -> None:
    """Wait for a killed process, and for the children it had: they must notice by themselves."""
    process.communicate(timeout=WAIT)
    until(lambda: not _has_processes(process.pid), "the children of a killed ingest are still there")


def _has_processes(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def until(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait for something that will soon hold."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.005)


def counts(snapshot: Snapshot) -> Counts:
    """Rows of every table, after making sure that each can be read, is there once, and that the rollup agrees."""
    found = {}
    with duckdb.connect() as database:
        for name, table in TABLES.items():
            files = snapshot.files(name)
            query = f"SELECT count(*), count(DISTINCT struct_pack({_fields(table.key)})) FROM read_parquet({files!r})"
            rows, distinct = database.execute(query).fetchall()[0] if files else (0, 0)
            assert rows == distinct == snapshot.rows(name), (name, rows, distinct)
            found[name] = rows
        files = snapshot.files(ROLLUP)
        hourly = (
            database.execute(f"SELECT sum(messages) FROM read_parquet({files!r}) WHERE NOT coarse").fetchall()[0][0]
            if files
            else 0
        )
    assert snapshot.rollup().stale or hourly == found["EmailEvents"]
    return found


def _fields(key: tuple[str, ...]) -> str:
    return ", ".join(f'f{number} := "{column}"' for number, column in enumerate(key))


@contextmanager
def watched(lake: Path, allowed: list[Counts]) -> Iterator[list[Counts]]:
    """A reader looks all the while; an error, or a state that is not among ``allowed``, fails the test."""
    opened = Lake.open(lake)
    held = opened.snapshot()

    def look() -> Counts:
        nonlocal held
        counts(held)  # what was current a moment ago can still be read
        held = opened.snapshot()
        found = counts(held)
        assert found in allowed, found
        return found

    with watching(look) as looks:
        yield looks
