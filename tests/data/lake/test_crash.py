"""kill -9 at every named moment and at random: the lake opens, tables agree, no row is lost or doubled."""

import random
import time
from contextlib import contextmanager

import pytest

from dashapp.data.lake import Lake, crash_points
from tests.data.lake.crashing import compact, ingest, killed_after, killed_at, sources, undo
from tests.watching import watching


@contextmanager
def reading(path):
    """A reader that looks at the lake all the while; its first error fails the test."""
    lake = Lake.open(path)
    held = lake.snapshot()

    def look():
        nonlocal held
        sources(held)  # what was current a moment ago can still be read
        held = lake.snapshot()
        return len(sources(held))

    with watching(look) as looks:
        yield looks


def present(path):
    """The sources the lake shows, each wholly and once."""
    return sources(Lake.open(path).snapshot())


def mended(path, number):
    """Ingest a source again after a kill: it is there, once, beside what was there."""
    before = present(path)
    ingest(path, number)
    assert present(path) == before | {number}


def strays(path):
    """Parquet files no log names and no reader may be reading."""
    lake = Lake.open(path, grace_seconds=-1)
    for _ in range(2):  # the first still names what the last compaction replaced
        with lake.begin("tidy") as batch:
            batch.commit()
    snapshot = lake.snapshot()
    named = {name for table in path.iterdir() if table.is_dir() for name in snapshot.files(table.name)}
    return {str(file) for file in path.glob("*/month=*/*")} - named


def test_a_kill_in_the_middle_is_mended_by_the_next_writer(tmp_path):
    ingest(tmp_path, 0)
    assert killed_at(ingest, tmp_path, 1, moment=8)
    assert present(tmp_path) == {0}
    mended(tmp_path, 1)
    assert strays(tmp_path) == set()


@pytest.mark.slow
def test_kill_at_every_named_moment(tmp_path):
    """Moment 1, 2, 3 … of each kind of writing, until it comes to its end; and of the clearing up itself."""
    names = []
    with reading(tmp_path):
        last = _kill_everywhere(ingest, tmp_path, names, lambda moment: moment)
        for number in range(1, last + 1):
            ingest(tmp_path, number)
        assert present(tmp_path) == set(range(1, last + 1))
        _kill_everywhere(undo, tmp_path, names, lambda _: min(present(tmp_path)))
        _kill_everywhere(compact, tmp_path, names, lambda _: 0)
        for moment in range(1, 6):  # killed while clearing up after a kill
            names.append(killed_at(ingest, tmp_path, 100 + moment, moment=12))
            names.append(killed_at(ingest, tmp_path, 100 + moment, moment))
            mended(tmp_path, 100 + moment)
        for name in set(crash_points.NAMES) - set(names):  # counting moments misses some: a sweep has more or fewer
            names.append(killed_at(ingest, tmp_path, 200, name))
            mended(tmp_path, 201 + len(names))
    assert set(names) == set(crash_points.NAMES)
    assert len(names) >= 55
    assert strays(tmp_path) == set()


def _kill_everywhere(job, path, names, source):
    """Kill the job at its first moment, then at its second …; the number of the source that came to its end."""
    for moment in range(1, 80):
        number = source(moment)
        before = present(path)
        name = killed_at(job, path, number, moment)
        if name is None:
            return number
        names.append(name)
        assert present(path) ^ before <= {number}
    return pytest.fail(f"{job.__name__} never came to its end")


@pytest.mark.slow
def test_kill_at_random(tmp_path):
    draw, kills, number = random.Random(1), 0, 1
    killed_after(ingest, tmp_path, 0, None)
    started = time.monotonic()
    killed_after(ingest, tmp_path, 1, None)
    usual = time.monotonic() - started
    with reading(tmp_path):
        while kills < 145:
            job = draw.choices([ingest, compact, undo], [8, 1, 1])[0]
            shown = present(tmp_path)
            number = max(shown) if job is undo else max(shown) + 1
            kills += killed_after(job, tmp_path, number, draw.uniform(0, usual))
            assert present(tmp_path) ^ shown <= {number}
    mended(tmp_path, 0)
    mended(tmp_path, number + 1)
    assert strays(tmp_path) == set()
