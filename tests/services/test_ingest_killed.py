"""kill -9 on the real ingest command, at any time and while another waits; and two commands at once."""

import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from dashapp.data.lake import Lake, published
from tests.services.ingesting import Counts, counts, ended, events, finished, start, until, watched

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.xdist_group("ingesting")]

SEED = 20261123
KILLS = 5  # for each source


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sources")
    return [events(folder / str(seed), seed=seed) for seed in (1, 2, 3)]


@pytest.fixture(scope="module")
def usual(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Counts], float]:
    """When nothing goes wrong: what the lake holds before the first source and after each; seconds of writing one."""
    folder = tmp_path_factory.mktemp("expected")
    lake = Lake.open(folder / "data" / "lake")
    states = [counts(lake.snapshot())]
    for source in sources:
        process = start(folder, source)
        until((lake.path / "_writing").exists, "it never wrote")
        started = time.monotonic()
        code, out, err = finished(process)
        assert code == 0, out + err
        states.append(counts(lake.snapshot()))
    return states, time.monotonic() - started


@pytest.fixture
def expected(usual: tuple[list[Counts], float]) -> list[Counts]:
    return usual[0]


def test_kills_at_any_time_lose_and_double_nothing(
    tmp_path: Path, sources: list[Path], usual: tuple[list[Counts], float]
) -> None:
    expected, longest = usual
    draw, lake, interrupted = random.Random(SEED), tmp_path / "data" / "lake", 0
    with watched(lake, expected):
        for number, source in enumerate(sources, 1):
            for kill in range(KILLS):
                process = start(tmp_path, source)
                if kill:  # the first at any time from the start, the others while something is being written
                    until(lambda: (lake / "_writing").exists() or process.poll() is not None, "it never wrote")  # noqa: B023 # called here
                seconds = draw.uniform(0, longest)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
                process.kill()
                ended(process)
                found = counts(Lake.open(lake).snapshot())
                assert found in expected[number - 1 : number + 1]
                interrupted += process.returncode == -signal.SIGKILL and found == expected[number - 1]
                complete = found == expected[number]
                print(f"source {number}: kill {kill} after {seconds:.3f} s, {complete=}")
                if complete:  # the kill came after the last write: once more from the start
                    opened = Lake.open(lake)
                    opened.undo(opened.batches()[0].id)
            code, out, err = finished(start(tmp_path, source))
            assert code == 0, out + err
            assert counts(Lake.open(lake).snapshot()) == expected[number]
    assert interrupted >= KILLS
    assert [table.damaged for table in Lake.open(lake).status().tables if table.damaged] == []
    assert not (lake / "_writing").exists()
    assert set(lake.glob("*/month=*/*")) - _named(lake) == set()


def _named(lake: Path) -> set[Path]:
    """What the lake shows, and what it keeps for readers of an older state."""
    snapshot, kept = Lake.open(lake).snapshot(), published.load(lake).removed
    shown = {Path(name) for table in lake.iterdir() if table.is_dir() for name in snapshot.files(table.name)}
    return shown | {lake / file.table / file.path for file in kept}


def test_two_commands_at_once_wait_for_each_other(tmp_path: Path, sources: list[Path], expected: list[Counts]) -> None:
    lake = Lake.open(tmp_path / "data" / "lake")
    same = [start(tmp_path, sources[0]), start(tmp_path, sources[0])]
    assert [finished(process)[0] for process in same] == [0, 0]
    assert counts(lake.snapshot()) == expected[1]
    others = [start(tmp_path, source) for source in sources[1:]]
    assert [finished(process)[0] for process in others] == [0, 0]
    assert counts(lake.snapshot()) == expected[3]


def test_a_kill_lets_the_one_that_waits_go_on(tmp_path: Path, sources: list[Path], expected: list[Counts]) -> None:
    lake = tmp_path / "data" / "lake"
    first = start(tmp_path, sources[0])
    until((lake / "_writing").exists, "it never wrote")
    first.send_signal(signal.SIGSTOP)  # for as long as the second needs to come and wait
    second = start(tmp_path, sources[0])
    assert second.stderr
    assert "waiting for it to finish" in second.stderr.readline()
    assert second.poll() is None
    first.kill()
    ended(first)
    assert finished(second)[0] == 0
    assert counts(Lake.open(lake).snapshot()) == expected[1]
    waits = start(tmp_path, sources[1])
    until((lake / "_writing").exists, "it never wrote")
    waits.send_signal(signal.SIGSTOP)
    killed = start(tmp_path, sources[1])
    assert killed.stderr
    assert "waiting for it to finish" in killed.stderr.readline()
    killed.kill()  # the one that waits
    ended(killed)
    waits.send_signal(signal.SIGCONT)
    assert finished(waits)[0] == 0
    assert counts(Lake.open(lake).snapshot()) == expected[2]
