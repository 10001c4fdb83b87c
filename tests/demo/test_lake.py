"""The demonstration's lake is made, carried on, and finished if it was stopped half-way."""

from datetime import timedelta

from dashapp.data.lake import Lake
from dashapp.demo.lake import bring_up_to_date
from dashapp.demo.manifest import Manifest
from dashapp.settings import Settings
from tests.demo.conftest import UNTIL


def test_it_is_made_and_carried_on(tmp_path):
    settings = Settings()
    bring_up_to_date(tmp_path, settings, now=UNTIL - timedelta(hours=30), messages=600, days=4)
    before = Lake.open(tmp_path / "lake").snapshot().rows("EmailEvents")
    bring_up_to_date(tmp_path, settings, now=UNTIL)
    snapshot = Lake.open(tmp_path / "lake").snapshot()
    expected = sum(day["table/EmailEvents"] for day in Manifest.read(tmp_path / "source").days.values())
    assert snapshot.rows("EmailEvents") == expected > before > 0
    assert UNTIL - timedelta(hours=2) < snapshot.time_range("EmailEvents")[1] < UNTIL


def test_a_stopped_attempt_is_finished(tmp_path):
    settings = Settings()
    bring_up_to_date(tmp_path, settings, now=UNTIL, messages=600, days=4)
    expected = Lake.open(tmp_path / "lake").snapshot().rows("EmailEvents")
    (tmp_path / "source" / "manifest.json").unlink()
    (tmp_path / "source" / "taken.txt").unlink()
    bring_up_to_date(tmp_path, settings, now=UNTIL, messages=600, days=4)
    assert Lake.open(tmp_path / "lake").snapshot().rows("EmailEvents") == expected
