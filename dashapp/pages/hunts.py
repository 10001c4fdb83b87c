"""One hunt: a ready-made question that is answered by a table. Which one is in the address (``view=``)."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card, grid
from dashapp.identity.permissions import Permission
from dashapp.ids import Hunts
from dashapp.pages._page import Page


def layout(**_query: str) -> Component:
    """Lay out the page; its heading and its table are filled on their own."""
    return html.Div(
        [
            html.Div(id=Hunts.HEAD),
            grid([card(html.Div(id=Hunts.ANSWER), title="Answer", waiting="rows", least_height=240)]),
        ],
        className="tb-hunt",
    )


PAGE = Page("Hunt", "/hunts", "target", Permission.MESSAGE_READ, layout, navigable=False)
"""Not in the navigation: the page of saved queries and the explorer's menu lead here."""
