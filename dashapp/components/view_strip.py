"""The views at the top of the explorer, as links; ``assets/js/views.js`` keeps them as the address says."""

from dash import html
from dash.development.base_component import Component

from dashapp.ids import Explorer
from dashapp.query.views import VIEWS, ExplorerView, find_view


def view_strip(opened: str) -> Component:
    """The strip.

    Args:
        opened: By the address the page is laid out for; may be anything.
    """
    current = find_view(opened)
    return html.Nav(
        [_link(view, is_open=view is current) for view in VIEWS],
        id=Explorer.VIEWS,
        className="tb-views",
        **{"aria-label": "Views"},
    )


def _link(view: ExplorerView, *, is_open: bool) -> Component:
    told = {"data-view": view.slug, "data-rows": view.subject.name, "data-columns": ",".join(view.columns)}
    current = {"aria-current": "page"} if is_open else {}
    return html.A(view.label, href="?", className="tb-view", **told, **current)
