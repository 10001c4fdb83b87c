"""Colours and the plain look every chart starts from.

Each colour has at least 3:1 contrast on the white and on the dark background, so one figure serves both themes;
text, grid and hover box take their colours from CSS variables (``assets/css/charts.css``).
"""

import plotly.graph_objects as go

from dashapp.domain.values import Delivery, Threat

BLUE, RED, AMBER, TEAL, GREY = "#4c78d0", "#c2414b", "#c08a1e", "#3b8ea5", "#7a869c"
PURPLE, GREEN, PINK, BROWN, INDIGO, OLIVE = "#8a6fb0", "#2f8f6b", "#b8658f", "#a0714f", "#5c7cfa", "#7c8a2e"

THREAT_COLOURS: dict[str, str] = {Threat.MALWARE: RED, Threat.PHISH: BLUE, Threat.SPAM: AMBER, Threat.NONE: GREY}
DELIVERY_COLOURS: dict[str, str] = {
    Delivery.BLOCKED: BLUE,
    Delivery.REPLACED: TEAL,
    Delivery.JUNKED: AMBER,
    Delivery.DELIVERED: RED,
}
CLICK_COLOURS: dict[str, str] = {
    "Allowed": TEAL,
    "Block overridden": RED,
    "Pending verdict": AMBER,
    "Pending verdict bypassed": PINK,
    "Error": PURPLE,
    "Failure": BROWN,
}
CYCLE = (BLUE, TEAL, AMBER, PURPLE, RED, GREEN, PINK, BROWN, OLIVE, INDIGO)
"""As many as a chart has series by name; one colour must not stand for two of them."""
KNOWN_COLOURS: dict[str, str] = {
    **THREAT_COLOURS,
    **DELIVERY_COLOURS,
    **CLICK_COLOURS,
    "Others": GREY,
    "(none)": GREY,
}
KNOWN_ORDER: tuple[str, ...] = (*Threat, *Delivery)


def series_order(names: list[str], totals: dict[str, int]) -> list[str]:
    """``names`` as they stack from the bottom: known ones by severity, others by size, the rest last."""

    def rank(name: str) -> tuple[int, int, int, str]:
        known = KNOWN_ORDER.index(name) if name in KNOWN_ORDER else len(KNOWN_ORDER)
        return (name in {"Others", "(none)"}, known, -totals.get(name, 0), name)

    return sorted(names, key=rank)


def series_colours(ordered: list[str], *, attacks: bool = False) -> dict[str, str]:
    """A colour per series: fixed for threats and deliveries, else by place in ``ordered``.

    Args:
        ordered: Names of the series.
        attacks: All of what is counted is attacks, so that "delivered" is bad news; of all mail it is the usual thing.
    """
    free = iter(CYCLE * (1 + len(ordered) // len(CYCLE)))
    known = KNOWN_COLOURS if attacks else KNOWN_COLOURS | {Delivery.DELIVERED: GREY}
    return {name: known.get(name) or next(free) for name in ordered}


def blank(note: str = "") -> go.Figure:
    """A figure with our margins, font, quiet axes and unified hover; ``note`` stands in its middle."""
    figure = go.Figure()
    figure.update_layout(
        template=None,
        margin={"l": 48, "r": 8, "t": 8, "b": 32},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "inherit", "size": 12},
        hovermode="x unified",
        showlegend=False,
        bargap=0.18,
        modebar={"remove": ["lasso2d", "zoom2d", "pan2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "select2d"]},
        xaxis={"showgrid": False, "ticks": "outside", "ticklen": 4, "automargin": True, "fixedrange": True},
        yaxis={
            "rangemode": "tozero",
            "tickformat": ",d",
            "nticks": 5,
            "zeroline": False,
            "automargin": True,
            "fixedrange": True,
        },
    )
    if note:
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
        figure.add_annotation(text=note, showarrow=False, xref="paper", yref="paper", x=0.5, y=0.5)
    return figure
