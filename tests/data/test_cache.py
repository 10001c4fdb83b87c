"""Answers kept up to a number of bytes."""

import pandas as pd

from dashapp.data.cache import AnswerCache


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"n": range(rows)})


def test_a_caller_cannot_change_what_others_get() -> None:
    cache = AnswerCache(100_000)
    cache.put("key", frame(3))
    mine = cache.get("key")
    assert mine is not None
    mine["n"] = 0
    mine.loc[0, "n"] = 7

    kept = cache.get("key")
    assert kept is not None
    assert kept["n"].tolist() == [0, 1, 2]


def test_the_least_asked_for_goes_first() -> None:
    cache = AnswerCache(30_000)  # room for four
    for key in "abc":
        cache.put(key, frame(900))
    assert cache.get("a") is not None
    cache.put("d", frame(900))
    cache.put("e", frame(900))

    assert [key for key in "abcde" if cache.get(key) is not None] == list("acde")


def test_what_would_fill_the_cache_is_not_kept() -> None:
    cache = AnswerCache(10_000)
    cache.put("small", frame(10))
    cache.put("big", frame(10_000))
    assert cache.get("big") is None
    assert cache.get("small") is not None
