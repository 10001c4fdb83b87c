"""What does not change by itself, as one Dash component instead of hundreds.

Dash watches every component of a page: at each step of each callback it asks all of them whether they are to be drawn
again. A page of 850 components spends seconds on that. ``still`` gathers the plain HTML of a layout (text, tables,
lists, links, without an id) into one component that ``assets/js/still.js`` draws. What callbacks may address stays a
Dash component of its own. It is applied in one place, to what callbacks and layouts return: pages are written as ever.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components._own import OwnComponent

Node: TypeAlias = "str | int | list[Any]"  # text, the place of a Dash component, or [tag, attributes, *nodes]
_LINK = "link"


class Still(OwnComponent):
    """Plain HTML with Dash components in some places.

    Args:
        children: The Dash components.
        tree: Nodes: a text, the number of one of ``children``, or ``[tag, attributes, *nodes]``.
    """

    PROPERTIES = ("children", "tree")

    def __init__(self, children: Sequence[Component] = (), tree: Sequence[Node] = ()) -> None:
        super().__init__(children=list(children), tree=list(tree))


def still(content: Any) -> Any:
    """``content`` of a layout or an answer with its plain HTML gathered; anything else stays as it is.

    Args:
        content: A component, a list of them and of texts, or any other value of a property.
    """
    if isinstance(content, Component):
        return _gathered([content]) if _is_plain(content) else _with_still_children(content)
    if isinstance(content, list | tuple) and any(isinstance(part, Component) for part in content):
        if any(isinstance(part, Component) and _is_plain(part) for part in content):
            return _gathered(content)
        return [still(part) for part in content]
    return content


def _gathered(parts: Sequence[Any]) -> Still:
    live: list[Component] = []
    return Still(live, [_node(part, live) for part in parts if part is not None])


def _node(part: Any, live: list[Component]) -> Node:
    if not isinstance(part, Component):
        return str(part)
    if not _is_plain(part):
        live.append(_with_still_children(part))
        return len(live) - 1
    given = part.to_plotly_json()
    attributes = {name: value for name, value in given["props"].items() if name not in {"children", "n_clicks"}}
    inside = getattr(part, "children", None)
    inside = inside if isinstance(inside, list | tuple) else [inside]
    tag = _LINK if isinstance(part, dcc.Link) else given["type"].lower()
    return [tag, attributes, *(_node(one, live) for one in inside if one is not None)]


def _with_still_children(part: Component) -> Component:
    if getattr(part, "children", None) is not None and not isinstance(part, Still):
        part.children = still(part.children)
    return part


def _is_plain(part: Component) -> bool:
    plain = type(part).__module__.startswith(html.__name__) or isinstance(part, dcc.Link)
    return plain and getattr(part, "id", None) is None
