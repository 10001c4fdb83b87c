"""The URL holds the whole view, short, and nothing that can be typed into it breaks a page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.fields import FIELDS
from dashapp.query.urlstate import DASHBOARD, EXPLORER, ViewState
from dashapp.query.window import Grain
from tests.query.strategies import texts

KEYS = ("view", "q", "off", "from", "to", "tz", "by", "grain", "cmp", "log", "cols", "sort", "msg", "tab", "x")
NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
slugs = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,10}\Z")
names = st.sampled_from(sorted(FIELDS))
instants = st.sampled_from(("now", "now-7d", "now-1d/d", "2026-03-01", "2026-03-01T10:00", "2026-03-01T10:00:00+02:00"))
states = st.builds(
    ViewState,
    view=slugs | st.just(""),
    query=texts,
    disabled=texts,
    start=instants,
    end=instants,
    zone=st.sampled_from(("", "UTC", "Europe/Berlin", "Asia/Kolkata")),
    by=names | st.just(""),
    grain=st.sampled_from((None, *Grain)),
    compare=st.booleans(),
    columns=st.lists(names, unique=True, max_size=4).map(tuple),
    sort=st.dictionaries(names, st.booleans(), max_size=3).map(lambda found: tuple(found.items())),
    message=texts,
    tab=slugs | st.just(""),
)
pages = st.sampled_from((DASHBOARD, EXPLORER, ViewState()))


@given(states, pages)
def test_state_to_search_and_back(state: ViewState, defaults: ViewState):
    search = state.to_search(defaults)
    assert ViewState.from_search(search, defaults) == state
    assert ViewState.from_search(search, defaults).problems == ()
    assert search.isascii()
    assert search.isprintable()


@given(st.lists(st.tuples(st.sampled_from(KEYS), texts)), pages)
def test_any_search_is_read_and_settles(pairs: list[tuple[str, str]], defaults: ViewState):
    search = "&".join(f"{key}={quote(value.encode('utf-8', 'replace'))}" for key, value in pairs)
    state = ViewState.from_search(search, defaults)
    assert ViewState.from_search(state.to_search(defaults), defaults) == state


@given(st.text(max_size=60), pages)
def test_garbage_is_read(search: str, defaults: ViewState):
    read = ViewState.from_search(search, defaults)
    assert ViewState.from_search(read.to_search(defaults), defaults) == read


def test_default_view_has_an_empty_search():
    for defaults in (DASHBOARD, EXPLORER):
        assert defaults.to_search(defaults) == ""
        assert ViewState.from_search("", defaults) == defaults
        assert ViewState.from_search("?", defaults) == defaults
        assert ViewState.from_search("?utm_source=mail&fbclid", defaults) == defaults


def test_search_is_sorted_and_readable():
    state = replace(
        EXPLORER,
        query='threat:malware from:"a b"',
        start="now-1d/d",
        columns=("Timestamp", "Subject"),
        sort=(("Subject", False), ("Timestamp", True)),
        by="PrimaryThreat",
    )
    assert state.to_search(EXPLORER) == (
        "?by=PrimaryThreat&cols=Timestamp,Subject&from=now-1d/d&q=threat:malware+from:%22a+b%22&sort=Subject,-Timestamp"
    )


@pytest.mark.parametrize(
    ("search", "problem"),
    [
        ("from=yesterday", "Cannot read the time 'yesterday'"),
        ("to=2026-99-01", "Cannot read the time"),
        ("tz=Mars/Olympus", "There is no time zone 'Mars/Olympus'"),
        ("tz=../../etc/passwd", "There is no time zone"),
        ("by=nonsense", "There is no field 'nonsense'"),
        ("grain=century", "not 'century'"),
        ("cmp=yes", "cmp and log are 0 or 1"),
        ("view=%3Cscript%3E", "There is no view or tab '<script>'"),
        ("sort=-nonsense", "to sort by"),
        ("cols=nonsense", "There is no field"),
    ],
)
def test_what_is_not_understood_is_the_default_and_said(search: str, problem: str):
    state = ViewState.from_search(search, EXPLORER)
    assert state == EXPLORER
    assert len(state.problems) == 1
    assert problem in state.problems[0]


def test_understood_part_of_a_list_stays():
    state = ViewState.from_search("cols=subject,nonsense,from,Subject&sort=-date,nonsense", EXPLORER)
    assert state.columns == ("Subject", "SenderFromAddress")
    assert state.sort == (("Timestamp", True),)
    assert len(state.problems) == 2


def test_window_takes_the_zone_and_one_now():
    state = ViewState.from_search("from=now-1d/d&to=now/d&tz=Europe/Berlin", EXPLORER)
    window = state.window(now=NOW, zone="Asia/Kolkata")
    # the clocks went forward that night: the local day began at 23:00 UTC, the next at 22:00
    assert (window.start, window.end) == (datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    own = ViewState.from_search("from=now/d", EXPLORER).window(now=NOW, zone="Asia/Kolkata")
    assert own.start == datetime(2026, 3, 28, 18, 30, tzinfo=UTC)


def test_defaults_are_thirty_and_seven_days():
    assert DASHBOARD.window(now=NOW).span == timedelta(days=30)
    assert EXPLORER.window(now=NOW).span == timedelta(days=7)


def test_empty_range_gives_the_default_and_says_so():
    state = ViewState.from_search("from=2026-03-02&to=2026-03-01", EXPLORER)
    window, problem = state.resolve(EXPLORER, now=NOW)
    assert window == EXPLORER.window(now=NOW)
    assert "before it starts" in problem
    assert EXPLORER.resolve(EXPLORER, now=NOW)[1] == ""
