"""A ranking as rows with bars: a chart that is also its own table and whose rows are links."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.part_bar import share_words
from dashapp.domain.text import visible


@dataclass(frozen=True)
class Bar:
    """One row.

    Attributes:
        label: Shown as plain text whatever it contains.
        count: Its length.
        href: Where the row leads; empty: nowhere.
        note: Small words after the number, such as ``up 12 %``.
        colour: Of the bar; empty: the accent colour.
    """

    label: str
    count: int
    href: str = ""
    note: str = ""
    colour: str = ""


def bar_list(bars: Sequence[Bar], *, total: int | None = None, empty: str = "Nothing in this period.") -> Component:
    """``bars`` as given, each as long as its share of the longest.

    Args:
        bars: In the order to show.
        total: When given, each row also says its share of this.
        empty: What to say when there are none.
    """
    if not bars:
        return html.P(empty, className="tb-none")
    longest = max(max(bar.count for bar in bars), 1)
    return html.Ul([html.Li(_row(bar, longest, total)) for bar in bars], className="tb-bars")


def _row(bar: Bar, longest: int, total: int | None) -> Component:
    note = bar.note or (share_words(bar.count, total) if total else "")
    style = {"width": f"{bar.count / longest * 100:.2f}%"} | ({"background": bar.colour} if bar.colour else {})
    inside = [
        html.Span(html.Bdi(visible(bar.label, most=120)), className="tb-bar-label", title=visible(bar.label)),
        html.Span(f"{bar.count:,}", className="tb-bar-count"),
        *([html.Span(note, className="tb-bar-note")] if note else []),
        html.Span(html.Span(style=style, className="tb-bar-fill"), className="tb-bar-track"),
    ]
    if bar.href:
        return dcc.Link(inside, href=bar.href, className="tb-bar tb-bar-link")
    return html.Div(inside, className="tb-bar")
