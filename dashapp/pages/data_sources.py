"""Data sources: what is loaded, and whose data and work the numbers rest on."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card, grid
from dashapp.components.message import page_head
from dashapp.identity.permissions import Permission
from dashapp.ids import Sources
from dashapp.pages._page import Page

LEAD = "What is loaded here, and the data of others that gives it country, network and kind of provider."


def layout(**_query: str) -> Component:
    """Lay out the page; its two lists are filled on their own."""
    return html.Div(
        [
            page_head("Data sources", LEAD),
            grid(
                [
                    card(
                        html.Div(id=Sources.TABLES),
                        title="Loaded tables",
                        definition="Rows in each table of the data, with the first and last time in it.",
                        waiting="rows",
                        least_height=200,
                    ),
                    card(
                        html.Div(id=Sources.CREDITS),
                        title="Credits",
                        definition="Tables built into this installation, and how their licences ask to be named.",
                        waiting="rows",
                        least_height=120,
                    ),
                ]
            ),
        ]
    )


PAGE = Page("Data sources", "/data-sources", "sources", Permission.DASHBOARD_READ, layout, timed=False, key="s")
