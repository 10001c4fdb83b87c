"""The tile: one number, how it changed, what stands beside it, where it leads."""

from typing import Literal

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import hint
from dashapp.components.icon import icon
from dashapp.domain.numbers import change, whole

Tone = Literal["good", "bad", "neutral"]


def tile(
    label: str,
    value: float | None,
    *,
    definition: str,
    before: float | None = None,
    more_is: Tone = "neutral",
    beside: str = "",
    spark: Component | None = None,
    link: str = "",
    link_label: str = "",
) -> Component:
    """One metric.

    Args:
        label: Its name.
        value: The number; None when there is no such data, which is not zero.
        definition: How it is counted.
        before: The number of the previous period; None hides the change.
        more_is: What a rise means; colours the change, whose arrow and words say the same.
        beside: Quiet line, such as "40 more were junked".
        spark: The small trend.
        link: Where the number leads; empty: nowhere.
        link_label: What is there, said aloud and on hover.
    """
    number = html.Span("No data" if value is None else whole(value), className="tb-tile-number")
    shown = (
        dcc.Link(number, href=link, className="tb-tile-link", title=link_label)
        if link and value is not None
        else number
    )
    return html.Div(
        [
            html.Div(
                [html.Span(label, className="tb-tile-label"), hint(definition, about=label)], className="tb-tile-head"
            ),
            html.Div(
                [shown, *([] if value is None or before is None else [delta(value, before, more_is=more_is)])],
                className="tb-tile-main",
            ),
            html.Div(beside, className="tb-tile-beside"),
            html.Div(spark, className="tb-tile-spark") if spark is not None else None,
        ],
        className="tb-tile" + (" tb-tile-none" if value is None else ""),
    )


def delta(now: float, before: float, *, more_is: Tone) -> Component:
    """The change as arrow and words; green or red only when a direction is good."""
    rising, same = now > before, now == before
    tone = "neutral" if same or more_is == "neutral" else ("good" if rising == (more_is == "good") else "bad")
    arrow = "minus" if same else ("arrow-up" if rising else "arrow-down")
    return html.Span(
        [icon(arrow, size=13), html.Span(change(now, before))],
        className=f"tb-delta tb-delta-{tone}",
        title=f"{whole(before)} in the period before",
    )
