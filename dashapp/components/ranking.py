"""A table whose headings are links that order it, whose numbers lead to what they count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component


@dataclass(frozen=True)
class Heading:
    """One column.

    Attributes:
        label: Its name.
        href: What orders the table by it; empty: nothing does.
        order: How the table is ordered by it now; empty: it is not.
        numeric: Numbers, on the right.
    """

    label: str
    href: str = ""
    order: Literal["", "ascending", "descending"] = ""
    numeric: bool = False


@dataclass(frozen=True)
class Number:
    """A count and the address of what was counted; empty: it leads nowhere."""

    count: int
    href: str = ""


Cell: TypeAlias = Component | str | Number


def ranking(headings: Sequence[Heading], rows: Sequence[Sequence[Cell]], *, caption: str) -> Component:
    """``rows`` under ``headings``; texts are shown as text whatever they contain.

    Args:
        headings: One per column.
        rows: Cells in the order of the headings.
        caption: Said by screen readers, not shown.
    """
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="tb-hidden"),
                html.Thead(html.Tr([_head(heading) for heading in headings])),
                html.Tbody([html.Tr([_cell(cell) for cell in row]) for row in rows]),
            ],
            className="tb-table tb-ranking",
        ),
        className="tb-table-box tb-ranking-box",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _head(heading: Heading) -> Component:
    looks = "tb-number" if heading.numeric else ""
    if not heading.href:
        return html.Th(heading.label, scope="col", className=looks)
    arrow = {"ascending": "▲", "descending": "▼", "": ""}[heading.order]
    mark = html.Span(arrow, className="tb-order", **{"aria-hidden": "true"})
    said: dict[str, str] = {"aria-sort": heading.order} if heading.order else {}
    inside = [mark, heading.label] if heading.numeric else [heading.label, mark]
    return html.Th(dcc.Link(inside, href=heading.href), scope="col", className=looks, **said)


def _cell(cell: Cell) -> Component:
    if isinstance(cell, Number):
        text = f"{cell.count:,}"
        return html.Td(dcc.Link(text, href=cell.href) if cell.href and cell.count else text, className="tb-number")
    return html.Td(html.Bdi(cell) if isinstance(cell, str) else cell)
