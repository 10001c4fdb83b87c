"""Queries people keep: what one holds, what may be written in it, and who may see and change it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dashapp.domain.tracking import Tracker
from dashapp.identity.permissions import ROLE_PERMISSIONS, Actor, Permission, Role
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.urlstate import EXPLORER, LONGEST_SEARCH, ViewState
from dashapp.query.views import known_view
from dashapp.query.window import RangeError

LONGEST_NAME = 120
MOST_QUERIES = 200
MOST_TRACKED = 20
MOST_THRESHOLD = 1_000_000_000

SHARED_WITH = tuple(role for role in Role if Permission.QUERY_SAVE in ROLE_PERMISSIONS[role])
"""Roles a query can be shared with: those whose people can open it."""

_ANY_NOW = datetime(2026, 1, 1, tzinfo=UTC)
# No state equals this one in these parts, so they are always written out: a default may change in the years that a
# saved query lives, the query must not.
_NO_DEFAULTS = ViewState(view="-", start="-", end="-", by="-", sort=(("-", False),))


class SavedQueryError(ValueError):
    """What was asked for is not possible; the message says why, to the person who asked."""


class NoSuchQueryError(SavedQueryError):
    """There is no such query, or it is none of the asker's business; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("There is no such saved query.")


class ChangedQueryError(SavedQueryError):
    """The query is not any more what the asker saw when they began to change it."""

    def __init__(self) -> None:
        super().__init__("It was changed meanwhile, in another window or by someone else. Close this and begin anew.")


@dataclass(frozen=True)
class Draft:
    """What a person wants to keep.

    Attributes:
        name: As typed.
        state: What the explorer shows.
        shared: The role whose people see it too; None: nobody else.
        tracked: It is run again and again, and counted by day.
        threshold: Messages of one day from which on an alert is raised; None: never.
    """

    name: str
    state: ViewState
    shared: Role | None = None
    tracked: bool = False
    threshold: int | None = None


@dataclass(frozen=True)
class SavedQuery:
    """One saved query.

    Attributes:
        owner_id: Whose it is.
        author: Their name.
        search: The explorer's address, every part that has a default written out.
        shared: The role whose people see it too; None: nobody else.
        last_run: When somebody last opened it; None: never.
        version: Goes up with each change of what it holds.
        tracker: How it is tracked; None: it is not.
        is_default: The explorer of who asked opens with it.
    """

    id: str
    owner_id: str
    author: str
    name: str
    search: str
    shared: Role | None
    created: datetime
    updated: datetime
    last_run: datetime | None
    version: int
    tracker: Tracker | None = None
    is_default: bool = False

    @property
    def state(self) -> ViewState:
        """What the explorer shows with it."""
        return read_search(self.search)

    def asks_as(self, state: ViewState) -> bool:
        """Whether ``state`` asks for the same messages, of whatever time."""
        return (self.state.view, self.state.query) == (state.view, state.query)


def may_see(actor: Actor, query: SavedQuery) -> bool:
    """Whether ``query`` exists for ``actor``: it is theirs, shared with a role of theirs, or theirs to look after."""
    if query.owner_id == actor.user_id:
        return True
    return query.shared is not None and (query.shared in actor.roles or actor.may(Permission.QUERY_SHARE))


def may_change(actor: Actor, query: SavedQuery) -> bool:
    """Whether ``actor`` may edit or delete ``query``: their own, or a shared one if they may share."""
    if query.owner_id == actor.user_id:
        return True
    return query.shared is not None and actor.may(Permission.QUERY_SHARE)


def checked(draft: Draft) -> Draft:
    """``draft`` as it may be stored.

    Raises:
        SavedQueryError: The name is empty or too long, or something of the query cannot be read.
    """
    name = " ".join(draft.name.split())
    if not name:
        raise SavedQueryError("Give the query a name.")
    if len(name) > LONGEST_NAME:
        raise SavedQueryError(f"A name has at most {LONGEST_NAME} letters.")
    if draft.shared is not None and draft.shared not in SHARED_WITH:
        raise SavedQueryError("Nobody with that role could open the query.")
    if draft.threshold is not None and not 1 <= draft.threshold <= MOST_THRESHOLD:
        raise SavedQueryError(f"A threshold is a number from 1 to {MOST_THRESHOLD:,}.")
    if draft.tracked and known_view(draft.state.view) is None:
        raise SavedQueryError("Only queries of the explorer's own views can be tracked.")
    return replace(draft, name=name, state=_checked_state(draft.state))


def _checked_state(state: ViewState) -> ViewState:
    state = replace(state, message="", problems=())
    if len(write_search(state)) > LONGEST_SEARCH:
        raise SavedQueryError("This view is too long to be kept.")
    for text in (state.query, state.disabled):
        try:
            parse(text)
        except QueryError as error:
            raise SavedQueryError(f"The query cannot be read: {error.message}.") from error
    try:
        state.window(now=_ANY_NOW)
    except RangeError as error:
        raise SavedQueryError(f"The time range cannot be read: {error}.") from error
    return state


def write_search(state: ViewState) -> str:
    """The text a query is stored as: the explorer's address with every part that has a default written out."""
    return state.to_search(_NO_DEFAULTS)


def read_search(search: str) -> ViewState:
    """What ``write_search`` wrote; what a later version does not know any more is what the explorer usually shows."""
    return ViewState.from_search(search, EXPLORER)


def in_order(queries: Iterable[SavedQuery], actor: Actor) -> list[SavedQuery]:
    """One's own first, then those of others, each by name."""
    return sorted(queries, key=lambda query: (query.owner_id != actor.user_id, query.name.casefold(), query.id))
