"""What fills the page of one hunt."""

from dash import Input, Output, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._asked import instant
from dashapp.callbacks._leads import narrowed
from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._view import View, read_view
from dashapp.components.card import empty_state
from dashapp.components.hunt_table import hunt_table
from dashapp.components.links import href
from dashapp.components.message import page_head
from dashapp.components.query_addresses import explorer_address
from dashapp.data.hunts import HUNTS, MOST_ROWS, Hunt, answer
from dashapp.domain.ready_made import find_ready_made
from dashapp.identity.permissions import Permission
from dashapp.ids import Hunts, Shell
from dashapp.query.urlstate import EXPLORER, ViewState
from dashapp.services import services

callbacks = CallbackSet()

VIEW = Input(Shell.VIEW, "data")


@callbacks(Output(Hunts.HEAD, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_head(sent: object) -> Component:
    """Say which question it is and what it is good for."""
    one = find_ready_made(read_view(sent).parameters.get("view", ""))
    back = dcc.Link("All ready-made queries", href=href("/trackers", tab="ready"), className="tb-button")
    if one is None or not one.is_hunt:
        return page_head("Hunt", "There is no hunt of that name.", back)
    return page_head(one.name, one.purpose, back)


@callbacks(Output(Hunts.ANSWER, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_answer(sent: object) -> Component:
    """Answer the question over the range of the address."""
    view = read_view(sent)
    if view.path != "/hunts":
        raise PreventUpdate
    slug = view.parameters.get("view", "")
    if slug not in HUNTS:
        return empty_state("Nothing to answer", "Choose a question from the ready-made ones.")
    frame = answer(services().engine, slug, view.window, view.zone)
    if frame.empty:
        return empty_state("Nothing found", "In this time range no message is what this hunt looks for.")
    found = HUNTS[slug]
    note = f"The first {MOST_ROWS:,} are shown." if len(frame) == MOST_ROWS else ""
    return hunt_table(frame, view.zone, lambda column, value: _lead(found, view, column, value), note=note)


def _lead(hunt: Hunt, view: View, column: str, value: str) -> str:
    """The messages that have ``value``, in the range of the page; empty where a column leads nowhere."""
    field = hunt.leads.get(column)
    if field is None or value == "(none)":
        return ""
    among = "" if column == "message" else hunt.filter_text
    start, end = instant(view.window.start), instant(view.window.end)
    query = narrowed(among, field, value)
    return explorer_address(
        ViewState(view=EXPLORER.view, query=query, start=start, end=end, by=EXPLORER.by, sort=EXPLORER.sort)
    )
