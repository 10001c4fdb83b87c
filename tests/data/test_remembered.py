"""An answer is given again to whom it belongs, and to nobody else."""

from dataclasses import replace

import pandas as pd
import pytest

from dashapp.data.engine import Engine
from dashapp.data.remembered import remembered
from dashapp.domain.viewer import Viewer
from dashapp.identity.permissions import Actor, Role
from dashapp.query.grammar import parse
from dashapp.query.tree import Node
from dashapp.query.window import Window
from tests.data.sample import WINDOW
from tests.lakes import at, publish

EXECUTIVE = Actor("2", "Eve", frozenset({Role.EXECUTIVE}))
RESTRICTED = Viewer(Actor("1", "Ana", frozenset({Role.SECURITY_READER})), parse("Subject:invoice"))


@pytest.fixture
def asked() -> list[Node]:
    return []


@pytest.fixture
def count(asked: list[Node]):
    @remembered
    def question(engine: Engine, node: Node, window: Window, *, limit: int = 1) -> pd.DataFrame:
        asked.append(node)
        return pd.DataFrame({"n": [limit]})

    return question


def test_the_same_question_is_asked_once(engine, count, asked) -> None:
    for _ in range(3):
        assert count(engine, parse("from:a@b.example"), WINDOW)["n"].tolist() == [1]
    assert len(asked) == 1


@pytest.mark.parametrize("change", ["filter", "window", "limit", "zone", "rights", "scope", "lake"])
def test_another_question_is_asked_anew(engine, count, asked, change, lake_path) -> None:
    count(engine, parse("from:a@b.example"), WINDOW)
    others = {
        "filter": lambda: count(engine, parse("from:c@d.example"), WINDOW),
        "window": lambda: count(engine, parse("from:a@b.example"), WINDOW.previous()),
        "limit": lambda: count(engine, parse("from:a@b.example"), WINDOW, limit=2),
        "zone": lambda: count(replace(engine, zone="Asia/Tokyo"), parse("from:a@b.example"), WINDOW),
        "rights": lambda: count(engine.for_viewer(EXECUTIVE), parse("from:a@b.example"), WINDOW),
        "scope": lambda: count(engine.for_viewer(RESTRICTED), parse("from:a@b.example"), WINDOW),
        "lake": lambda: (
            publish(lake_path, "EmailEvents", Timestamp=[at("2026-03-05")]),
            count(engine, parse("from:a@b.example"), WINDOW),
        ),
    }
    others[change]()
    assert len(asked) == 2


@pytest.mark.parametrize("text", ["Timestamp>=now-1h", 'Timestamp<"now-1d/d"'])
def test_what_means_something_else_a_moment_later_is_asked_each_time(engine, count, asked, text) -> None:
    for _ in range(2):
        count(engine, parse(text), WINDOW)
    assert len(asked) == 2


def test_a_caller_that_changes_its_frame_changes_nobody_elses(engine, count) -> None:
    first = count(engine, parse(""), WINDOW)
    first["n"] = 7
    assert count(engine, parse(""), WINDOW)["n"].tolist() == [1]
