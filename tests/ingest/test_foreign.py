"""Parquet of strangers: refused with a reason or read, and never the end of the process that asked."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashapp.data.coded import CODED
from dashapp.ingest import foreign_child
from dashapp.ingest.foreign import ForeignError, ForeignParquet, sound
from tests.corpus import parquet


@pytest.fixture(scope="module")
def foreign() -> Iterator[ForeignParquet]:
    with ForeignParquet() as reader:
        yield reader


def rows(foreign: ForeignParquet, data: bytes, tmp_path: Path) -> int:
    path = tmp_path / "file.parquet"
    path.write_bytes(data)
    return sum(batch.num_rows for batch in foreign.read(path))


@pytest.mark.parametrize("name", [name for name in parquet.REFUSED if name not in ("of no table", "no columns")])
def test_refused_with_a_reason_and_the_next_file_is_read(foreign: ForeignParquet, name: str, tmp_path: Path) -> None:
    with pytest.raises(ForeignError) as refused:
        rows(foreign, parquet.REFUSED[name](), tmp_path)
    assert "\n" not in str(refused.value)
    assert "ended the process" not in str(refused.value)
    assert rows(foreign, parquet.good(), tmp_path) == 100


@pytest.mark.parametrize("name", parquet.READ_ANYWAY)
def test_unusual_but_sound(foreign: ForeignParquet, name: str, tmp_path: Path) -> None:
    assert rows(foreign, parquet.READ_ANYWAY[name](), tmp_path) == 100


def test_every_flipped_byte_is_refused_or_read_never_fatal(foreign: ForeignParquet, tmp_path: Path) -> None:
    data = parquet.good(20)
    for at in range(0, len(data), 7):
        try:
            found = rows(foreign, parquet.flipped(data, at), tmp_path)
        except ForeignError:
            continue
        assert found <= 100_000
    assert rows(foreign, data, tmp_path) == 20


@pytest.mark.slow
def test_a_bomb_does_not_take_our_memory(foreign: ForeignParquet, tmp_path: Path) -> None:
    data = parquet.bomb()
    assert len(data) < 1_000_000
    with pytest.raises(ForeignError, match=r"memory|too large|Parquet|ended the process"):
        rows(foreign, data, tmp_path)
    assert rows(foreign, parquet.good(), tmp_path) == 100


def test_a_killed_child_costs_one_file(tmp_path: Path) -> None:
    with ForeignParquet() as foreign:
        path = tmp_path / "large.parquet"
        path.write_bytes(parquet.good(600_000))
        reading = foreign.read(path)
        next(reading)
        child = foreign._running()
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ForeignError, match="signal 9"):
            list(reading)
        assert rows(foreign, parquet.good(), tmp_path) == 100


def test_leaving_early_does_not_mix_up_the_next_file(tmp_path: Path) -> None:
    with ForeignParquet() as foreign:
        path = tmp_path / "large.parquet"
        path.write_bytes(parquet.good(600_000))
        reading = foreign.read(path)
        next(reading)
        reading.close()
        assert rows(foreign, parquet.good(7), tmp_path) == 7


def test_another_thread_ends_a_read_that_waits(tmp_path: Path) -> None:
    with ForeignParquet() as foreign:
        pipe = tmp_path / "never.parquet"
        os.mkfifo(pipe)
        foreign._running()
        Timer(0.2, foreign.kill).start()
        with pytest.raises(ForeignError, match=r"signal 9|given up"):
            list(foreign.read(pipe))
        with pytest.raises(ForeignError, match="given up"):
            list(foreign.read(pipe))


def test_silence_ends_the_wait(tmp_path: Path) -> None:
    with ForeignParquet(silence_seconds=0.3) as foreign:
        pipe = tmp_path / "never.parquet"
        os.mkfifo(pipe)
        started = time.monotonic()
        with pytest.raises(ForeignError, match="longer than"):
            list(foreign.read(pipe))
        assert time.monotonic() - started < 60


def test_a_missing_file_is_a_refusal(foreign: ForeignParquet, tmp_path: Path) -> None:
    with pytest.raises(ForeignError, match="not readable"):
        list(foreign.read(tmp_path / "gone.parquet"))


def test_a_path_with_a_line_break_is_a_refusal(foreign: ForeignParquet, tmp_path: Path) -> None:
    with pytest.raises(ForeignError, match="line break"):
        list(foreign.read(tmp_path / "a\nb"))


def test_the_child_has_limits() -> None:
    assert foreign_child.MEMORY_BYTES <= 4 << 30
    assert foreign_child.CPU_SECONDS <= 600


def test_a_code_beyond_its_dictionary_is_refused() -> None:
    codes, values = pa.array([0, 7], pa.int32()), pa.array(["a"])
    broken = pa.record_batch([pa.DictionaryArray.from_arrays(codes, values, safe=False)], names=["x"])
    with pytest.raises(ForeignError, match="damaged"):
        sound(broken)


def test_text_that_repeats_comes_coded(foreign: ForeignParquet, tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"x": ["a", None] * 50, "y": [f"{number}" for number in range(100)]}), path)
    (batch,) = foreign.read(path)
    assert (batch.schema.field("x").type, batch.schema.field("y").type) == (CODED, pa.string())
    assert batch.column("x").to_pylist() == ["a", None] * 50
