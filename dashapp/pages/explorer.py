"""The explorer: what is on it. What fills it is in ``dashapp.callbacks.explorer`` and ``assets/js/volume.js``."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card, grid
from dashapp.components.entity_panel import entity_panel
from dashapp.components.explorer_tabs import panels, tab_bar
from dashapp.components.grid_tools import columns_button, export_button, selection_strip
from dashapp.components.message_flyout import message_flyout
from dashapp.components.message_grid import message_grid
from dashapp.components.query_bar import query_bar
from dashapp.components.view_strip import view_strip
from dashapp.components.volume_card import VolumeIds, volume_card
from dashapp.identity.permissions import Permission
from dashapp.ids import Explorer
from dashapp.pages._page import Page
from dashapp.query.tabs import TabState, read_tab, tabs_of
from dashapp.query.views import ExplorerView, find_view

VOLUME = VolumeIds(
    graph=Explorer.VOLUME,
    box=Explorer.VOLUME_BOX,
    controls=Explorer.VOLUME_CONTROLS,
    legend=Explorer.VOLUME_LEGEND,
    table=Explorer.VOLUME_TABLE,
)
READING = "Times are in the time zone of the range above. A dash means that the data does not say."
COUNTED = {
    "messages": "Messages that match, per recipient.",
    "clicks": "Clicks on links that match.",
    "reports": "Reports of messages that match.",
    "files": "Findings in files that match.",
}


def layout(tab: str = "", view: str = "", **_query: str) -> Component:
    """Lay out the explorer; the query, the range, the pivot and the order of rows are all in the address.

    Only what a row is needs a layout of its own: see ``open_page`` in ``dashapp.callbacks.shell``.
    """
    shown = find_view(view)
    subject = shown.subject
    opened = read_tab(tab)
    opened = opened if opened.tab in tabs_of(subject) else TabState()
    return html.Div(
        [
            html.H1("Explorer", className="tb-explorer-title"),
            view_strip(view),
            query_bar(subject),
            html.Div(id=Explorer.TOTAL, className="tb-total", role="status"),
            grid(
                [
                    volume_card(
                        VOLUME,
                        title=f"{subject.nouns.capitalize()} over time",
                        definition=COUNTED[subject.name],
                        height=200,
                    ),
                    tab_bar(opened, subject),
                    *panels(_rows(shown), opened, subject),
                ]
            ),
            *(dcc.Store(id=store) for store in (Explorer.ROWS, Explorer.LOOK, Explorer.LOOK_SAVED)),
            message_flyout(),
            entity_panel(),
        ],
        className="tb-explorer",
        key=subject.name,  # rows of another kind have a grid of their own, not this one with other columns
    )


def _rows(view: ExplorerView) -> Component:
    return card(
        [
            selection_strip(),
            message_grid(Explorer.GRID, view),
            html.Div(id=Explorer.GRID_NOTE, className="tb-card-note"),
        ],
        title=view.subject.nouns.capitalize(),
        definition=f"{view.subject.meaning} {READING}",
        actions=[columns_button(), export_button()],
        waiting="rows",
        least_height=420,
    )


PAGE = Page("Explorer", "/explorer", "explorer", Permission.MESSAGE_READ, layout, since="now-7d", key="e")
