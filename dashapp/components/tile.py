"""One number of the dashboard: what it is, how it moved, what stands beside it, and the way to what is behind it."""

from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import hint
from dashapp.domain.metrics import Definition
from dashapp.domain.numbers import DASH

_ARROWS = {"up": "▲", "down": "▼", "": ""}


@dataclass(frozen=True)
class Reading:
    """What a tile shows.

    Attributes:
        count: The number; None when it is not known.
        change: In words, such as ``up 12 %``.
        outcome: ``better``, ``worse`` or ``neutral``.
        against: What the change is against, such as ``previous 30 days``; empty when not compared.
        beside: The second number.
        picture: Address of the trend picture.
        href: Where the tile leads.
        action: What following it does, such as ``Show messages``.
        missing: Why there is no number, where that is not what the definition says.
    """

    count: int | None
    change: str = ""
    outcome: str = "neutral"
    against: str = ""
    beside: int = 0
    picture: str = ""
    href: str = ""
    action: str = ""
    missing: str = ""


def tile(meaning: Definition, reading: Reading, *, prominent: bool = False) -> Component:
    """A tile for one metric; ``prominent`` for the one the others explain."""
    if reading.count is None:
        body = [
            html.Div(DASH, className="tb-tile-number tb-quiet"),
            html.Div(f"{(reading.missing or meaning.missing).capitalize()}.", className="tb-tile-note"),
        ]
    else:
        body = _body(meaning, reading)
    return html.Article(
        [
            html.Div(
                [html.H3(meaning.label, className="tb-tile-label"), hint(meaning.meaning, about=meaning.label)],
                className="tb-tile-head",
            ),
            *body,
        ],
        className="tb-tile tb-tile-prominent" if prominent else "tb-tile",
    )


def _body(meaning: Definition, reading: Reading) -> list[Component]:
    unit = meaning.unit if reading.count != 1 else meaning.unit.removesuffix("s")
    parts: list[Component] = [
        html.Div(
            [html.Span(f"{reading.count:,}", className="tb-tile-count"), html.Span(unit, className="tb-tile-unit")],
            className="tb-tile-number",
        ),
        change_line(reading.change, reading.outcome, reading.against),
    ]
    if meaning.beside:
        parts.append(html.Div(f"{reading.beside:,} {meaning.beside}", className="tb-tile-note"))
    if reading.picture:
        parts.append(html.Img(src=reading.picture, alt="", className="tb-tile-spark"))
    if reading.href:
        parts.append(
            dcc.Link(
                [reading.action, html.Span(f": {meaning.label}", className="tb-hidden")],
                href=reading.href,
                className="tb-tile-link",
            )
        )
    return parts


def change_line(words: str, outcome: str, against: str = "") -> Component:
    """How a number moved: arrow, words, and a colour for good or bad (never the colour alone)."""
    arrow = _ARROWS[words.split(" ", 1)[0] if words.startswith(("up", "down")) else ""]
    verdict = f" ({outcome})" if outcome != "neutral" else ""
    return html.Div(
        [
            *([html.Span(arrow, className="tb-arrow", **{"aria-hidden": "true"})] if arrow else []),
            html.Span(words, className=f"tb-change-{outcome}"),
            html.Span(verdict, className="tb-hidden"),
            html.Span(f" vs {against}" if against else "", className="tb-against"),
        ],
        className=f"tb-change tb-change-{outcome}",
    )
