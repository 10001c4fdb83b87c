"""Work by several processes: in order, and done here when a worker dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dashapp.data.lake import Lake
from dashapp.ingest import events, pipeline, small
from dashapp.ingest.chunk import Refused
from dashapp.ingest.jsons import Block
from dashapp.ingest.workers import Workers
from dashapp.settings import Settings
from tests.ingest.conftest import NOW, stored

HERE = os.getpid()


@pytest.fixture
def workers() -> Iterator[Workers]:
    with closing(Workers(2)) as made:
        yield made


def fatal(here: int) -> str:
    """Ends any process but one."""
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done here"


def test_results_come_in_order_from_other_processes(workers: Workers) -> None:
    assert list(workers.map(divmod, ((number, 7) for number in range(50)))) == [divmod(n, 7) for n in range(50)]
    assert HERE not in set(workers.map(os.getpid, [()] * 4))


def test_chunks_and_refusals_come_through(workers: Workers) -> None:
    row = b'{"Timestamp":"2026-01-02T03:04:05Z","NetworkMessageId":"m","RecipientEmailAddress":"a@b","Subject":"s"}\n'
    (given,) = workers.map(events.read_blocks, [([Block(4, row + b"oops\n")], "given", None, {})])
    refused = [each for each in given if isinstance(each, Refused)]
    (chunk,) = [each for each in given if not isinstance(each, Refused)]
    assert chunk.origin(0) == ("given", 5)
    assert [each.row for each in refused] == [6]


def test_a_dead_worker_costs_nothing(workers: Workers) -> None:
    assert list(workers.map(fatal, [(HERE,)] * 3)) == ["done here"] * 3
    assert list(workers.map(divmod, [(7, 2)])) == [(3, 1)]


def test_killing_ends_what_is_asked_for(workers: Workers) -> None:
    given = workers.map(time.sleep, [(600,)] * 3)
    for _ in range(2):
        workers.kill()
    with pytest.raises(EOFError):
        next(given)


def test_a_worker_ends_with_its_standard_input() -> None:
    ended = subprocess.run([sys.executable, "-m", "dashapp.ingest.workers"], input=b"", timeout=60, check=True)
    assert ended.returncode == 0


def message(number: int, **extra: str) -> bytes:
    fields = {"From": "a@sender.example", "To": f"u{number}@b.example", "Date": "Fri, 02 Jan 2026 03:04:05 +0000"}
    return "".join(f"{name}: {value}\r\n" for name, value in (fields | extra).items()).encode() + b"\r\nhello\r\n"


def test_many_small_messages_are_the_same_rows(
    lake: Lake, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small, "TOGETHER", 5)
    monkeypatch.setattr(small, "ALONE", 10)
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.eml").write_bytes(message(number))
    (folder / "17.eml").write_bytes(message(17, Date="Fri, 02 Jan 1970 03:04:05 +0000"))
    (folder / "18.eml").write_bytes(b"")
    (folder / "33.eml").write_text('{"a": 1}')

    summary = pipeline.ingest([folder], lake=lake, settings=settings, now=NOW)

    recipients = sorted(str(row["RecipientEmailAddress"]) for row in stored(lake, "EmailEvents"))
    assert recipients == sorted(f"u{number}@b.example" for number in range(40) if number not in (17, 18, 33))
    assert [(Path(each.source).name, each.row) for each in summary.examples] == [
        ("17.eml", 1),
        ("18.eml", None),
        ("33.eml", 1),
    ]
    assert summary.files == 40


def test_of_equal_messages_the_first_stands_whatever_their_verdict(
    lake: Lake, settings: Settings, tmp_path: Path
) -> None:
    name = {"X-MS-Exchange-Organization-Network-Message-Id": "5f0c7c0a-1111-2222-3333-444455556666"}
    spam = {"X-MS-Exchange-Organization-SCL": "9"}
    for number, extra in enumerate([{"Subject": "other"}, name | {"Subject": "first"} | spam, name], 1):
        (tmp_path / f"{number}.eml").write_bytes(message(1, **extra))

    pipeline.ingest([tmp_path / f"{number}.eml" for number in (1, 2, 3)], lake=lake, settings=settings, now=NOW)

    found = {row["Subject"]: row["primary_threat"] for row in stored(lake, "EmailEvents")}
    assert found == {"other": None, "first": "Spam"}
