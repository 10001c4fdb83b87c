"""Small pages inside the block only, for children too."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from dashapp.ingest.pages import few_collections, small_pages


def disabled() -> bool:
    return "THP_enabled:\t0" in Path("/proc/self/status").read_text(encoding="ascii")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_small_pages_inside_the_block_only() -> None:
    assert not disabled()
    with small_pages():
        assert disabled()
        with small_pages():
            assert disabled()
        assert disabled()
        child = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True)
        assert "THP_enabled:\t0" in child.stdout
    assert not disabled()


def test_collections_are_few_inside_the_block_only() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with few_collections():
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > frozen
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
