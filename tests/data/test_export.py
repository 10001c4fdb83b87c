"""Exports hold what the grid shows: the same rows, columns, order and texts, however they are cut into slices."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from dashapp.data import export
from dashapp.data.engine import Engine, FilterError, QueryCancelled
from dashapp.data.engine_sql import sources_of
from dashapp.data.grid import page
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Window
from tests.data.sample import WINDOW
from tests.lakes import at, publish

COLUMNS = ("Timestamp", "NetworkMessageId", "RecipientEmailAddress", "ThreatTypes", "DetectionTechnology")
JOINED = ("LatestDeliveryLocation", "UrlDomain", "Url", "Department", "EmailSize", "IsFirstContact", "SubmissionType")


def slot() -> str:
    return str(uuid.uuid4())


def exported(engine: Engine, text: str = "", **options: object) -> pd.DataFrame:
    options = {"columns": COLUMNS + JOINED} | options
    planned = export.plan(engine, parse(text), WINDOW, **options)  # type: ignore[arg-type]
    tables = list(planned.tables(slot()))
    assert sum(table.num_rows for table in tables) == planned.total
    return (pa.concat_tables(tables) if tables else planned.schema.empty_table()).to_pandas()


def shown(engine: Engine, text: str = "", **options: object) -> pd.DataFrame:
    options = {"columns": COLUMNS + JOINED, "offset": 0, "limit": 1000} | options
    return page(engine, parse(text), WINDOW, **options)  # type: ignore[arg-type]


def values(frame: pd.DataFrame) -> list[list[object]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.astype(object).to_numpy().tolist()]


@pytest.mark.parametrize("size", [1, 3, 200_000])
@pytest.mark.parametrize("sort", [(("Timestamp", True),), (("Timestamp", False),)])
def test_it_holds_the_rows_of_the_grid_in_its_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, size: int, sort: object
) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", size)
    assert values(exported(engine, sort=sort)) == values(shown(engine, sort=sort))


@pytest.mark.parametrize("column", ["Subject", "EmailSize", "LatestDeliveryLocation", "SenderIP"])
def test_another_order_is_kept_where_the_grid_has_it_too(engine: Engine, column: str) -> None:
    for descending in (True, False):
        sort = ((column, descending),)
        assert values(exported(engine, sort=sort)) == values(shown(engine, sort=sort))


def test_beyond_what_the_grid_sorts_it_comes_newest_first(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SORTED_ROWS", 3)
    assert values(exported(engine, sort=(("Subject", False),))) == values(shown(engine))


@pytest.mark.parametrize("text", ["ThreatTypes:Phish", "UrlDomain:bad.example", "NetworkMessageId:nothing"])
def test_only_what_matches(engine: Engine, text: str) -> None:
    assert values(exported(engine, text)) == values(shown(engine, text))


def test_every_field_can_be_a_column(engine: Engine) -> None:
    assert values(exported(engine, columns=tuple(FIELDS))) == values(shown(engine, columns=tuple(FIELDS)))


def test_picked_rows_and_no_others(engine: Engine) -> None:
    picked = {"m1 Ana@Corp.Example", "m9 Ana@Corp.Example", "m2 nobody@else.example"}
    whole = shown(engine)
    names = whole["NetworkMessageId"] + " " + whole["RecipientEmailAddress"]
    assert values(exported(engine, picked=picked)) == values(whole[names.isin(picked)])


def test_the_cap_is_a_cap(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", 2)
    assert values(exported(engine, most=5)) == values(shown(engine)[:5])


def test_what_comes_in_meanwhile_is_not_in_it(engine_over: Callable[..., Engine], lake_path: Path) -> None:
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-01T10:00")] * 3)
    planned = export.plan(engine_over(), Everything(), WINDOW, columns=["Timestamp"])
    publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-01T10:00")] * 3)
    assert sum(table.num_rows for table in planned.tables(slot())) == 3


def test_an_hour_with_too_many_messages_is_cut_too(
    engine_over: Callable[..., Engine], lake_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", 10)
    times = [at("2026-03-01T10:00") + timedelta(seconds=second) for second in range(95)]
    publish(lake_path, "EmailEvents", Timestamp=[*times, at("2026-03-02T10:00")])
    planned = export.plan(engine_over(), Everything(), WINDOW, columns=["Timestamp"])
    sizes = [table.num_rows for table in planned.tables(slot())]
    assert (sum(sizes), len(sizes)) == (96, 10)
    assert max(sizes) <= 10


def test_it_can_be_ended_between_two_slices(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE_ROWS", 1)
    planned = export.plan(engine, Everything(), WINDOW, columns=COLUMNS)
    tables = planned.tables("ended")
    next(tables)
    with engine.ask("ended", 2):
        pass
    with pytest.raises(QueryCancelled):
        list(tables)


def test_unknown_columns_are_refused(engine: Engine) -> None:
    with pytest.raises(FilterError):
        export.plan(engine, Everything(), Window(WINDOW.start, WINDOW.end), columns=["Nonsense"])


def test_slices_read_their_own_time_only(engine: Engine) -> None:
    planned = export.plan(engine, Everything(), WINDOW, columns=["Timestamp"])
    (source,) = sources_of(planned._rows(planned.slices[0], planned.fields))
    assert source.window == planned.slices[0]
