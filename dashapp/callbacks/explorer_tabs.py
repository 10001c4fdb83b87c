"""What fills the explorer's tabs: rankings, clicks, and where messages came from.

Each tab listens to a view of its own, which ``assets/js/tabs.js`` sets while the tab is open: no other asks anything.
"""

from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks import _clicks, _origin
from dashapp.callbacks._asked import Asked, asked, instant
from dashapp.callbacks._drill import Drill
from dashapp.callbacks._rankings import Ranking, rankings_of, table
from dashapp.callbacks._registry import CallbackSet
from dashapp.components.card import empty_state
from dashapp.components.explorer_tabs import TABLES, VIEWS
from dashapp.components.icon import icon
from dashapp.components.links import href
from dashapp.data import clicks
from dashapp.data.errors import FilterError
from dashapp.data.freshness import freshness
from dashapp.data.origins import origins
from dashapp.domain.headline import Coverage, compared_with
from dashapp.figures.theme import blank
from dashapp.identity.permissions import Permission
from dashapp.ids import Shell, Tabs
from dashapp.query.errors import QueryError
from dashapp.query.subjects import MESSAGES
from dashapp.query.tabs import Tab, TabState, read_tab
from dashapp.query.urlstate import EXPLORER

callbacks = CallbackSet()

UNREAD = "The query cannot be read"
NO_SUCH_DATA = {
    "EmailUrlInfo": "No links of messages are loaded.",
    "UrlClickEvents": "No click data are loaded.",
}
_NEEDED = {Tab.TOP_URLS: "EmailUrlInfo", Tab.TOP_CLICKS: "UrlClickEvents", Tab.URL_CLICKS: "UrlClickEvents"}


def _fill(tab: Tab) -> Callable[[object], Component]:
    def update_ranking(sent: object) -> Component:
        """Show who or what leads among the messages that match."""
        ask = asked(sent, EXPLORER)
        state = replace(read_tab(ask.state.tab), tab=tab)
        shown = rankings_of(ask.subject).get(tab)
        if shown is None:
            raise PreventUpdate
        try:
            return _ranked(ask, state, shown)
        except (QueryError, FilterError):
            return html.P(f"{UNREAD}.", className="tb-none")

    return update_ranking


for _tab, _content in TABLES.items():
    callbacks(
        Output(_content, "children"),
        Input(VIEWS[_tab], "data"),
        permission=Permission.MESSAGE_READ,
        prevent_initial_call=True,
    )(_fill(_tab))


def _ranked(ask: Asked, state: TabState, shown: Ranking) -> Component:
    frame = shown.frame(ask, state)
    if frame.empty:
        return _nothing(ask, state.tab, shown.none)
    known = freshness(ask.engine)
    coverage = Coverage(known.data_from, known.data_until, known.has_verdicts)
    compared = shown.compared and not compared_with(ask.window, coverage)
    made = table(shown, frame, ask, state, compared=compared)
    words = f"All {len(frame):,}" if len(frame) < state.rows else f"The first {len(frame):,}"
    said = html.P(words, className="tb-detail-said")
    return html.Div([html.Div([said, csv_link(ask)], className="tb-detail-tools"), made])


def _nothing(ask: Asked, tab: Tab, none: str) -> Component:
    """That there is nothing, and why: no such data, no verdicts, or simply nothing that matches."""
    known = freshness(ask.engine)
    needed = _NEEDED.get(tab, "EmailEvents") if ask.subject is MESSAGES else ask.subject.table
    if not known.tables.get(needed):
        return empty_state(none, NO_SUCH_DATA.get(needed, "No mail is loaded."))
    if tab in {Tab.TARGETED, Tab.FAMILIES} and ask.subject is MESSAGES and not known.has_verdicts:
        return empty_state(none, "No verdicts in this data: nobody told attacks from other mail.")
    return empty_state(none, "Choose a longer time range, or take terms out of the query.")


def _of_messages(sent: object) -> Asked:
    """The view, of messages.

    Raises:
        PreventUpdate: It lists other rows; the tab is not one of its own.
    """
    ask = asked(sent, EXPLORER)
    if ask.subject is not MESSAGES:
        raise PreventUpdate
    return ask


def csv_link(ask: Asked) -> Component:
    """The open tab's table as a file, over the very range that was shown."""
    start, end = instant(ask.window.start), instant(ask.window.end)
    search = replace(ask.state, message="", start=start, end=end).to_search(EXPLORER)
    return html.A(
        [icon("download", size=15), "CSV"],
        href=href("/explorer-table.csv") + search,
        download="",
        className="tb-button",
    )


@callbacks(
    Output(Tabs.CLICKS, "figure"),
    Output(Tabs.CLICKS_BOX, "aria-label"),
    Output(Tabs.CLICKS_CONTROLS, "children"),
    Output(Tabs.CLICKS_LEGEND, "children"),
    Output(Tabs.CLICKS_TABLE, "children"),
    Input(Tabs.CLICKS_VIEW, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def update_clicks(sent: object) -> _clicks.Drawn:
    """Draw the clicks on the messages that match over time."""
    ask = _of_messages(sent)
    state = replace(read_tab(ask.state.tab), tab=Tab.URL_CLICKS)
    try:
        return _clicks.draw_clicks(ask, state)
    except (QueryError, FilterError):
        return blank(UNREAD), UNREAD, _clicks.controls(ask, state), None, None


@callbacks(
    Output(Tabs.LATEST, "children"),
    Input(Tabs.CLICKS_VIEW, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def update_latest(sent: object) -> Component:
    """List the latest clicks on the messages that match."""
    ask = _of_messages(sent)
    try:
        node = ask.node
        frame = clicks.latest_clicks(ask.engine, node, ask.window, limit=read_tab(ask.state.tab).rows)
        if frame.empty:
            return _nothing(ask, Tab.URL_CLICKS, "No clicks on links in the messages that match")
        return _clicks.latest(ask, frame, clicks.click_totals(ask.engine, node, ask.window), more=csv_link(ask))
    except (QueryError, FilterError):
        return html.P(f"{UNREAD}.", className="tb-none")


@callbacks(
    Output(Tabs.ORIGIN, "figure"),
    Output(Tabs.ORIGIN_BOX, "aria-label"),
    Output(Tabs.ORIGIN_LIST, "children"),
    Input(Tabs.ORIGIN_VIEW, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def update_origin(sent: object) -> tuple[go.Figure, str, Component]:
    """Draw where the messages that match were sent from, and list it."""
    ask = _of_messages(sent)
    try:
        counts = origins(ask.engine, ask.node, ask.window)
        figure, said, listed = _origin.draw_origin(counts, Drill(ask))
    except (QueryError, FilterError):
        return blank(UNREAD), UNREAD, html.P(f"{UNREAD}.", className="tb-none")
    return figure, said, html.Div([html.Div(csv_link(ask), className="tb-detail-tools"), listed])


callbacks.clientside("showTab", *(Output(store, "data") for store in VIEWS.values()), Input(Shell.VIEW, "data"))
callbacks.clientside("tabRows", Output(Tabs.ROWS, "value"), Input(Shell.VIEW, "data"))
callbacks.clientside("chooseRows", Input(Tabs.ROWS, "value"))
callbacks.clientside("brush", Input(Tabs.CLICKS, "selectedData"), State(Tabs.CLICKS, "figure"))
callbacks.clientside("openCountry", Input(Tabs.ORIGIN, "clickData"), State(Tabs.ORIGIN, "figure"))
