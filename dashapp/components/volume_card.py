"""The card of a volume chart: controls, a legend with totals, the chart, and the same numbers as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.chart import Chart
from dashapp.components.icon import icon
from dashapp.domain.text import visible


@dataclass(frozen=True)
class VolumeIds:
    """The ids of the parts one page's volume card has."""

    graph: str
    box: str
    controls: str
    legend: str
    table: str


@dataclass(frozen=True)
class Choice:
    """One option of a control; choosing it is following a link, so the address is the state."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class LegendEntry:
    """One series of the chart; ``href`` empty when it leads nowhere, ``count`` None when nothing is counted."""

    label: str
    count: int | None
    colour: str
    href: str = ""
    mark: Literal["filled", "dotted", "hatched"] = "filled"


def volume_card(ids: VolumeIds, *, title: str, definition: str, height: int = 300) -> Component:
    """A full-width card that callbacks fill part by part."""
    return card(
        [
            html.Div(id=ids.controls, className="tb-controls"),
            html.Div(id=ids.legend, className="tb-legend"),
            html.Div(
                Chart(ids.graph, height=height),
                id=ids.box,
                role="img",
                className="tb-chart-box",
                **{"aria-label": title},
            ),
            html.Details(
                [html.Summary("View as table"), html.Div(id=ids.table)],
                className="tb-as-table",
            ),
        ],
        title=title,
        definition=definition,
        waiting="chart",
        least_height=height,
    )


def choices(label: str, options: Sequence[Choice], more: Mapping[str, Sequence[Choice]] | None = None) -> Component:
    """A row of options of which one is chosen, named ``label``; ``more`` of them by heading, in a list that opens."""
    row: list[Component] = [_choice(option) for option in options]
    if more:
        row.append(_more(label, more))
    return html.Div(
        [html.Span(label, className="tb-choices-label"), html.Span(row, className="tb-choices")],
        role="group",
        className="tb-choices-box",
        **{"aria-label": label},
    )


def _choice(option: Choice) -> Component:
    return dcc.Link(
        [option.label, *([html.Span(" (chosen)", className="tb-hidden")] if option.chosen else [])],
        href=option.href,
        className="tb-choice tb-choice-chosen" if option.chosen else "tb-choice",
    )


def _more(label: str, more: Mapping[str, Sequence[Choice]]) -> Component:
    groups = [
        html.Div(
            [html.Div(heading, className="tb-more-heading"), *map(_choice, options)],
            role="group",
            className="tb-more-group",
        )
        for heading, options in more.items()
    ]
    opener = html.Summary(
        ["More", icon("chevron-down", size=14)], className="tb-choice", **{"aria-label": f"{label}: more"}
    )
    listed = html.Div(html.Div(groups, className="tb-more-columns"), className="tb-more-list")
    return html.Details([opener, listed], className="tb-more")


def legend(entries: Sequence[LegendEntry]) -> Component:
    """What the colours of a chart mean and how many each stands for."""
    return html.Ul([html.Li(_legend_entry(entry)) for entry in entries], className="tb-legend-list")


def _legend_entry(entry: LegendEntry) -> Component:
    swatch = (
        html.Span(style={"background": entry.colour}, className="tb-swatch")
        if entry.mark == "filled"
        else html.Span(className=f"tb-swatch tb-swatch-{entry.mark}")
    )
    inside = [
        swatch,
        html.Bdi(visible(entry.label, most=60)),
        *([] if entry.count is None else [html.Span(f"{entry.count:,}", className="tb-legend-count")]),
    ]
    if entry.href:
        return dcc.Link(inside, href=entry.href, className="tb-legend-entry tb-legend-link")
    return html.Span(inside, className="tb-legend-entry")
