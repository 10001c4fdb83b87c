"""What one callback of a page works with: the view, the engine in the viewer's scope, the addresses numbers lead to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from dashapp.callbacks._leads import Leads
from dashapp.callbacks._view import View, read_view
from dashapp.components.links import href
from dashapp.data.lanes import Lane
from dashapp.domain.headline import Coverage, compared_with
from dashapp.identity.permissions import Permission
from dashapp.query.subjects import Subject
from dashapp.query.tree import Node
from dashapp.query.urlstate import DASHBOARD, EXPLORER, ViewState
from dashapp.query.views import Asking, ExplorerView, find_view, in_view
from dashapp.query.window import GRAIN_SPAN, Grain, Window, grain_for
from dashapp.services import services

MOST_BUCKETS = 750  # a month of hours: lines still draw in well under a second
CHOSEN_GRAINS = (Grain.HOUR, Grain.DAY, Grain.WEEK)
_DEFAULTS = {"/": DASHBOARD, "/explorer": EXPLORER}


@dataclass(frozen=True)
class Asked:
    """One request, read and checked.

    Attributes:
        path: The page.
        state: What the address says.
        defaults: What the page shows when the address says nothing.
        view: The range and the zone, resolved.
        engine: The engine inside the scope of whoever asks.
        may_read: They may see messages.
    """

    path: str
    state: ViewState
    defaults: ViewState
    view: View
    engine: Any
    may_read: bool

    @property
    def window(self) -> Window:
        """The range."""
        return self.view.window

    @property
    def zone(self) -> str:
        """Where days begin."""
        return self.view.zone

    @property
    def listed(self) -> ExplorerView:
        """The explorer's view."""
        return find_view(self.state.view)

    @property
    def subject(self) -> Subject:
        """What the rows of that view are."""
        return self.listed.subject

    @cached_property
    def asking(self) -> Asking:
        """The query as the explorer's view understands it.

        Raises:
            QueryError: The query cannot be read.
        """
        return in_view(self.listed, self.state.query)

    @property
    def node(self) -> Node:
        """Which rows the explorer shows: those of its view that the query keeps.

        Raises:
            QueryError: The query cannot be read.
        """
        return self.asking.node

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the explorer's grid: those of the address that say something here, else the view's own."""
        known = tuple(name for name in self.state.columns if name in self.subject.fields)
        return known or self.listed.columns

    @property
    def grain(self) -> Grain:
        """The grain of the address where it makes a chart one can draw, else the one that suits the range."""
        return self.chosen_grain or grain_for(self.window)

    @property
    def chosen_grain(self) -> Grain | None:
        """The grain the address names, if it suits the range."""
        chosen = self.state.grain
        return chosen if chosen is not None and self.suits(chosen) else None

    def suits(self, grain: Grain) -> bool:
        """Whether a chart of ``grain`` has neither too many buckets nor less than one."""
        return 1 <= self.window.span / GRAIN_SPAN[grain] <= MOST_BUCKETS

    @property
    def leads(self) -> Leads:
        """Where numbers lead. The range is written out, so that the list shows the very messages that were counted."""
        shown = {"view": self.state.view} if self.path == "/explorer" else {}
        span = {"start": instant(self.window.start), "end": instant(self.window.end), "zone": self.state.zone}

        def address(path: str, **parts: str) -> str:
            defaults = _DEFAULTS[path]
            kept = span | (shown if path == self.path else {}) | parts
            return href(path) + replace(defaults, **kept).to_search(defaults)  # type: ignore[arg-type]  # all of these are texts

        return Leads(self.may_read, address)

    def same_page(self, **changes: Any) -> str:
        """The address of this page with parts of its state changed."""
        return href(self.path) + replace(self.state, **changes).to_search(self.defaults)

    def is_compared(self, coverage: Coverage) -> bool:
        """Whether the previous period is shown: there is enough of it and it is not switched off."""
        return self.state.compare and not compared_with(self.window, coverage)


def asked(sent: object, defaults: ViewState = DASHBOARD) -> Asked:
    """Read what the browser sent.

    Raises:
        PreventUpdate: It is no view.
    """
    view, known = read_view(sent, since=defaults.start), services()
    search = sent["search"] if isinstance(sent, dict) else ""
    state = ViewState.from_search(search, defaults)
    path = next(path for path, known_defaults in _DEFAULTS.items() if known_defaults is defaults)
    engine = known.engine.in_lane(Lane.DASHBOARD) if defaults is DASHBOARD else known.engine
    return Asked(path, state, defaults, view, engine, known.actor.may(Permission.MESSAGE_READ))


def instant(moment: datetime) -> str:
    """An instant as the address takes it: UTC, no finer than it is."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="auto" if plain.second or plain.microsecond else "minutes") + "Z"
