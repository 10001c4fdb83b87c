"""The explorer's tabs as they stand in the address: ``tab=top-urls-n50-by-blocked-asc``.

A tab's own choices are part of its name, because the parameters of the address are fixed: how many rows (``n50``),
what they are ordered or split by (``by-blocked``), and whether the least come first (``asc``).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from dashapp.query.subjects import Subject

USUAL_ROWS, MOST_ROWS = 20, 3_000
_OPTIONS = re.compile(r"(?:-n([1-9]\d{0,3}))?(?:-by-([a-z]+(?:-[a-z]+)*?))?(-asc)?")


class Tab(StrEnum):
    """One tab, in the order of the strip."""

    EMAIL = "email"
    URL_CLICKS = "url-clicks"
    TOP_URLS = "top-urls"
    TOP_CLICKS = "top-clicks"
    TARGETED = "top-targeted"
    FAMILIES = "top-families"
    ORIGIN = "origin"


_TABS = {"messages": tuple(Tab), "clicks": (Tab.EMAIL, Tab.TOP_CLICKS, Tab.TARGETED)}


def tabs_of(subject: Subject) -> tuple[Tab, ...]:
    """The tabs that make sense of such rows; the first is the list itself."""
    return _TABS.get(subject.name, (Tab.EMAIL,))


@dataclass(frozen=True)
class TabState:
    """Which tab is open and what is chosen in it.

    Attributes:
        tab: The open one.
        rows: How many rows its table has at most.
        by: What it is ordered or split by; empty: the usual.
        ascending: The least first.
    """

    tab: Tab = Tab.EMAIL
    rows: int = USUAL_ROWS
    by: str = ""
    ascending: bool = False

    @property
    def slug(self) -> str:
        """The text for the address; empty for the first tab."""
        if self == TabState():
            return ""
        parts = [self.tab.value]
        parts += [f"n{self.rows}"] if self.rows != USUAL_ROWS else []
        parts += [f"by-{self.by}"] if self.by else []
        return "-".join([*parts, *(["asc"] if self.ascending else [])])


def read_tab(text: str) -> TabState:
    """What ``text`` says, whoever wrote it: the first tab if there is none of that name; no choices if they are none.

    ``assets/js/tabs.js`` tells tabs by the beginning of the text too.
    """
    for tab in Tab:
        name, options = text[: len(tab)], text[len(tab) :]
        if name == tab and (not options or options.startswith("-")):
            found = _OPTIONS.fullmatch(options)
            rows, by, ascending = found.groups() if found else ("", "", "")
            return TabState(tab, min(int(rows or USUAL_ROWS), MOST_ROWS), by or "", bool(ascending))
    return TabState()
