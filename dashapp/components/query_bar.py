"""The query bar: where a query is typed, what may be typed next, what is wrong with it, and its terms as pills."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.components.saved_button import saved_button
from dashapp.ids import Builder, Explorer
from dashapp.query.subjects import MESSAGES, Subject

EXAMPLES = {
    "messages": "Search: PrimaryThreat:Phish sender:*@example.com, or paste an address, link or hash",
    "clicks": "Search: ClickVerdict:Allowed UrlDomain:*.example.com, or paste an address or a link",
    "reports": "Search: SubmissionVerdict:Phish sender:*@example.com, or paste an address",
    "files": "Search: Workload:Teams FileName:invoice, or paste a name or a hash",
}
STORES = (
    *(Explorer.TYPED, Explorer.SUGGESTED, Explorer.NARROW, Explorer.NARROWED),
    *(Builder.ASKED, Builder.TOLD, Builder.VALUES_WANTED, Builder.VALUES, Builder.RUN, Builder.RAN),
)


def query_bar(subject: Subject = MESSAGES) -> Component:
    """An empty bar for rows of ``subject``; the browser fills it from the address (``assets/js/querybar.js``)."""
    said: Any = {
        "aria-label": "Query",
        "aria-describedby": f"{Builder.PROBLEM} {Explorer.ERROR}",
        "data-search": "true",
    }
    text = dmc.Textarea(
        id=Explorer.QUERY,
        placeholder=EXAMPLES[subject.name],
        autosize=True,
        minRows=1,
        maxRows=6,
        spellCheck=False,
        autoComplete="off",
        debounce=True,  # its script reads and writes it at once; Dash need not hear of every key
        **said,
    )
    return html.Div(
        [
            html.Div([text, html.Div(id=Explorer.SUGGESTIONS)], className="tb-query-text"),
            html.Button("Search", id=Explorer.RUN, className="tb-button tb-button-main", type="button"),
            html.Button(
                [icon("filter", size=16), "Filters"],
                id=Builder.OPEN,
                className="tb-button",
                type="button",
                **{"aria-haspopup": "dialog"},
            ),
            saved_button(),
            html.Div(id=Builder.PROBLEM, className="tb-query-error", role="alert"),
            html.Div(id=Explorer.ERROR, className="tb-query-error", role="alert"),
            html.Div(id=Explorer.PILLS, className="tb-query-pills"),
            *(dcc.Store(id=name) for name in STORES),
        ],
        className="tb-query",
    )
