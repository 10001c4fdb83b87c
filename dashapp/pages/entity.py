"""The page about one thing: what is on it. What fills it is in ``dashapp.callbacks.entity``."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.entity_panel import entity_body
from dashapp.identity.permissions import Permission
from dashapp.ids import EntityPage
from dashapp.pages._page import Page
from dashapp.query.entities import EntityKind

PATH = "/entity"


def layout(**_query: str) -> Component:
    """Lay out the page; which thing it shows is in the address."""
    body = entity_body(EntityPage.HEAD, EntityPage.MAIN, EntityPage.REST)
    return html.Div(card(body, title="Details", waiting="rows", least_height=420), className="tb-message-whole")


PAGE = Page(
    "Details",
    PATH,
    "search",
    Permission.MESSAGE_READ,
    layout,
    navigable=False,
    timed=False,
    below=lambda name: name in set(EntityKind),
)
