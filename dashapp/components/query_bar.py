"""The query bar: where a query is typed, what may be typed next, what is wrong with it, and its terms as pills."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Explorer

EXAMPLE = "Search: PrimaryThreat:Phish sender:*@example.com, or paste an address, link or hash"


def query_bar() -> Component:
    """An empty bar; the browser fills it from the address (``assets/js/querybar.js``)."""
    said: Any = {"aria-label": "Query", "aria-describedby": Explorer.ERROR, "data-search": "true"}
    text = dmc.Textarea(
        id=Explorer.QUERY,
        placeholder=EXAMPLE,
        autosize=True,
        minRows=1,
        maxRows=6,
        spellCheck=False,
        autoComplete="off",
        **said,
    )
    return html.Div(
        [
            html.Div([text, html.Div(id=Explorer.SUGGESTIONS)], className="tb-query-text"),
            html.Button("Search", id=Explorer.RUN, className="tb-button tb-button-main", type="button"),
            html.Div(id=Explorer.ERROR, className="tb-query-error", role="alert"),
            html.Div(id=Explorer.PILLS, className="tb-query-pills"),
            *(dcc.Store(id=name) for name in (Explorer.TYPED, Explorer.SUGGESTED, Explorer.NARROW, Explorer.NARROWED)),
        ],
        className="tb-query",
    )
