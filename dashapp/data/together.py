"""Questions that do not wait for each other."""

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")


def together(questions: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers to ``questions``, in their order; asked at the same time, each as a part of the present request.

    Raises:
        Exception: What the first of them that failed raised.
    """
    if len(questions) < 2:
        return [question() for question in questions]
    with ThreadPoolExecutor(len(questions) - 1, "together") as pool:
        others = [pool.submit(contextvars.copy_context().run, question) for question in questions[1:]]
        first = questions[0]()
        return [first, *(other.result() for other in others)]
