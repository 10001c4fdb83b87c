"""The tabs between the explorer's chart and its list, and the panels they open.

What fills them is in ``dashapp.callbacks.explorer_tabs``; ``assets/js/tabs.js`` shows the panel that the address names.
"""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.chart import Chart
from dashapp.components.volume_card import VolumeIds, volume_card
from dashapp.ids import Tabs
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tabs import MOST_ROWS, Tab, TabState, tabs_of

LABELS = {
    Tab.EMAIL: "Email",
    Tab.URL_CLICKS: "URL clicks",
    Tab.TOP_URLS: "Top URLs",
    Tab.TOP_CLICKS: "Top clicks",
    Tab.TARGETED: "Top targeted users",
    Tab.FAMILIES: "Top malware families",
    Tab.ORIGIN: "Email origin",
}
VIEWS = {
    Tab.URL_CLICKS: Tabs.CLICKS_VIEW,
    Tab.TOP_URLS: Tabs.URLS_VIEW,
    Tab.TOP_CLICKS: Tabs.CLICKED_VIEW,
    Tab.TARGETED: Tabs.TARGETED_VIEW,
    Tab.FAMILIES: Tabs.FAMILIES_VIEW,
    Tab.ORIGIN: Tabs.ORIGIN_VIEW,
}
TABLES = {
    Tab.TOP_URLS: Tabs.URLS,
    Tab.TOP_CLICKS: Tabs.CLICKED,
    Tab.TARGETED: Tabs.TARGETED,
    Tab.FAMILIES: Tabs.FAMILIES,
}
MEANINGS = {
    Tab.URL_CLICKS: "Clicks by the recipients of the messages that match, made in the time range above.",
    Tab.TOP_URLS: (
        "The links in most of the messages that match, wherever in the message they are. Blocked includes messages "
        "whose attachment was replaced. A number leads to its messages."
    ),
    Tab.TOP_CLICKS: (
        "The links clicked most in the messages that match, whenever they were clicked. Numbers are clicks; they lead "
        "to the messages that were clicked on."
    ),
    Tab.TARGETED: (
        "Attempts are the attacks among the messages that match: inbound malware and phishing, without simulations. "
        "Delivered includes the junk folder. A number leads to its messages."
    ),
    Tab.FAMILIES: (
        "Families of the attacks among the messages that match: inbound malware and phishing, without simulations. "
        "Delivered includes the junk folder. A number leads to its messages."
    ),
    Tab.ORIGIN: (
        "The country of the address each message that matches was sent from. A country leads to its messages, on the "
        "map and in the list."
    ),
}
CLICK_MEANINGS = {
    Tab.TOP_CLICKS: "The links with most of the clicks that match. A number leads to its clicks.",
    Tab.TARGETED: "The people with most of the clicks that match. A number leads to its clicks.",
}
CLICKS = VolumeIds(
    graph=Tabs.CLICKS,
    box=Tabs.CLICKS_BOX,
    controls=Tabs.CLICKS_CONTROLS,
    legend=Tabs.CLICKS_LEGEND,
    table=Tabs.CLICKS_TABLE,
)
MAP_HEIGHT = 420


def tab_bar(opened: TabState, subject: Subject = MESSAGES) -> Component:
    """The strip of links, and how many rows the tables of the tabs have.

    ``assets/js/tabs.js`` keeps both as the address says: drawn anew by an answer, the link just followed would lose the
    focus.

    Args:
        opened: By the address the page is laid out for.
        subject: What the rows are.
    """
    rows = dmc.NumberInput(
        id=Tabs.ROWS,
        min=1,
        max=MOST_ROWS,
        allowDecimal=False,
        allowNegative=False,
        clampBehavior="strict",
        debounce=True,
        size="xs",
        w=84,
        **{"aria-label": f"Rows shown, at most {MOST_ROWS:,}"},
    )
    return html.Div(
        [
            html.Div(
                [_tab(tab, subject, is_open=tab is opened.tab) for tab in tabs_of(subject)],
                role="tablist",
                className="tb-details-list",
                **{"aria-label": f"Details of the {subject.nouns} that match"},
            ),
            html.Div([html.Span("Rows"), rows], className="tb-details-rows", hidden=True),
            *(dcc.Store(id=store) for store in VIEWS.values()),
        ],
        className="tb-details",
        hidden=len(tabs_of(subject)) < 2,
    )


def label_of(tab: Tab, subject: Subject) -> str:
    """What a tab is called."""
    return "Results" if tab is Tab.EMAIL and subject is not MESSAGES else LABELS[tab]


def _tab(tab: Tab, subject: Subject, *, is_open: bool) -> Component:
    return html.A(
        label_of(tab, subject),
        href=f"?tab={TabState(tab).slug}",
        role="tab",
        tabIndex=0 if is_open else -1,
        className="tb-detail",
        **{"aria-selected": "true" if is_open else "false", "data-tab": tab.value},
    )


def panels(rows: Component, opened: TabState, subject: Subject = MESSAGES) -> list[Component]:
    """A panel for each tab, of which the open one is shown.

    Args:
        rows: What the first tab shows.
        opened: By the address the page is laid out for.
        subject: What the rows are.
    """
    inside: dict[Tab, Sequence[Component]] = {
        Tab.EMAIL: [rows],
        Tab.URL_CLICKS: _clicks(),
        **{tab: [_table(tab, name, subject)] for tab, name in TABLES.items()},
        Tab.ORIGIN: [_origin()],
    }
    return [
        html.Div(
            list(inside[tab]),
            role="tabpanel",
            hidden=tab is not opened.tab,
            className="tb-span-12 tb-detail-panel",
            **{"aria-label": label_of(tab, subject), "data-panel": tab.value},
        )
        for tab in tabs_of(subject)
    ]


def _clicks() -> list[Component]:
    return [
        volume_card(CLICKS, title="Clicks over time", definition=MEANINGS[Tab.URL_CLICKS], height=200),
        card(
            html.Div(id=Tabs.LATEST),
            title="Latest clicks",
            definition="The last clicks on the messages that match, whenever they were made, in the time zone above.",
            waiting="rows",
            least_height=180,
        ),
    ]


def _table(tab: Tab, name: Tabs, subject: Subject) -> Component:
    meaning = MEANINGS[tab] if subject is MESSAGES else CLICK_MEANINGS.get(tab, "")
    return card(html.Div(id=name), title=LABELS[tab], definition=meaning, waiting="rows", least_height=260)


def _origin() -> Component:
    chart = html.Div(
        Chart(Tabs.ORIGIN, height=MAP_HEIGHT),
        id=Tabs.ORIGIN_BOX,
        role="img",
        className="tb-chart-box tb-origin-map",
        **{"aria-label": "Map of where messages were sent from"},
    )
    return card(
        html.Div([chart, html.Div(id=Tabs.ORIGIN_LIST, className="tb-origin-list")], className="tb-origin"),
        title=LABELS[Tab.ORIGIN],
        definition=MEANINGS[Tab.ORIGIN],
        least_height=MAP_HEIGHT,
    )
