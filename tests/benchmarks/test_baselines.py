"""Every yardstick runs, and gives the number the question it measures gives."""

import duckdb
import pytest

from benchmarks.baselines import BASELINES
from benchmarks.measure import sql
from benchmarks.questions import QUESTIONS, Question
from dashapp.data.engine import Engine
from dashapp.data.grid import Count
from tests.data.sample import WINDOW


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.name for question in QUESTIONS])
def test_question_and_yardstick_agree(engine: Engine, question: Question) -> None:
    answer = question.ask(engine, WINDOW)
    if question.name not in BASELINES:
        return
    with duckdb.connect() as connection:
        rows = connection.execute(sql(question.name, engine.snapshot, WINDOW)).fetchall()
    if isinstance(answer, Count):
        assert rows == [(answer.matching,)]
    elif question.name == "efficacy":
        assert sum(row[-1] for row in rows) == answer["messages"].sum()
    elif question.name.startswith("top targeted"):
        assert sum(row[1] for row in rows) == answer["attacks"].sum()
    elif question.name == "top clicks":
        assert [row[1] for row in rows] == answer["clicks"].tolist()
    elif question.name.startswith("top"):
        assert [row[1] for row in rows] == answer["messages"].tolist()
    elif "messages" in answer:
        assert sum(row[-1] for row in rows) == answer["messages"].sum()
    else:
        assert len(rows) == len(answer)
