"""One message: in the explorer's flyout, and on its own page."""

from datetime import UTC
from typing import Any

from dash import Input, Output, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._message import (
    cell_window,
    explorer_at,
    find,
    instant_window,
    page_of,
    person,
    similar,
    story,
)
from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._view import View, read_view
from dashapp.components.card import empty_state
from dashapp.components.message_around import around_message
from dashapp.components.message_view import message_view
from dashapp.domain.message_address import id_in, split_name
from dashapp.domain.message_similar import span_around
from dashapp.domain.message_story import Story
from dashapp.domain.message_timeline import Row
from dashapp.identity.permissions import Permission
from dashapp.ids import Flyout, Message, Shell
from dashapp.query.urlstate import EXPLORER
from dashapp.query.window import Window
from dashapp.services import services

callbacks = CallbackSet()

WANTED = Input(Flyout.WANTED, "data")
VIEW = Input(Shell.VIEW, "data")
Place = tuple[str, str, Window | None, View]  # id, recipient, where to look first, the view


@callbacks(Output(Flyout.CONTENT, "children"), WANTED, permission=Permission.MESSAGE_READ, prevent_initial_call=True)
def show_flyout(wanted: object) -> Component:
    """Fill the flyout with the message the address names."""
    message_id, recipient, around, view = _of_flyout(wanted)
    found = story(services().engine, message_id, recipient, around)
    if found is None:
        return not_here()
    page = page_of(found.message, message_id, zone=view.parameters.get("tz", ""))
    return _shown(found, view, heading=html.H2, page=page)


@callbacks(Output(Flyout.AROUND, "children"), WANTED, permission=Permission.MESSAGE_READ, prevent_initial_call=True)
def show_flyout_around(wanted: object) -> Component | None:
    """Say who the recipient is and how many messages are like this one; it takes longer than the message itself."""
    return _around(*_of_flyout(wanted))


@callbacks(Output(Message.CONTENT, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_page(sent: object) -> Component:
    """Fill the page with the message of its address."""
    message_id, recipient, around, view = _of_page(sent)
    found = story(services().engine, message_id, recipient, around)
    return _shown(found, view, heading=html.H1) if found else not_here()


@callbacks(Output(Message.AROUND, "children"), VIEW, permission=Permission.MESSAGE_READ)
def show_page_around(sent: object) -> Component | None:
    """As ``show_flyout_around``."""
    return _around(*_of_page(sent))


callbacks.clientside(
    "openMessage",
    Output(Flyout.WANTED, "data"),
    VIEW,
    Input(Shell.URL, "search"),
)


def not_here() -> Component:
    """For a message that is not in the data, or not in what the viewer may see."""
    return empty_state(
        "This message is not here", "It is not in the data, or not among the messages you may see.", picture="empty"
    )


def _of_flyout(wanted: object) -> Place:
    sent: dict[str, Any] = wanted if isinstance(wanted, dict) else {}
    message_id, recipient = split_name(sent.get("message"))
    if not message_id:
        raise PreventUpdate
    view = read_view(sent.get("view"), since=EXPLORER.start)
    return message_id, recipient, cell_window(sent.get("shown"), view.zone) or view.window, view


def _of_page(sent: object) -> Place:
    view = read_view(sent)
    message_id = id_in(view.path)
    if not message_id:
        raise PreventUpdate
    recipient = view.parameters.get("recipient", "").strip().lower()
    return message_id, recipient, instant_window(view.parameters.get("at", "")), view


def _shown(found: Story, view: View, *, heading: type[Component], page: str = "") -> Component:
    window, zone = span_around(found.message["Timestamp"]), view.parameters.get("tz", "")
    message_id = found.message["NetworkMessageId"]

    def open_copy(copy: Row) -> str:
        return page_of(copy, message_id, zone=zone)

    def find_query(text: str) -> str:
        return explorer_at(text, window, zone)

    return message_view(found, zone=view.zone, find=find_query, open_copy=open_copy, heading=heading, page=page)


def _around(message_id: str, recipient: str, around: Window | None, view: View) -> Component | None:
    engine = services().engine.pinned()
    found = find(engine, message_id, recipient, around)
    if found is None:
        return None
    own, _copies = found
    window, zone = span_around(own["Timestamp"].astimezone(UTC)), view.parameters.get("tz", "")
    counts = [
        (likeness.name, count.matching, count.hidden, explorer_at(likeness.text, window, zone))
        for likeness, count in similar(engine, own)
    ]
    return around_message(person(engine, own), counts)
