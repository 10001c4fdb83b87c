"""What the first page brings along, so that the browser need not ask for it piece by piece.

Dash's page is empty: its scripts fetch the layout and the list of callbacks, then ask what fills the layout. Here both
come inside the page as data, and so do the questions of the layout, which ``assets/js/early.js`` asks while the browser
still reads Dash's scripts. ``assets/js/requests.js`` hands Dash what is there when Dash asks for it; whatever is not
there is fetched as ever.
"""

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component
from plotly.io.json import to_json_plotly

from dashapp.ids import Shell

_VIEW = {"id": Shell.VIEW.value, "property": "data"}


def brought(layout: Component, shown: object, callbacks: Mapping[str, Any], dependencies: Any) -> str:
    """Elements that carry the layout, Dash's list of callbacks, and the questions the layout will ask.

    Args:
        layout: Of whoever is asking.
        shown: What ``Shell.SHOWN`` holds in it; None when it holds no page yet.
        callbacks: ``app.callback_map``.
        dependencies: What ``_dash-dependencies`` would answer.

    Returns:
        HTML; what is inside the elements is JSON and cannot end them.
    """
    parts = {
        "_dash-layout": layout,
        "_dash-dependencies": dependencies,
        "shown": shown,
        "questions": questions(set(map(str, layout)), callbacks),
    }
    return "\n".join(
        f'<script type="application/json" data-brought="{name}">{_harmless(part)}</script>'
        for name, part in parts.items()
    )


def questions(ids: set[str], callbacks: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """What Dash will post for callbacks that depend on the view alone and fill something in ``ids``.

    The value of the view is the browser's to fill in. Charts are in the first list, the rest is in the second.
    """
    charts: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for output, callback in callbacks.items():
        parts = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
        alone = callback["inputs"] == [_VIEW] and not callback["state"] and "callback" in callback
        if not alone or not all(name in ids for name, _ in parts):
            continue
        outputs = [{"id": name, "property": prop} for name, prop in parts]
        body = {"output": output, "outputs": outputs if output.startswith("..") else outputs[0], "inputs": [_VIEW]}
        group = charts if any(prop == "figure" for _, prop in parts) else rest
        group.append(body | {"changedPropIds": [f"{Shell.VIEW}.data"]})
    return [charts, rest]


def _harmless(value: Any) -> str:
    """``value`` as JSON without ``<``, which could end the element or begin a comment."""
    text: str = to_json_plotly(value)
    return text.replace("<", "\\u003c")
