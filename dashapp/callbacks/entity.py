"""The panel about a user, domain, address, link or file, and its page."""

from typing import Any

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._entity import PATH, Study, entity_page, main_sections, rest_sections
from dashapp.callbacks._message import rows_of
from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._view import View, read_view
from dashapp.components.card import empty_state
from dashapp.components.entity_view import entity_head
from dashapp.data import entity_events, prevalence
from dashapp.identity.permissions import Permission
from dashapp.ids import EntityPage, EntityPanel, Shell
from dashapp.query.entities import Entity, EntityKind, entity_of, read_entity
from dashapp.query.urlstate import EXPLORER
from dashapp.services import services

callbacks = CallbackSet()

WANTED = Input(EntityPanel.WANTED, "data")
VIEW = Input(Shell.VIEW, "data")
Place = tuple[Entity | None, View]


@callbacks(Output(EntityPanel.HEAD, "children"), WANTED, permission=Permission.MESSAGE_READ, prevent_initial_call=True)
def show_panel_head(wanted: object) -> Component:
    """Say what the thing is that the address names; nothing has to be counted for that."""
    entity, view = _of_panel(wanted)
    page = entity_page(entity, view.parameters.get("tz", "")) if entity else ""
    return _head(entity, view, heading=html.H2, page=page)


@callbacks(Output(EntityPanel.MAIN, "children"), WANTED, permission=Permission.MESSAGE_READ, prevent_initial_call=True)
def show_panel_main(wanted: object) -> Component:
    """Say how often it takes part in mail."""
    return _main(*_of_panel(wanted))


@callbacks(Output(EntityPanel.REST, "children"), WANTED, permission=Permission.MESSAGE_READ, prevent_initial_call=True)
def show_panel_rest(wanted: object) -> Component:
    """Say what comes with it and what else happened; it takes longer."""
    return _rest(*_of_panel(wanted))


@callbacks(Output(EntityPage.HEAD, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_page_head(sent: object) -> Component:
    """As ``show_panel_head``."""
    return _head(*_of_page(sent), heading=html.H1)


@callbacks(Output(EntityPage.MAIN, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_page_main(sent: object) -> Component:
    """As ``show_panel_main``."""
    return _main(*_of_page(sent))


@callbacks(Output(EntityPage.REST, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_page_rest(sent: object) -> Component:
    """As ``show_panel_rest``."""
    return _rest(*_of_page(sent))


callbacks.clientside(
    "openEntity",
    Output(EntityPanel.WANTED, "data"),
    VIEW,
    Input(Shell.URL, "search"),
)
callbacks.clientside("follow", Input(EntityPanel.CHART, "clickData"), State(EntityPanel.CHART, "figure"))


def _of_panel(wanted: object) -> Place:
    sent: dict[str, Any] = wanted if isinstance(wanted, dict) else {}
    if not isinstance(sent.get("entity"), str):
        raise PreventUpdate
    return read_entity(sent["entity"]), read_view(sent.get("view"), since=EXPLORER.start)


def _of_page(sent: object) -> Place:
    view = read_view(sent)
    head, _, kind = view.path.rpartition("/")
    if head != PATH:
        raise PreventUpdate
    return entity_of(kind, view.parameters.get("value", "")), view


def _head(entity: Entity | None, view: View, *, heading: type[Component], page: str = "") -> Component:
    if entity is None:
        text = "The address names no user, domain, IP address, link or file. It may have been cut short."
        return empty_state("There is nothing like this", text, picture="empty")
    person = None
    if entity.kind is EntityKind.USER:
        found = rows_of(entity_events.directory(services().engine, entity.value))
        person = found[0] if found else None
    return entity_head(entity, person, zone=view.zone, heading=heading, page=page)


def _main(entity: Entity | None, view: View) -> Component:
    study = _study(entity, view)
    if study is None:
        return html.Div(html.P("" if entity is None else "There is no mail yet.", className="tb-none"))
    return html.Div(main_sections(study), className="tb-message")


def _rest(entity: Entity | None, view: View) -> Component:
    study = _study(entity, view)
    return html.Div(rest_sections(study) if study else html.P(""), className="tb-message")


def _study(entity: Entity | None, view: View) -> Study | None:
    engine = services().engine.pinned()
    window = prevalence.whole_time(engine)
    if entity is None or window is None:
        return None
    return Study(engine, entity, window, view.zone, view.parameters.get("tz", ""))
