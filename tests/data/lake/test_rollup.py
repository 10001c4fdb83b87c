"""The hourly counts say what counting the messages says, day by day, or say that they do not."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from dashapp.data.lake import ROLLUP, Lake, rollup
from dashapp.data.lake.layout import PUBLISHED
from dashapp.query.window import Window
from tests.lakes import at, publish

DIMENSIONS = (
    "EmailDirection, primary_threat, threat_family, sender_country, is_simulation, "
    "array_to_string(threat_types, ','), array_to_string(det_techs, ',')"
)
COARSE = "EmailDirection, primary_threat, confidence, explorer_delivery, is_simulation"


def counted(lake, shown):
    """Hour and dimensions to messages, counted from the messages by hand."""
    totals = {}
    for time, *rest in shown(lake.snapshot(), "EmailEvents", f'"Timestamp", {DIMENSIONS}'):
        key = (time.replace(minute=0, second=0, microsecond=0), *rest)
        totals[key] = totals.get(key, 0) + 1
    return totals


def rolled(lake, shown):
    totals = {}
    for coarse, *key, messages in shown(lake.snapshot(), ROLLUP, f"coarse, hour, {DIMENSIONS}, messages"):
        if not coarse:
            totals[tuple(key)] = totals.get(tuple(key), 0) + messages
    return totals


def coarsely(lake, shown, table):
    """Hour and the columns of the coarse counts to messages, as they stand or counted from the messages."""
    totals = {}
    if table == ROLLUP:
        rows = shown(lake.snapshot(), ROLLUP, f"hour, {COARSE}, messages, coarse")
        for *key, messages, coarse in rows:
            if coarse:
                assert tuple(key) not in totals
                totals[tuple(key)] = messages
        return totals
    for time, *rest in shown(lake.snapshot(), table, f'"Timestamp", {COARSE}'):
        key = (time.replace(minute=0, second=0, microsecond=0), *rest)
        totals[key] = totals.get(key, 0) + 1
    return totals


def some(seed, count, start="2026-03-28", days=8):
    draw = random.Random(seed)
    times = [at(start) + timedelta(minutes=draw.randrange(days * 1440)) for _ in range(count)]
    return {
        "Timestamp": times,
        "EmailDirection": [draw.choice(["Inbound", "Outbound", None]) for _ in times],
        "primary_threat": [draw.choice(["Malware", "Phish", "None"]) for _ in times],
        "threat_family": [draw.choice([None, "Emotet", "Qakbot"]) for _ in times],
        "sender_country": [draw.choice(["DE", "US", None]) for _ in times],
        "is_simulation": [draw.random() < 0.1 for _ in times],
        "threat_types": [draw.choice([None, ["Malware"], ["Malware", "Phish"]]) for _ in times],
        "det_techs": [draw.choice([None, ["File detonation"], ["Campaign", "File detonation"]]) for _ in times],
    }


def test_counts_equal_the_messages_after_every_batch(tmp_path, shown):
    for seed in range(4):
        lake = publish(tmp_path, "EmailEvents", **some(seed, 300))
        assert rolled(lake, shown) == counted(lake, shown)
        assert coarsely(lake, shown, ROLLUP) == coarsely(lake, shown, "EmailEvents")
        assert lake.snapshot().rollup().stale == ()
    assert [file.month for file in lake.snapshot().data_files(ROLLUP)] == ["2026-03", "2026-04"]


def test_only_touched_days_are_counted_again(tmp_path, monkeypatch):
    lake = publish(tmp_path, "EmailEvents", **some(1, 300))
    rebuilt = []
    count = rollup._count

    def spy(database, writer, files, days, scope):
        rebuilt.append((len(files), set(days)))
        return count(database, writer, files, days, scope)

    monkeypatch.setattr(rollup, "_count", spy)
    publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-28T01:00"), at("2026-03-30T01:00")])
    # of the new file alone, and not the 29th, which lies between and has no new rows
    assert rebuilt == [(1, {"2026-03-28", "2026-03-30"}), (3, set())]
    assert lake.snapshot().rollup().stale == ()


def test_a_batch_without_messages_leaves_the_counts_alone(tmp_path):
    before = publish(tmp_path, "EmailEvents", **some(1, 50)).snapshot().files(ROLLUP)
    after = publish(tmp_path, "EmailUrlInfo", Timestamp=[at("2026-03-28")]).snapshot()
    assert after.files(ROLLUP) == before
    assert after.rollup().stale == ()


def test_a_day_with_another_fingerprint_is_stale_and_mended_by_the_next_batch(tmp_path, shown):
    lake = publish(tmp_path, "EmailEvents", **some(1, 300))
    state = json.loads((tmp_path / PUBLISHED).read_text())
    state["days"]["2026-03-29"] = "0" * 32
    (tmp_path / PUBLISHED).write_text(json.dumps(state))
    window = Window(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    assert Lake.open(tmp_path).snapshot().rollup().stale == (date(2026, 3, 29),)
    assert Lake.open(tmp_path).snapshot().rollup(window).stale == (date(2026, 3, 29),)
    assert Lake.open(tmp_path).snapshot().rollup(window.previous()).stale == ()
    lake = publish(tmp_path, "EmailEvents", **some(2, 1, days=1))
    assert lake.snapshot().rollup().stale == ()
    assert rolled(lake, shown) == counted(lake, shown)


@pytest.mark.parametrize("by", ["batch", "migrate"])
def test_counts_by_fewer_columns_are_not_read_and_are_replaced(tmp_path, shown, by):
    """As a lake of an older version has them."""
    lake = publish(tmp_path, "EmailEvents", **some(1, 300))
    for path in lake.snapshot().files(ROLLUP):
        pq.write_table(pq.read_table(path, partitioning=None).drop(["threat_types", "det_techs", "coarse"]), path)
    state = json.loads((tmp_path / PUBLISHED).read_text())
    state["days"] = dict.fromkeys(state["days"], "0" * 32)
    (tmp_path / PUBLISHED).write_text(json.dumps(state))
    assert Lake.open(tmp_path).snapshot().rollup().files == []
    lake = publish(tmp_path, "EmailEvents", **some(2, 1, days=1)) if by == "batch" else Lake.open(tmp_path)
    assert lake.migrate() == ({} if by == "batch" else {ROLLUP: 2})
    assert lake.snapshot().rollup().stale == ()
    assert rolled(lake, shown) == counted(lake, shown)


def test_rare_families_become_other_and_the_snapshot_says_so(tmp_path, shown, monkeypatch):
    monkeypatch.setitem(rollup.MOST_VALUES, "threat_family", 2)
    times = [at("2026-03-28T01:00")] * 6
    lake = publish(tmp_path, "EmailEvents", Timestamp=times, threat_family=["a", "a", "b", "b", "c", None])
    fine = [row[1:] for row in shown(lake.snapshot(), ROLLUP, "coarse, threat_family, messages") if not row[0]]
    assert fine == [("Other", 1), ("a", 2), ("b", 2), (None, 1)]
    assert lake.snapshot().rollup().folded == {"threat_family"}
    elsewhere = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert lake.snapshot().rollup(elsewhere).folded == frozenset()


def test_a_missing_data_file_leaves_its_days_stale_and_the_batch_comes_in(tmp_path):
    lake = publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-28T01:00"), at("2026-03-30T01:00")])
    (lake.path / "EmailEvents" / lake.snapshot().data_files("EmailEvents")[0].path).unlink()
    publish(tmp_path, "EmailEvents", Timestamp=[at("2026-03-30T01:00")])
    assert lake.snapshot().rows("EmailEvents") == 3
    assert date(2026, 3, 30) in lake.snapshot().rollup().stale


@pytest.mark.parametrize(("start", "end", "count"), [("2026-03-01", "2026-03-27", 0), ("2026-03-30", "2026-03-31", 1)])
def test_rollup_files_are_pruned_by_the_window(tmp_path, start, end, count):
    lake = publish(tmp_path, "EmailEvents", **some(1, 100))
    window = Window(datetime.fromisoformat(start + "T00:00Z"), datetime.fromisoformat(end + "T00:00Z"))
    assert len(lake.snapshot().rollup(window).files) == count
