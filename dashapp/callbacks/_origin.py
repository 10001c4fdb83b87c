"""The tab of countries filled: the map, and the same as a list that says each country's share."""

import pandas as pd
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from dashapp.callbacks._dashboard_parts import records, value_name
from dashapp.callbacks._drill import Drill
from dashapp.callbacks._leads import NOTHING
from dashapp.components.bar_list import Bar, bar_list
from dashapp.components.part_bar import share_words
from dashapp.figures.origin import origin_map
from dashapp.query.conditions import having
from dashapp.query.fields import FIELDS

FIELD = "SenderCountry"
NONE = "No messages match in this period."
UNKNOWN = "Not known: the message names no sender address, or one whose country no table of this installation knows."
SPOKEN = 3  # countries in the map's spoken name


def _name(country: str) -> str:
    return value_name("", country) if country == NOTHING else value_name(FIELD, country)


def draw_origin(counts: pd.DataFrame, drill: Drill) -> tuple[go.Figure, str, Component]:
    """The map, what it says, and the list.

    Args:
        counts: As of ``data.origins.origins``.
        drill: Makes addresses.
    """
    addresses = {name: _address(name, drill) for name in counts["country"]}
    known = counts[counts["country"] != NOTHING]
    return origin_map(known, addresses), _said(known, int(counts["messages"].sum())), _listed(counts, addresses)


def _address(country: str, drill: Drill) -> str:
    return drill.to(*having(FIELDS[FIELD], [] if country == NOTHING else [country]))


def _said(known: pd.DataFrame, total: int) -> str:
    leading = [f"{value_name(FIELD, row.country)} {int(row.messages):,}" for row in records(known.head(SPOKEN))]
    if not leading:
        return "Map of where messages were sent from: no country is known"
    places = f"{len(known):,} {'country' if len(known) == 1 else 'countries'}"
    return f"Map of where {total:,} messages were sent from: {places}, most from {', '.join(leading)}"


def _listed(counts: pd.DataFrame, addresses: dict[str, str]) -> Component:
    total = int(counts["messages"].sum())
    bars = [Bar(_name(row.country), int(row.messages), addresses[row.country]) for row in records(counts)]
    unknown = int(counts.loc[counts["country"] == NOTHING, "messages"].sum())
    have = "message has" if unknown == 1 else "messages have"
    note = f"{unknown:,} {have} no known country ({share_words(unknown, total)}). {UNKNOWN}" if unknown else ""
    return html.Div(
        [
            html.Div(
                bar_list(bars, total=total, empty=NONE),
                className="tb-origin-bars",
                tabIndex=0,
                role="region",
                **{"aria-label": "Messages by country"},
            ),
            html.P(note, className="tb-card-note") if note else None,
        ]
    )
