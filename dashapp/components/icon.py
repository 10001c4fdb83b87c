"""Our own SVG icons as CSS masks, so they take the colour of the text around them and need no markup from a string."""

from dash import html
from dash.development.base_component import Component


def icon(name: str, *, label: str = "", size: int = 18) -> Component:
    """The icon ``assets/icons/<name>.svg``.

    Args:
        name: File without ``.svg``; the build makes a rule ``.tb-icon-<name>`` of each.
        label: What it means, if no text beside it says so.
        size: Side in pixels.
    """
    said = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return html.Span(className=f"tb-icon tb-icon-{name}", style={"width": size, "height": size}, **said)
