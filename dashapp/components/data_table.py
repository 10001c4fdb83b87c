"""A small plain table: for rankings, and as the readable twin of a chart."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component


def data_table(
    heads: Sequence[str], rows: Sequence[Sequence[str | int | Component]], *, caption: str, empty: str = ""
) -> Component:
    """A table whose numbers are right-aligned with thousands separators.

    Args:
        heads: One per column.
        rows: Cells; text is shown as text whatever it contains.
        caption: Said by screen readers, not shown.
        empty: What to say when there are no rows.
    """
    if not rows:
        return html.P(empty or "Nothing in this period.", className="tb-none")
    numeric = [isinstance(cell, int) for cell in rows[0]]
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="tb-hidden"),
                html.Thead(
                    html.Tr(
                        [
                            html.Th(head, scope="col", className="tb-number" if is_number else "")
                            for head, is_number in zip(heads, numeric, strict=True)
                        ]
                    )
                ),
                html.Tbody(
                    [html.Tr([_cell(cell, head) for cell, head in zip(row, heads, strict=True)]) for row in rows]
                ),
            ],
            className="tb-table",
        ),
        className="tb-table-box",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _cell(cell: str | int | Component, head: str) -> Component:
    """A cell that knows its heading, for screens where a row is not a line; the first names its row."""
    told = {"data-label": head} if head else {}
    if isinstance(cell, int):
        return html.Td(f"{cell:,}", className="tb-number", **told)
    return html.Td(html.Bdi(cell) if isinstance(cell, str) else cell, **told)
