"""The card every chart, list and number sits in, with its states: loading, empty, failed, shown.

Loading and failure need no callback: the browser marks what is being computed, ``assets/css/card.css`` shows the
skeleton, and ``assets/js/requests.js`` fills the error part (with the request id and a retry button) when an
answer for something inside the card fails. One failing card never blanks the page.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon

Waiting = Literal["chart", "rows", "tile"]
Children: TypeAlias = Component | str | Sequence[Component | str]


def card(
    body: Children,
    *,
    title: str,
    definition: str = "",
    actions: Sequence[Component] = (),
    note: Children = (),
    waiting: Waiting = "chart",
    span: int = 12,
    least_height: int = 0,
    **attributes: Any,
) -> Component:
    """A titled card in a ``grid``.

    Args:
        body: The component(s) that callbacks fill.
        title: Heading; said aloud as the card's name.
        definition: What the numbers mean; shown at the ``i`` beside the title.
        actions: Small controls on the right of the heading.
        note: Quiet line under the body, such as the coverage ("Click data: none loaded").
        waiting: Shape of the skeleton while nothing is there yet.
        span: Columns of 12 it takes on a wide screen.
        least_height: Pixels the body keeps free, so that nothing jumps when data arrives.
        attributes: Passed to the section, such as ``id``.
    """
    heading = [html.H2(title, className="tb-card-title"), *([hint(definition, about=title)] if definition else [])]
    return html.Section(
        [
            html.Div(
                [html.Div(heading, className="tb-card-heading"), html.Div(list(actions), className="tb-card-actions")],
                className="tb-card-head",
            ),
            html.Div(
                [html.Div(body, className="tb-card-content"), skeleton(waiting), _failure()],
                className="tb-card-body",
                style={"minHeight": least_height} if least_height else {},
            ),
            html.Div(note, className="tb-card-note"),
        ],
        className=f"tb-card tb-span-{span}",
        **{"aria-label": title, **attributes},
    )


def grid(children: Sequence[Component], **attributes: Any) -> Component:
    """Lay cards on 12 columns; one column on a phone."""
    return html.Div(list(children), className="tb-grid", **attributes)


def hint(text: str, *, about: str) -> Component:
    """The small ``i`` that explains ``about``, for mouse, keyboard and touch."""
    return dmc.Tooltip(
        html.Button(icon("info", size=15), className="tb-hint", type="button", **{"aria-label": f"{about}: {text}"}),
        label=text,
        multiline=True,
        w=300,
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
    )


def empty_state(title: str, text: str, *actions: Component, picture: str = "empty") -> Component:
    """Why there is nothing, and what to do next."""
    return html.Div(
        [
            html.Div(icon(picture, size=28), className="tb-empty-picture"),
            html.P(title, className="tb-empty-title"),
            html.P(text, className="tb-empty-text"),
            *([html.Div(list(actions), className="tb-empty-actions")] if actions else []),
        ],
        className="tb-empty",
    )


def skeleton(waiting: Waiting) -> Component:
    """Grey shapes in the place of what is coming."""
    parts = {"chart": 12, "rows": 6, "tile": 2}[waiting]
    bones = [html.Span(className="tb-bone") for _ in range(parts)]
    return html.Div(bones, className=f"tb-skeleton tb-skeleton-{waiting}", **{"aria-hidden": "true"})


def _failure() -> Component:
    return html.Div(
        [
            icon("alert", size=22),
            html.P("This part could not be loaded.", className="tb-failure-text"),
            html.P("", className="tb-failure-reference"),
            html.Button("Try again", className="tb-button tb-retry", type="button"),
        ],
        className="tb-failure",
        role="alert",
        hidden=True,
    )
