"""The button that opens the menu of saved queries; ``assets/js/saved.js`` listens."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.ids import Explorer


def saved_button() -> Component:
    """Opens the menu from which a query is chosen, and the present one saved."""
    return html.Button(
        [icon("flag", size=16), "Saved"],
        id=Explorer.SAVED,
        className="tb-button tb-saved-button",
        type="button",
        n_clicks=0,
        title="Saved and ready-made queries",
    )
