"""The page of one message: what is on it. What fills it is in ``dashapp.callbacks.message``."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.entity_panel import entity_panel
from dashapp.domain.message_address import PATH, is_plain_id
from dashapp.identity.permissions import Permission
from dashapp.ids import Message
from dashapp.pages._page import Page


def layout(**_query: str) -> Component:
    """Lay out the page; which message it shows is in the address."""
    body = [html.Div(id=Message.CONTENT), html.Div(id=Message.AROUND)]
    whole = card(body, title="Message", waiting="rows", least_height=420)
    return html.Div([whole, entity_panel()], className="tb-message-whole")


PAGE = Page("Message", PATH, "mail", Permission.MESSAGE_READ, layout, navigable=False, timed=False, below=is_plain_id)
