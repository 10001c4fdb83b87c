"""One number taken apart by what is not personal: how it reached who may not see the messages behind it."""

from collections.abc import Mapping

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.callbacks._dashboard_parts import records, value_name
from dashapp.components.bar_list import Bar, bar_list
from dashapp.components.card import card
from dashapp.domain.text import visible
from dashapp.figures.theme import KNOWN_COLOURS

BREAKDOWNS = {
    "PrimaryThreat": "Threat",
    "DetectionTechnology": "Recognised by",
    "ExplorerDelivery": "At delivery",
    "SenderCountry": "Sent from",
    "ThreatFamily": "Malware family",
    "Department": "Department",
}


def breakdown_card(title: str, counts: Mapping[str, pd.DataFrame], *, close: str) -> Component:
    """The messages behind a number, by each field of ``counts``.

    Args:
        title: Of the number.
        counts: ``value``, ``messages`` by field name.
        close: Address of the page without the breakdown.
    """
    columns = [
        html.Div([html.H3(BREAKDOWNS[field]), bar_list(_bars(field, frame), empty="Not known.")])
        for field, frame in counts.items()
    ]
    return card(
        html.Div(columns, className="tb-breakdown-columns"),
        title=f"Breakdown: {visible(title, most=160)}",
        definition="The messages behind the number, counted once per recipient.",
        actions=[dcc.Link("Close", href=close, className="tb-button")],
        waiting="rows",
    )


def _bars(field: str, frame: pd.DataFrame) -> list[Bar]:
    return [
        Bar(value_name(field, value), int(messages), colour=KNOWN_COLOURS.get(value, ""))
        for value, messages in records(frame[["value", "messages"]])
    ]
