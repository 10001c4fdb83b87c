"""The control in the header that sets the time range of the page."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.domain.ranges import QUICK_RANGES
from dashapp.ids import Shell

HELP = "Such as now-7d, now-1d/d, 2026-03-01 or 2026-03-01T10:00"


def range_control(zone: str) -> Component:
    """The button and its panel; ``zone`` is the person's own time zone."""
    button = html.Button(
        [icon("clock", size=16), html.Span(id=Shell.RANGE_LABEL), icon("chevron-down", size=14)],
        className="tb-button tb-range-button",
        type="button",
        **{"aria-haspopup": "dialog"},
    )
    panel = html.Div([_own_range(zone), _quick_ranges()], className="tb-range-panel")
    return dmc.Popover(
        [dmc.PopoverTarget(button), dmc.PopoverDropdown(panel, p=0)],
        id=Shell.RANGE_POPOVER,
        position="bottom-end",
        offset=6,
        trapFocus=True,
        returnFocus=True,
        keepMounted=True,
        withRoles=False,  # they would go to a box around the button, where they may not be
        zIndex=250,
    )


def _own_range(zone: str) -> Component:
    return html.Div(
        [
            dmc.TextInput(id=Shell.RANGE_FROM, label="From", description=HELP, size="sm"),
            dmc.TextInput(id=Shell.RANGE_TO, label="To", size="sm"),
            dmc.Select(
                id=Shell.RANGE_ZONE,
                label="Time zone",
                data=[zone],
                value=zone,
                searchable=True,
                allowDeselect=False,
                size="sm",
                maxDropdownHeight=220,
                limit=60,
                comboboxProps={"withinPortal": False},
            ),
            html.Div(id=Shell.RANGE_ERROR, className="tb-range-error", role="alert"),
            html.Button("Apply", id=Shell.RANGE_APPLY, type="button", className="tb-button tb-button-main", n_clicks=0),
        ],
        className="tb-range-own",
    )


def _quick_ranges() -> Component:
    return html.Div(
        [
            html.Button(quick.name, type="button", **{"data-range-from": quick.start, "data-range-to": quick.end})
            for quick in QUICK_RANGES
        ],
        className="tb-range-quick",
        role="group",
        **{"aria-label": "Quick ranges"},
    )
