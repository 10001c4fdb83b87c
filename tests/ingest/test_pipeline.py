"""From paths to the lake: what is new, what is there already, what is refused and why."""

import gzip
import json
import os
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dashapp.data.lake import Lake
from dashapp.ingest.pipeline import ingest
from dashapp.ingest.summary import Summary
from dashapp.settings import Settings
from tests.ingest.conftest import NOW, mail, stored


def run(paths: list[Path], lake: Lake, settings: Settings, **options: object) -> Summary:
    return ingest(paths, lake=lake, settings=settings, now=NOW, **options)  # type: ignore[arg-type]


def test_rows_of_a_parquet_file_are_in_the_lake(lake: Lake, settings: Settings, events: Path) -> None:
    summary = run([events], lake, settings)
    rows = stored(lake, "EmailEvents")
    assert [row["Subject"] for row in rows] == ["Hello 0", "Hello 1", "Hello 2"]
    assert {row["batch_id"] for row in rows} == {summary.batch_id}
    assert rows[0]["recipient"] == "user0@example.com"
    assert (summary.total.read, summary.total.new, summary.exit_code) == (3, 3, 0)


def test_a_second_ingest_of_the_same_file_adds_nothing(lake: Lake, settings: Settings, events: Path) -> None:
    run([events], lake, settings)
    again = run([events], lake, settings)
    assert (again.total.new, again.total.duplicate, again.batch_id, again.exit_code) == (0, 3, None, 0)
    assert len(stored(lake, "EmailEvents")) == 3
    assert len(lake.batches()) == 1


def test_a_dry_run_writes_nothing(lake: Lake, settings: Settings, events: Path) -> None:
    (events / "broken.parquet").write_bytes(b"PAR1PAR1")
    before = sorted(settings.data_dir.rglob("*"))
    summary = run([events], lake, settings, dry_run=True)
    assert (summary.total.read, summary.refused) == (3, 1)
    assert sorted(settings.data_dir.rglob("*")) == before


def test_what_cannot_be_read_is_in_quarantine_and_the_rest_in_the_lake(
    lake: Lake, settings: Settings, events: Path
) -> None:
    bad = mail(3, NetworkMessageId=["x0", None, "x2"])
    pq.write_table(bad, events / "bad.parquet")
    (events / "empty.parquet").write_bytes(b"")
    (events / "noise").write_bytes(bytes(range(256)))
    summary = run([events], lake, settings)
    assert summary.exit_code == 1
    assert summary.quarantine is not None
    lines = [json.loads(line) for line in summary.quarantine.read_text().splitlines()]
    assert [(Path(line["file"]).name, line["row"]) for line in lines] == [
        ("empty.parquet", None),
        ("noise", None),
        ("bad.parquet", 2),
    ]
    assert lines[2]["reason"] == "NetworkMessageId is missing"
    assert json.loads(lines[2]["raw"])["Subject"] == "Hello 1"
    assert len(stored(lake, "EmailEvents")) == 5


def test_nothing_readable_is_exit_code_2(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    assert run([tmp_path / "missing"], lake, settings).exit_code == 2
    assert lake.batches() == []


def test_links_out_of_the_folder_are_not_followed(lake: Lake, settings: Settings, events: Path, tmp_path: Path) -> None:
    pq.write_table(mail(2, NetworkMessageId=["o1", "o2"]), tmp_path / "outside.parquet")
    (events / "out.parquet").symlink_to(tmp_path / "outside.parquet")
    (events / "in.parquet").symlink_to(events / "mail.parquet")
    os.mkfifo(events / "pipe")
    summary = run([events], lake, settings)
    reasons = {Path(refused.source).name: refused.reason for refused in summary.examples}
    assert reasons == {"out.parquet": "a link that leads outside the folder", "pipe": "not a regular file"}
    assert (summary.total.new, summary.total.duplicate) == (3, 3)


def test_progress_ends_at_the_size_of_the_files(lake: Lake, settings: Settings, events: Path) -> None:
    told: list[tuple[int, int]] = []
    run([events], lake, settings, progress=lambda done, total: told.append((done, total)))
    size = (events / "mail.parquet").stat().st_size
    assert told[-1] == (size, size)


@pytest.mark.parametrize("given", ["first", "second"])
def test_the_first_of_two_equal_keys_stands(given: str, lake: Lake, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    first, second = mail(1, Subject=["first"]), mail(1, Subject=["second"], Extra=["other columns"])
    ordered = (first, second) if given == "first" else (second, first)
    for number, table in enumerate(ordered):
        pq.write_table(table, folder / f"{number}.parquet")
    run([folder], lake, settings)
    assert [row["Subject"] for row in stored(lake, "EmailEvents")] == [given]


def test_half_written_files_give_what_is_whole(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    rows = [
        {"Timestamp": "2026-01-02T03:04:05Z", "NetworkMessageId": f"m{n}", "RecipientEmailAddress": "a@b.example"}
        for n in range(9)
    ]
    text = "".join(json.dumps(row | {"Subject": "x"}) + "\n" for row in rows).encode()
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "a.ndjson.gz").write_bytes(gzip.compress(text)[:-12])
    (folder / "b.ndjson").write_bytes(text[:-30])
    pq.write_table(mail(), folder / "c.parquet")
    (folder / "d.parquet").write_bytes((folder / "c.parquet").read_bytes()[:-1])
    summary = run([folder], lake, settings)
    assert summary.exit_code == 1
    assert {Path(refused.source.split("!")[0]).name for refused in summary.examples} >= {
        "a.ndjson.gz",
        "b.ndjson",
        "d.parquet",
    }
    assert lake.snapshot().rows("EmailEvents") >= 8


def test_a_second_ingest_waits_for_the_first(lake: Lake, settings: Settings, events: Path) -> None:
    waiting = threading.Event()
    found: list[Summary] = []

    def second() -> None:
        found.append(run([events], Lake.open(lake.path), settings, on_wait=lambda _: waiting.set()))

    with lake.begin("first") as batch:
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(60)
        assert found == []
        batch.abandon()
    thread.join(20)
    assert found[0].total.new == 3


def test_mail_whose_direction_nobody_knows_is_pointed_out(lake: Lake, settings: Settings, events: Path) -> None:
    assert any("THREATBOARD_OUR_DOMAINS" in note for note in run([events], lake, settings).notes)


def test_rows_of_several_shapes_and_files_keep_their_origin(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3):
        bad = mail(2, NetworkMessageId=[f"{number}", None])
        pq.write_table(bad if number else bad.append_column("Extra", [["x", "y"]]), folder / f"{number}.parquet")
    summary = run([folder], lake, settings)
    assert sorted((Path(each.source).name, each.row) for each in summary.examples) == [
        ("0.parquet", 2),
        ("1.parquet", 2),
        ("2.parquet", 2),
    ]
    assert [row["NetworkMessageId"] for row in stored(lake, "EmailEvents")] == ["0", "1", "2"]


def test_rows_of_alternating_shapes_keep_the_order_they_came_in(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    other = mail(1, NetworkMessageId=["other"])
    wider = mail(1, Subject=["came first"]).append_column("Extra", [["x"]])
    for number, table in enumerate((other, wider, mail(1, Subject=["came last"]))):
        pq.write_table(table, folder / f"{number}.parquet")
    run([folder], lake, settings)
    assert {row["Subject"] for row in stored(lake, "EmailEvents")} == {"Hello 0", "came first"}
