"""The same seed gives the same data, another seed other ids, and a topped-up folder equals one made at once."""

from datetime import timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashapp.demo import campaigns, generate, top_up
from dashapp.demo.manifest import Manifest
from tests.demo.conftest import UNTIL, read

SMALL = {"messages": 900, "days": 6, "users": 60}
KEYED = ["EmailEvents", "EmailUrlInfo", "EmailAttachmentInfo", "EmailPostDeliveryEvents", "UserSubmissions"]


def test_same_seed_gives_the_same_files(tmp_path):
    for name in ("a", "b"):
        generate(tmp_path / name, seed=3, until=UNTIL, **SMALL)
        campaigns._started.cache_clear()
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(files) > 20
    for file in files:
        one, other = tmp_path / "a" / file, tmp_path / "b" / file
        if file.suffix == ".parquet":
            assert pq.read_table(one).equals(pq.read_table(other)), file
        else:
            assert one.read_bytes() == other.read_bytes(), file


def test_another_seed_gives_other_ids_and_people(tmp_path):
    for seed in (3, 4):
        generate(tmp_path / str(seed), seed=seed, until=UNTIL, **SMALL)
    one, other = (read(tmp_path / str(seed), "EmailEvents") for seed in (3, 4))
    assert not set(one.NetworkMessageId) & set(other.NetworkMessageId)
    assert set(one.RecipientEmailAddress) != set(other.RecipientEmailAddress)


def test_topping_up_in_steps_equals_making_it_at_once(tmp_path):
    early = UNTIL - timedelta(days=2, hours=5)
    generate(tmp_path / "steps", seed=3, until=early, messages=900, days=6, users=60)
    for hours in (3, 8, 30, 53):
        top_up(tmp_path / "steps", early + timedelta(hours=hours))
    plan = Manifest.read(tmp_path / "steps").plan
    generate_as(tmp_path / "once", plan, UNTIL)
    for table in KEYED:
        order = ["Timestamp", "SubmissionId" if table == "UserSubmissions" else "ReportId"]
        steps, once = (read(tmp_path / name, table).sort_values(order, ignore_index=True) for name in ("steps", "once"))
        pd.testing.assert_frame_equal(steps, once)
    assert Manifest.read(tmp_path / "steps").days == Manifest.read(tmp_path / "once").days


def generate_as(folder, plan, until):
    """Make a demonstration of a given plan in one go."""
    from dashapp.demo import generator

    people = generator.organisation(plan)
    folder.mkdir()
    manifest = Manifest(plan, until, [user.address for user in people.users], generator.np.zeros(plan.users, int))
    generator._carry_on(folder, manifest, people, generator.midnight(plan.first), None)


def test_topping_up_to_an_earlier_moment_changes_nothing(tmp_path):
    generate(tmp_path / "a", seed=3, until=UNTIL, **SMALL)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*.*")}
    top_up(tmp_path / "a", UNTIL - timedelta(hours=1))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*.*")} == before


def test_a_folder_is_not_overwritten(demo):
    with pytest.raises(FileExistsError):
        generate(demo, seed=1, until=UNTIL, **SMALL)


@pytest.mark.parametrize("wrong", [{"messages": 0}, {"days": 0}, {"seed": -1}, {"users": 3}])
def test_senseless_numbers_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="cannot plan"):
        generate(tmp_path / "a", until=UNTIL, **({"seed": 1} | SMALL | wrong))


def test_a_time_without_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        generate(tmp_path / "a", seed=1, until=UNTIL.replace(tzinfo=None), **SMALL)
