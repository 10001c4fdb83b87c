"""A reader sees one state, finds its files by time, and pays nothing while nothing changes."""

from datetime import UTC, datetime

import pytest

from dashapp.data.lake import Lake, LakeDamaged, LakeTooNew
from dashapp.data.lake.layout import PUBLISHED
from dashapp.query.window import Window
from tests.lakes import at, publish


def window(start, end):
    return Window(datetime.fromisoformat(start).replace(tzinfo=UTC), datetime.fromisoformat(end).replace(tzinfo=UTC))


def test_an_empty_lake(lake):
    snapshot = lake.snapshot()
    assert snapshot.files("EmailEvents") == []
    assert snapshot.rows("EmailEvents") == 0
    assert snapshot.time_range("EmailEvents") is None
    assert snapshot.ingested_at is None
    assert "primary_threat" in snapshot.schema("EmailEvents").names
    assert lake.batches() == []


def test_an_unknown_table_is_named(lake):
    with pytest.raises(ValueError, match="unknown table 'Mails'"):
        lake.snapshot().files("Mails")


def test_the_snapshot_stays_the_same_until_something_is_published(tmp_path):
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01")])
    first = lake.snapshot()
    assert lake.snapshot() is first
    publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-02")])
    second = lake.snapshot()
    assert (first.rows("EmailEvents"), second.rows("EmailEvents")) == (1, 2)
    assert first.id != second.id
    assert second.ingested_at > first.ingested_at


def test_an_old_snapshot_read_late_shows_its_own_state(tmp_path):
    first = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01")]).snapshot()
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-02")])
    assert lake.snapshot().rows("EmailEvents") == 2
    assert first.rows("EmailEvents") == 1  # asked for the first time here


def test_files_are_pruned_by_time_with_a_millisecond_to_spare(tmp_path):
    for text in ("2026-03-01T10:00", "2026-03-02T10:00", "2026-04-02T10:00"):
        lake = publish(tmp_path, "EmailEvents", Timestamp=[at(text)])
    snapshot = lake.snapshot()
    every = snapshot.files("EmailEvents")
    assert snapshot.files("EmailEvents", window("2026-03-01", "2026-03-02")) == every[:1]
    assert snapshot.files("EmailEvents", window("2026-03-02", "2026-05-01")) == every[1:]
    assert snapshot.files("EmailEvents", window("2026-03-01T10:00:00.001", "2026-03-02")) == every[:1]
    assert snapshot.files("EmailEvents", window("2026-03-01T10:00:00.002", "2026-03-02")) == []
    assert snapshot.time_range("EmailEvents") == (
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        datetime(2026, 4, 2, 10, tzinfo=UTC),
    )


def test_a_lake_of_a_newer_program_is_refused(tmp_path):
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01")])
    file = lake.path / PUBLISHED
    file.write_text(file.read_text().replace('"schema":1', '"schema":99'))
    with pytest.raises(LakeTooNew, match="schema 99"):
        Lake.open(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format":1,"tables":{}}'])
def test_a_broken_state_is_named(tmp_path, content):
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-01")])
    (lake.path / PUBLISHED).write_text(content)
    with pytest.raises(LakeDamaged, match=PUBLISHED):
        Lake.open(tmp_path)
