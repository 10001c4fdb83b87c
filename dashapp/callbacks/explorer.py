"""What the explorer does: it reads the query of the address and shows what matches."""

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._asked import Asked, asked
from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._rows import MOST_ROWS, cells, columns_read, sort_model, total_line
from dashapp.callbacks._volume import VolumeView, controls, draw_volume
from dashapp.data import grid
from dashapp.data.errors import FilterError
from dashapp.data.freshness import freshness
from dashapp.domain.headline import Coverage
from dashapp.figures.theme import blank
from dashapp.identity.permissions import Permission
from dashapp.ids import Explorer, Shell
from dashapp.query.errors import QueryError
from dashapp.query.printing import to_text
from dashapp.query.subjects import MESSAGES
from dashapp.query.urlstate import EXPLORER

callbacks = CallbackSet()

VIEW = Input(Shell.VIEW, "data")
LONGEST_NAME = 10_000
NO_CHART = "The query cannot be read"


@callbacks(
    Output(Explorer.TOTAL, "children"),
    Output(Explorer.ERROR, "children"),
    VIEW,
    permission=Permission.MESSAGE_READ,
)
def update_total(sent: object) -> tuple[Component | None, Component | None]:
    """Say how many rows match and how many of those are hidden, or what is wrong with the query."""
    ask = asked(sent, EXPLORER)
    try:
        count = grid.count(ask.engine, ask.node, ask.window, subject=ask.subject)
    except QueryError as error:
        return None, query_problem(error.message, error.pointed_at(ask.state.query))
    except FilterError as error:
        return None, query_problem(str(error), "")
    return total_line(count.matching, count.hidden, ask.subject), None


@callbacks(
    Output(Explorer.VOLUME, "figure"),
    Output(Explorer.VOLUME_BOX, "aria-label"),
    Output(Explorer.VOLUME_CONTROLS, "children"),
    Output(Explorer.VOLUME_LEGEND, "children"),
    Output(Explorer.VOLUME_TABLE, "children"),
    VIEW,
    permission=Permission.MESSAGE_READ,
)
def update_volume(sent: object) -> tuple[go.Figure, str, list[Component], Component | None, Component | None]:
    """Draw what matches over time."""
    ask = asked(sent, EXPLORER)
    state = freshness(ask.engine)
    compared = ask.is_compared(Coverage(state.data_from, state.data_until, state.has_verdicts))
    shown = VolumeView(
        ask,
        ask.subject.nouns.capitalize(),
        "",
        ask.listed.pivots,
        compared=compared,
        any_field=True,
        worked=True,
        base=ask.listed.node,
        subject=ask.subject,
    )
    try:
        return draw_volume(replace(shown, filter_text=to_text(ask.asking.terms)))
    except (QueryError, FilterError):
        return blank(NO_CHART), NO_CHART, controls(shown), None, None


@callbacks(
    Output(Explorer.ROWS, "data"),
    Output(Explorer.GRID_NOTE, "children"),
    Input(Explorer.GRID, "getRowsRequest"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def fetch_rows(request: object) -> tuple[dict[str, Any], str]:
    """Fetch the rows the grid scrolled to, marked with the question they answer."""
    if not isinstance(request, dict):
        raise PreventUpdate
    start, end = request.get("startRow"), request.get("endRow")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= start + MOST_ROWS:
        raise PreventUpdate
    context = request.get("context")
    context = context if isinstance(context, dict) else {}
    name = str(context.get("asked", ""))[:LONGEST_NAME]
    ask = asked(context["view"], EXPLORER) if context.get("view") else None
    model = sort_model(request.get("sortModel"), ask.subject if ask else MESSAGES)
    key = "\n".join([name, str(start), *(f"{field} {way}" for field, way in model)])
    if ask is None:  # the grid was ready before the address was read; it will ask again
        return {"key": key, "rowData": [], "rowCount": 0}, ""
    rows, reachable, note = _rows(ask, model, start, end)
    return {"key": key, "rowData": rows, "rowCount": reachable}, note


def _rows(ask: Asked, model: list[tuple[str, str]], start: int, end: int) -> tuple[list[dict[str, Any]], int, str]:
    """The rows, how many can be reached in this order, and a note when that is not all."""
    order = tuple((field, way == "desc") for field, way in model) or grid.NEWEST_FIRST
    try:
        node = ask.node
        count = grid.count(ask.engine, node, ask.window, subject=ask.subject).matching
        reachable = count if [field for field, _ in order] == ["Timestamp"] else min(count, grid.SORTED_ROWS)
        size = min(end, reachable) - start
        if size <= 0:
            return [], reachable, ""
        page = grid.page(
            ask.engine,
            node,
            ask.window,
            columns=columns_read(ask.columns, ask.subject),
            sort=order,
            offset=start,
            limit=size,
            subject=ask.subject,
        )
    except (QueryError, FilterError):
        return [], 0, ""
    nouns = ask.subject.nouns
    note = f"In this order the first {reachable:,} {nouns} can be reached; by date, all." if reachable < count else ""
    return cells(page, ask.zone, ask.subject), reachable, note


callbacks.clientside("showRows", VIEW)
callbacks.clientside(
    "takeRows",
    Output(Explorer.GRID, "getRowsResponse"),
    Input(Explorer.ROWS, "data"),
    State(Explorer.GRID, "getRowsRequest"),
)
callbacks.clientside("brush", Input(Explorer.VOLUME, "selectedData"), State(Explorer.VOLUME, "figure"))
callbacks.clientside("follow", Input(Explorer.VOLUME, "clickData"), State(Explorer.VOLUME, "figure"))


def query_problem(message: str, pointed: str) -> Component:
    """What is wrong with a query, with the place marked."""
    return html.Div([html.P(f"{message[:1].upper()}{message[1:]}."), html.Pre(pointed) if pointed else None])
