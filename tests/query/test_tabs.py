"""Tabs in the address: what is written is read again, whatever else is there is harmless."""

import pytest

from dashapp.query.tabs import MOST_ROWS, Tab, TabState, read_tab
from dashapp.query.urlstate import EXPLORER, ViewState

COUNTS = ("", "messages", "bypassed", "domain")


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize("rows", [1, 20, 50, MOST_ROWS])
@pytest.mark.parametrize("by", COUNTS)
@pytest.mark.parametrize("ascending", [False, True])
def test_what_is_written_is_read_again_also_through_the_address(tab: Tab, rows: int, by: str, ascending: bool) -> None:
    state = TabState(tab, rows, by, ascending)
    assert read_tab(state.slug) == state
    search = ViewState(tab=state.slug).to_search(EXPLORER)
    assert read_tab(ViewState.from_search(search, EXPLORER).tab) == state


def test_the_first_tab_is_no_parameter() -> None:
    assert TabState().slug == ""
    assert read_tab("") == TabState()


@pytest.mark.parametrize("text", ["nonsense", "top", "top-urlsx", "../..", "emails", "EMAIL", "attacks"])
def test_an_unknown_tab_is_the_first(text: str) -> None:
    assert read_tab(text) == TabState()


@pytest.mark.parametrize("text", ["top-urls-", "top-urls-n0", "top-urls-x", "top-urls-n99999", "top-urls-by--"])
def test_unknown_choices_of_a_known_tab_are_the_usual_ones(text: str) -> None:
    assert read_tab(text) == TabState(Tab.TOP_URLS)


def test_no_table_is_longer_than_the_limit() -> None:
    assert read_tab("top-targeted-n9999").rows == MOST_ROWS
