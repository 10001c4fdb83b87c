"""The views of the explorer, as links above it."""

from collections.abc import Mapping

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.query.message_views import MESSAGE_VIEWS


def view_links(addresses: Mapping[str, str], *, shown: str) -> Component:
    """A link to each view.

    Args:
        addresses: Of the views by name, in the order of the links.
        shown: Name of the view the page shows.
    """
    links = [
        dcc.Link(
            [MESSAGE_VIEWS[name].label, html.Span(" (shown)" if name == shown else "", className="tb-hidden")],
            href=address,
            className="tb-tab tb-tab-on" if name == shown else "tb-tab",
        )
        for name, address in addresses.items()
    ]
    return html.Nav(links, className="tb-tabs", **{"aria-label": "Views"})
