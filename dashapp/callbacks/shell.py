"""What happens in the frame: which page is shown, what the header says, the theme, the time range."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._view import View, read_view
from dashapp.components.icon import icon
from dashapp.components.message import not_allowed, not_found
from dashapp.components.query_addresses import explorer_search
from dashapp.data.lake import Snapshot
from dashapp.domain.numbers import age, moment, whole
from dashapp.domain.ranges import range_name, range_span
from dashapp.identity.accounts import THEMES
from dashapp.identity.permissions import Permission
from dashapp.identity.web import current_guard
from dashapp.ids import Shell
from dashapp.query.errors import QueryError
from dashapp.query.limits import MOST_PASTED_CHARACTERS
from dashapp.query.pasted import query_for
from dashapp.query.views import VIEWS, find_view
from dashapp.query.window import RangeError, read_window
from dashapp.services import services

LATE_AFTER = timedelta(hours=2)
LONGEST_TEXT = 64
MESSAGES = "EmailEvents"
ROWS_OF = {view.slug: view.subject.name for view in VIEWS}

callbacks = CallbackSet()


@callbacks(
    Output(Shell.PAGE, "children"),
    Output(Shell.SHOWN, "data"),
    Input(Shell.URL, "pathname"),
    Input(Shell.RELAID, "data"),
    State(Shell.URL, "search"),
    permission=Permission.APP_OPEN,
    prevent_initial_call=True,  # the first page comes in the frame, or the browser's address is news to the frame
)
def open_page(
    pathname: str | None, _relaid: object = None, search: str | None = None
) -> tuple[Component, dict[str, Any]]:
    """Lay out the page at ``pathname``; runs when the path changes, never when only the query string does.

    But for one thing: rows of another kind have another layout. ``assets/js/shell.js`` then asks for it.
    """
    if not isinstance(pathname, str):
        raise PreventUpdate
    actor, prefix = services().actor, services().settings.url_prefix.rstrip("/")
    path = "/" + pathname.removeprefix(prefix).strip("/")
    page = services().page_at(path)
    if page is None:
        return not_found(), {"path": path, "title": "Not found", "timed": False}
    shown = {"path": path, "title": page.name, "timed": page.timed, "since": page.since}
    if not actor.may(page.permission):
        return not_allowed(page.name), shown | {"timed": False}
    query: dict[str, str] = {}
    for name, value in parse_qsl((search if isinstance(search, str) else "").removeprefix("?")):
        query.setdefault(name, value)
    if path == "/explorer":
        shown |= {"rows": find_view(query.get("view", "")).subject.name, "rowsOf": ROWS_OF}
        if own := default_search():
            shown["opens"] = own
    return page.layout_for(actor, query), shown


@callbacks(
    Output(Shell.RANGE_LABEL, "children"),
    Output(Shell.FRESHNESS, "children"),
    Output(Shell.NO_DATA, "children"),
    Input(Shell.VIEW, "data"),
    Input(Shell.TICK, "n_intervals"),
    permission=Permission.APP_OPEN,
    polling=True,
)
def update_status(sent: object, _ticks: int | None) -> tuple[Component, Component, Component | None]:
    """Say which range is shown and how fresh the data is; offer the way to the data if the range has none."""
    view, state = read_view(sent), data_state(services().lake.snapshot())
    line = freshness_line(state, now=datetime.now(UTC), zone=view.zone)
    page = services().page_at(view.path)
    return range_label(view), line, range_notice(view, state) if page and page.timed else None


@callbacks(
    Output(Shell.RANGE_FROM, "value"),
    Output(Shell.RANGE_TO, "value"),
    Output(Shell.RANGE_ZONE, "value"),
    Input(Shell.VIEW, "data"),
    permission=Permission.APP_OPEN,
)
def fill_range(sent: object) -> tuple[str, str, str]:
    """Show the range of the address in the control's fields."""
    view = read_view(sent)
    return view.since, view.until, view.zone


@callbacks(
    Output(Shell.RANGE_CHECKED, "data"),
    Output(Shell.RANGE_ERROR, "children"),
    Input(Shell.RANGE_APPLY, "n_clicks"),
    State(Shell.RANGE_FROM, "value"),
    State(Shell.RANGE_TO, "value"),
    State(Shell.RANGE_ZONE, "value"),
    permission=Permission.APP_OPEN,
    prevent_initial_call=True,
)
def check_range(clicks: int | None, start: object, end: object, zone: object) -> tuple[Any, str]:
    """Read what was typed; the browser puts it into the address if it can be read."""
    if not clicks:
        raise PreventUpdate
    texts = [str(text or "").strip()[:LONGEST_TEXT] for text in (start, end, zone)]
    try:
        read_window(texts[0], texts[1], now=datetime.now(UTC), zone=texts[2])
    except RangeError as error:
        return no_update, str(error)
    own = services().actor.time_zone
    return {"from": texts[0], "to": texts[1], "tz": None if texts[2] == own else texts[2]}, ""


@callbacks(
    Output(Shell.THEME_SAVED, "data"),
    Input(Shell.THEME_WANTED, "data"),
    permission=Permission.APP_OPEN,
    prevent_initial_call=True,
)
def save_theme(wanted: object) -> str:
    """Remember the theme for next time; a wall screen has no account to remember it in."""
    actor = services().actor
    if wanted not in THEMES or not actor.may(Permission.ACCOUNT_OWN):
        raise PreventUpdate
    current_guard().accounts.set_theme(actor, str(wanted))
    return str(wanted)


