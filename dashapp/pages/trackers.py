"""Saved queries: one's own and those shared, what is tracked, the ready-made ones, and the alerts of tracked ones."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card, grid
from dashapp.components.message import page_head
from dashapp.identity.permissions import Permission
from dashapp.ids import Shell, Trackers
from dashapp.pages._page import Page

LEAD = "Queries to come back to, those that are counted every day, and ready-made ones to start from."


def layout(**_query: str) -> Component:
    """Lay out the page; which list is shown is in the address."""
    return html.Div(
        [
            page_head("Saved queries", LEAD),
            html.Div(id=Trackers.ALERTS),
            html.Div(id=Trackers.TABS),
            grid([card(html.Div(id=Trackers.LIST), title="Queries", waiting="rows", least_height=240)]),
        ],
        className="tb-trackers",
    )


PAGE = Page(
    "Saved queries",
    "/trackers",
    "flag",
    Permission.QUERY_SAVE,
    layout,
    timed=False,
    key="q",
    badge=Shell.ALERTS,
)
