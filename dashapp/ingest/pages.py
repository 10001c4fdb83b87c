"""How memory is given to an ingest and taken back."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000  # new objects between two collections

_PR_SET_THP_DISABLE, _PR_GET_THP_DISABLE = 41, 42  # linux/prctl.h


@contextmanager
def small_pages() -> Iterator[None]:
    """Take memory in small pages inside the block, where the system is Linux; child processes begun inside do too.

    An ingest takes and gives back gigabytes in pieces of all sizes. Arrow's allocator asks for pages of 2 MB, and the
    system clears each whole: that was a third of all processor time.
    """
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    before = 1 if prctl is None else prctl(_PR_GET_THP_DISABLE, 0, 0, 0, 0)
    if before != 0 or prctl is None:  # as wanted already, or the system does not know it (-1)
        yield
        return
    prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_THP_DISABLE, 0, 0, 0, 0)


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for unused objects rarely inside the block, and only among those made in it.

    An ingest makes millions of short-lived ones and hardly a cycle; the collector's own pace costs 3 % of its time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
