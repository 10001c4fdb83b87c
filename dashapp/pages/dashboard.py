"""The threat dashboard: what is on it. What fills it is in ``dashapp.callbacks.dashboard``."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.card import card, grid, skeleton
from dashapp.components.volume_card import VolumeIds, volume_card
from dashapp.domain.metrics import DEFINITIONS, EFFICACY_MEANING, Metric
from dashapp.identity.permissions import Permission
from dashapp.ids import Dashboard
from dashapp.pages._page import Page

VOLUME = VolumeIds(
    graph=Dashboard.VOLUME,
    box=Dashboard.VOLUME_BOX,
    controls=Dashboard.VOLUME_CONTROLS,
    legend=Dashboard.VOLUME_LEGEND,
    table=Dashboard.VOLUME_TABLE,
)
TECHNOLOGIES_MEANING = "Which check recognised the attacks. An attack caught by several checks counts for each of them."
THREATS_MEANING = "What the attacks were. A message that was both malware and phishing counts for both."
TARGETED_MEANING = "Who received most attacks, whether or not these were stopped."
FAMILIES_MEANING = "The kinds of malware, named after the threat names the scanners gave."
RISERS_MEANING = "What grew most against the same length of time just before, among things big enough to matter."


def layout(**_query: str) -> Component:
    """Lay out the dashboard; every part is filled on its own, so one that fails leaves the others."""
    return html.Div(
        [
            html.Div(skeleton("tile"), id=Dashboard.HEADLINE, className="tb-headline-box", role="status"),
            html.Div([skeleton("tile")] * len(Metric), id=Dashboard.TILES, className="tb-tiles"),
            html.Div(id=Dashboard.BREAKDOWN),
            grid(
                [
                    volume_card(
                        VOLUME, title="Attacks over time", definition=DEFINITIONS[Metric.ATTACKS].meaning, height=300
                    ),
                    _card(Dashboard.EFFICACY, "How attacks were stopped", EFFICACY_MEANING, span=4),
                    _card(Dashboard.THREATS, "Threat types", THREATS_MEANING, span=4),
                    _card(Dashboard.TECHNOLOGIES, "What recognised them", TECHNOLOGIES_MEANING, span=4),
                    _card(Dashboard.TARGETED, "Most targeted", TARGETED_MEANING, span=6),
                    _card(Dashboard.FAMILIES, "Malware families", FAMILIES_MEANING, span=6),
                    _card(
                        Dashboard.RISERS, "Rising against the previous period", RISERS_MEANING, span=12, least_height=60
                    ),
                ]
            ),
        ],
        className="tb-dashboard",
    )


def _card(part: Dashboard, title: str, definition: str, *, span: int, least_height: int = 180) -> Component:
    return card(
        html.Div(id=part), title=title, definition=definition, waiting="rows", span=span, least_height=least_height
    )


PAGE = Page("Threat dashboard", "/", "dashboard", Permission.DASHBOARD_READ, layout, key="d")
