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
    """One series of the chart.

    Attributes:
        label: What it is called.
        count: How many; None: nothing is counted.
        colour: As CSS.
        href: Where it leads; empty: nowhere.
        mark: How it is drawn.
        field: Where it can be switched off and filtered by: the field the chart is stacked by.
        value: Its value of ``field``, as the data has it; None: a sum of several.
    """

    label: str
    count: int | None
    colour: str
    href: str = ""
    mark: Literal["filled", "dotted", "hatched"] = "filled"
    field: str = ""
    value: str | None = None


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
        actions=[_save("png", "PNG", ids, title), _save("csv", "CSV", ids, title)],
        waiting="chart",
        least_height=height,
    )


def _save(form: str, name: str, ids: VolumeIds, title: str) -> Component:
    """A button that saves the chart; the browser does it, in ``assets/js/chartmenu.js``."""
    told = {"data-chart-save": form, "data-chart": ids.graph, "data-title": title}
    told["aria-label"] = f"Save {title.lower()} as {name}"
    return html.Button(
        [icon("download", size=14), name], className="tb-button tb-button-small tb-save", type="button", **told
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
    items = [
        html.Li(_switched(entry, place) if entry.field else _legend_entry(entry)) for place, entry in enumerate(entries)
    ]
    return html.Ul(items, className="tb-legend-list")


def _switched(entry: LegendEntry, place: int) -> list[Component]:
    """A series that a click takes off the chart and puts back; what else can be done with it is in a menu."""
    told = {"data-series": str(place), "data-field": entry.field, "data-label": visible(entry.label, most=60)}
    if entry.value is not None:
        told["data-value"] = entry.value
    name = f"What can be done with {visible(entry.label, most=60)}"
    menu = html.Button(
        icon("chevron-down", size=14),
        className="tb-legend-menu",
        type="button",
        **{"aria-label": name, "aria-haspopup": "menu"},
    )
    switch = html.Button(
        _legend_inside(entry),
        className="tb-legend-entry tb-legend-switch",
        type="button",
        **{"aria-pressed": "true", **told},
    )
    return [switch, *([menu] if entry.value is not None else [])]


def _legend_inside(entry: LegendEntry) -> list[Component]:
    swatch = (
        html.Span(style={"background": entry.colour}, className="tb-swatch")
        if entry.mark == "filled"
        else html.Span(className=f"tb-swatch tb-swatch-{entry.mark}")
    )
    return [
        swatch,
        html.Bdi(visible(entry.label, most=60)),
        *([] if entry.count is None else [html.Span(f"{entry.count:,}", className="tb-legend-count")]),
    ]


def _legend_entry(entry: LegendEntry) -> Component:
    inside = _legend_inside(entry)
    if entry.href:
        return dcc.Link(inside, href=entry.href, className="tb-legend-entry tb-legend-link")
    return html.Span(inside, className="tb-legend-entry")
