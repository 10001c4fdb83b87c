"""The flyout of the explorer: a panel beside the list with one message in it. ``assets/js/message.js`` opens it."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.icon import icon
from dashapp.ids import Flyout


def message_flyout() -> Component:
    """The closed panel."""
    return html.Aside(
        [
            card(
                [html.Div(id=Flyout.CONTENT), html.Div(id=Flyout.AROUND)],
                title="Message",
                actions=[
                    _button("arrow-up", "Previous message (k)", step="-1"),
                    _button("arrow-down", "Next message (j)", step="1"),
                    _button("close", "Close (Esc)", step="close"),
                ],
                waiting="rows",
            ),
            dcc.Store(id=Flyout.WANTED),
        ],
        id=Flyout.PANEL,
        className="tb-flyout",
        hidden=True,
        role="dialog",
        tabIndex=-1,
        **{"aria-label": "Message"},
    )


def _button(picture: str, label: str, *, step: str) -> Component:
    return html.Button(
        icon(picture),
        type="button",
        title=label,
        className="tb-icon-button",
        **{"aria-label": label, "data-flyout": step},
    )
