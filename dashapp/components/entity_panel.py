"""The panel about a thing: it opens over whatever page one is on. ``assets/js/entity.js`` opens it."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card
from dashapp.components.icon import icon
from dashapp.ids import EntityPanel


def entity_panel() -> Component:
    """The closed panel."""
    close = html.Button(
        icon("close"),
        type="button",
        title="Close (Esc)",
        className="tb-icon-button",
        **{"aria-label": "Close details (Esc)", "data-entity-close": "true"},
    )
    body = entity_body(EntityPanel.HEAD, EntityPanel.MAIN, EntityPanel.REST)
    return html.Aside(
        [
            card(body, title="Details", actions=[close], waiting="rows"),
            dcc.Store(id=EntityPanel.WANTED),
        ],
        id=EntityPanel.PANEL,
        className="tb-entity-panel",
        hidden=True,
        role="dialog",
        tabIndex=-1,
        **{"aria-label": "Details"},
    )


def entity_body(head: str, main: str, rest: str) -> list[Component]:
    """Where what is known at once, the numbers, and the lists go; each comes by itself."""
    return [
        html.Div(id=head),
        html.Div(id=main, className="tb-entity-part"),
        html.Div(id=rest, className="tb-entity-part"),
    ]
