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
