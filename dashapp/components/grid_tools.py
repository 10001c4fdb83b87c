"""What stands above the grid of messages and acts on it; ``assets/js/export.js`` listens."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.ids import Explorer


def export_button() -> Component:
    """Opens the dialog that asks for an export."""
    return html.Button(
        [icon("download", size=16), "Export"], id=Explorer.EXPORT, className="tb-button", type="button", n_clicks=0
    )


def columns_button() -> Component:
    """Opens the dialog that chooses columns and density; ``assets/js/columns.js`` listens."""
    return html.Button(
        [icon("table", size=16), "Columns"], id=Explorer.COLUMNS, className="tb-button", type="button", n_clicks=0
    )


def selection_strip() -> Component:
    """How many rows are selected and what can be done with them; ``assets/js/grid.js`` fills it."""
    return html.Div(id=Explorer.SELECTION, className="tb-selection", hidden=True)
