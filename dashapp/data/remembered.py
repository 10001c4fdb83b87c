"""Questions whose whole answer is kept: asked again while nothing has changed, they are not even put into words."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from dashapp.data.engine import Engine

Asked = ParamSpec("Asked")
Question = Callable[Concatenate[Engine, Asked], pd.DataFrame]
# What a filter may hold that means something else a moment later.
_PASSING = ("now", "Listed(")


def remembered(question: Question[Asked]) -> Question[Asked]:
    """Keep the answers of ``question``, for each state of the lake, scope, zone and everything it is asked with."""

    def ask(engine: Engine, /, *args: Asked.args, **kwargs: Asked.kwargs) -> pd.DataFrame:
        if any(word in repr(value) for value in (*args, *kwargs.values()) for word in _PASSING):
            return question(engine, *args, **kwargs)
        pinned = engine.pinned()
        key: tuple[Any, ...] = (question.__module__, question.__qualname__, args, tuple(sorted(kwargs.items())))
        return pinned.again(key, lambda: question(pinned, *args, **kwargs))

    functools.update_wrapper(ask, question)
    return ask
