"""Questions asked at the same time."""

import threading
from contextvars import ContextVar

import pytest

from dashapp.data.together import together

REQUEST: ContextVar[str] = ContextVar("request", default="none")


def test_answers_come_in_order_from_questions_under_way_at_once() -> None:
    meeting = threading.Barrier(3, timeout=60)  # breaks unless all three run at the same time

    def question(name: str) -> str:
        meeting.wait()
        return f"{name} of {REQUEST.get()}"

    REQUEST.set("mine")
    assert together([lambda name=name: question(name) for name in "abc"]) == ["a of mine", "b of mine", "c of mine"]


def test_nothing_and_one() -> None:
    assert together([]) == []
    assert together([lambda: 1]) == [1]


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_what_one_raises_is_raised(bad: int) -> None:
    def question(place: int) -> int:
        if place == bad:
            raise KeyError(place)
        return place

    with pytest.raises(KeyError, match=str(bad)):
        together([lambda place=place: question(place) for place in range(3)])