@callbacks(
    Output(Shell.SEARCH_FOUND, "data"),
    Input(Shell.SEARCH, "n_submit"),
    State(Shell.SEARCH, "value"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def find_query(submitted: int | None, text: object) -> dict[str, str]:
    """Turn what was typed or pasted into a query; the browser opens the explorer with it."""
    if not submitted or not isinstance(text, str) or not text.strip():
        raise PreventUpdate
    query = query_for(text[:MOST_PASTED_CHARACTERS])
    with suppress(QueryError):  # the explorer says what is wrong with a query as it stands
        query = services().kept_lists.shortened(services().actor, query)
    return {"q": query}


callbacks.clientside(
    "openFound",
    Output(Shell.SEARCH, "value"),
    Input(Shell.SEARCH_FOUND, "data"),
    prevent_initial_call=True,
)
callbacks.clientside(
    "view",
    Output(Shell.VIEW, "data"),
    Input(Shell.SHOWN, "data"),
    Input(Shell.URL, "search"),
    Input(Shell.REFRESH, "data"),
    State(Shell.URL, "pathname"),
    State(Shell.VIEW, "data"),
)
callbacks.clientside("arrive", Output(Shell.ARRIVED, "data"), Input(Shell.SHOWN, "data"))
callbacks.clientside(
    "navigation",
    Output(Shell.APP, "navbar"),
    Output(Shell.BURGER, "opened"),
    Input(Shell.BURGER, "opened"),
    Input(Shell.SHOWN, "data"),
    State(Shell.APP, "navbar"),
    prevent_initial_call=True,
)
callbacks.clientside(
    "theme",
    Output(Shell.THEME_WANTED, "data"),
    Output(Shell.PROVIDER, "forceColorScheme"),
    Input(Shell.THEME, "n_clicks"),
    prevent_initial_call=True,
)
callbacks.clientside(
    "zones",
    Output(Shell.RANGE_ZONE, "data"),
    Input(Shell.RANGE_POPOVER, "opened"),
    State(Shell.RANGE_ZONE, "value"),
    prevent_initial_call=True,
)
callbacks.clientside(
    "applyRange",
    Output(Shell.RANGE_POPOVER, "opened"),
    Input(Shell.RANGE_CHECKED, "data"),
    prevent_initial_call=True,
)


def default_search() -> str:
    """What stands behind the explorer's bare address for whoever asks; empty when they have chosen nothing."""
    found = services().saved_queries.default_of(services().actor)
    return explorer_search(found.state) if found else ""


@dataclass(frozen=True)
class DataState:
    """What the lake holds: rows of messages, their first and last instant (None without any), the last ingest."""

    rows: int
    first: datetime | None
    last: datetime | None
    ingested: datetime | None


def data_state(snapshot: Snapshot) -> DataState:
    """The state of ``snapshot``."""
    first, last = snapshot.time_range(MESSAGES) or (None, None)
    return DataState(snapshot.rows(MESSAGES), first, last, snapshot.ingested_at)


def range_label(view: View) -> Component:
    """The range's name and what it resolves to; the browser's shortcuts read the instants."""
    told = {"data-from": view.window.start.isoformat(), "data-to": view.window.end.isoformat()}
    span = range_span(view.window, view.zone)
    return html.Span(
        [range_name(view.since, view.until), html.Span(span, className="tb-range-span")],
        className="tb-range-words",
        title=span,
        **told,
    )


def freshness_line(state: DataState, *, now: datetime, zone: str) -> Component:
    """How old the newest message is, red when it is late."""
    if state.last is None:
        return html.Span("No data yet", className="tb-fresh tb-fresh-none")
    today = state.last.date() == now.date()
    until = moment(state.last, zone).rpartition(", ")[2] if today else moment(state.last, zone)
    old = age(max(now - state.last, timedelta()))
    late = now - state.last > LATE_AFTER
    ingested = f"Last ingest {moment(state.ingested, zone)}. " if state.ingested else ""
    return html.Span(
        [
            html.Span(f"Data until {until} ({old})", className="tb-only-wide"),
            html.Span(old, className="tb-only-narrow"),
        ],
        className="tb-fresh tb-fresh-late" if late else "tb-fresh",
        title=f"{'The data is late. ' if late else ''}{ingested}{whole(state.rows)} messages.",
    )


def range_notice(view: View, state: DataState) -> Component | None:
    """A strip that says why nothing is shown, and leads to where the data is; None if the range has data."""
    if view.problem:
        return _strip("alert", f"The time range of this address was not used: {view.problem}.")
    if state.first is None or state.last is None:
        return _strip("info", "There is no data yet. Load some with python -m dashapp ingest PATH.")
    if state.first < view.window.end and state.last >= view.window.start:
        return None
    first, last = moment(state.first, view.zone), moment(state.last, view.zone)
    span = min(view.window.span, state.last - state.first + timedelta(minutes=1))
    end = state.last.replace(second=0, microsecond=0) + timedelta(minutes=1)
    changed = view.parameters | {"from": _address(end - span), "to": _address(end)}
    jump = dcc.Link("Jump to the data", href=f"?{urlencode(changed)}", className="tb-button")
    return _strip("calendar", f"No messages in this time range. The data runs from {first} to {last}.", jump)


def _address(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def _strip(picture: str, text: str, *actions: Component) -> Component:
    return html.Div([icon(picture), html.Span(text), *actions], className="tb-strip", role="status")
