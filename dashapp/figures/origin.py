"""A map of where messages were sent from. A frame goes in, a figure comes out; the shapes are in the browser."""

from collections.abc import Mapping

import iso3166
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp.domain.text import plot_text
from dashapp.figures.theme import BLUE, blank

FAINT = "rgba(76,120,208,0.22)"
LAND, BORDER = "rgba(122,134,156,0.14)", "rgba(122,134,156,0.45)"


def origin_map(origins: pd.DataFrame, addresses: Mapping[str, str]) -> go.Figure:
    """Countries in a deeper colour the more messages came from them, by the logarithm.

    Args:
        origins: ``country`` (two letters of ISO 3166, others are not drawn), ``messages``.
        addresses: Where a click on a country leads, by ``country``; kept in ``layout.meta`` by its three letters.

    Returns:
        One choropleth; without a country that can be drawn, a map in which none has a colour.
    """
    known = origins.assign(found=origins["country"].map(_country)).dropna(subset=["found"])
    codes = [country.alpha3 for country in known["found"]]
    figure = blank()
    figure.add_choropleth(
        locations=codes,
        z=np.log10(known["messages"].to_numpy(dtype="float64")) if len(known) else [],
        text=[plot_text(country.apolitical_name) for country in known["found"]],
        customdata=known["messages"].to_numpy(),
        hovertemplate="<b>%{text}</b><br>%{customdata:,d} messages<extra></extra>",
        colorscale=[[0, FAINT], [1, BLUE]],
        zmin=0,
        zmax=max(1.0, float(np.log10(known["messages"].max()))) if len(known) else 1.0,
        showscale=False,
        marker={"line": {"width": 0.5, "color": BORDER}},
    )
    figure.update_geos(
        projection={"type": "natural earth"},
        lataxis={"range": [-56, 84]},
        bgcolor="rgba(0,0,0,0)",
        showframe=False,
        showcoastlines=False,
        showland=True,
        landcolor=LAND,
        showcountries=True,
        countrycolor=BORDER,
        countrywidth=0.5,
    )
    leads = {code: addresses.get(name, "") for code, name in zip(codes, known["country"], strict=True)}
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", dragmode=False, meta={"addresses": leads}
    )
    return figure


def _country(code: str) -> iso3166.Country | None:
    return iso3166.countries_by_alpha2.get(code.upper())
