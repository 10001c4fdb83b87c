"""Parts of a whole as one bar with a legend that carries the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashapp.domain.numbers import DASH


@dataclass(frozen=True)
class Part:
    """One part: what it is, how many, and its colour."""

    label: str
    count: int
    colour: str


def part_bar(parts: Sequence[Part]) -> Component:
    """``parts`` side by side, adding up to the whole bar; a part that exists is never thinner than a hair."""
    total = sum(part.count for part in parts)
    if not total:
        return html.P("No attacks in this period.", className="tb-none")
    pieces = [
        html.Span(style={"flexGrow": part.count, "background": part.colour}, className="tb-part")
        for part in parts
        if part.count
    ]
    legend = [
        html.Li(
            [
                html.Span(style={"background": part.colour}, className="tb-swatch"),
                html.Span(part.label, className="tb-part-label"),
                html.Span(f"{part.count:,}", className="tb-part-count"),
                html.Span(share_words(part.count, total), className="tb-part-share"),
            ]
        )
        for part in parts
    ]
    spoken = ", ".join(f"{part.label} {share_words(part.count, total)}" for part in parts)
    return html.Div(
        [
            html.Div(pieces, className="tb-parts", role="img", **{"aria-label": spoken}),
            html.Ul(legend, className="tb-part-legend"),
        ]
    )


def share_words(count: int, total: int) -> str:
    """``count`` of ``total`` in per cent; neither 0 nor 100 unless it is exactly that."""
    if not total:
        return DASH
    share = count / total * 100
    if count and share < 0.1:
        return "under 0.1\u00a0%"
    if count < total and share > 99.9:
        return "over 99.9\u00a0%"
    return f"{share:.1f}\u00a0%" if count not in {0, total} else f"{share:.0f}\u00a0%"
