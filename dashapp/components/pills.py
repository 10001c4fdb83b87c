"""The terms of a query as a row of pills, each in words and with all that can be done to it.

Every change is a link to the address that has it made, so the address stays the state and Back undoes it; only editing
is the browser's (``assets/js/querybar.js`` puts the cursor on the term).
"""

from collections.abc import Callable, Collection, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components import links
from dashapp.components.icon import icon
from dashapp.domain.kept_lists import size_of
from dashapp.domain.wording import in_words
from dashapp.query.pills import Pill, Pills
from dashapp.query.tree import Listed, Node, Not, leaves

MOST_SHOWN = 40  # of a hundred; the rest are counted
Address = Callable[[Pills], str]


def pill_row(pills: Pills, address: Address, *, note: str = "", left_out: Collection[Node] = ()) -> Component | None:
    """The pills, and a way to be rid of all of them; None when there are none and nothing is to be said.

    Args:
        pills: What the address says.
        address: The address of this page with other pills.
        note: What could not be shown.
        left_out: Terms that are not applied here, though nobody switched them off.
    """
    if not pills.row and not note:
        return None
    shown = [_pill(pills, place, address, left_out) for place in range(min(len(pills.row), MOST_SHOWN))]
    more = len(pills.row) - len(shown)
    return html.Div(
        [
            html.Ul(shown, className="tb-pills-list", **{"aria-label": "Filters"}),
            html.Span(f"and {more:,} more", className="tb-quiet tb-fine") if more > 0 else None,
            html.Span(note, className="tb-pills-note") if note else None,
            dcc.Link("Clear all", href=address(Pills()), className="tb-pills-clear"),
        ],
        className="tb-pills",
    )


def _pill(pills: Pills, place: int, address: Address, left_out: Collection[Node]) -> Component:
    pill = pills.row[place]
    words = in_words(pill.node)
    negated = isinstance(pill.node, Not)
    changes = [
        _switch(pill, words, address(pills.switched(place))),
        _edit(pills, place, words),
        *_values(pill.node),
        _change(
            "plus" if negated else "minus", "Include" if negated else "Exclude", words, address(pills.negated(place))
        ),
        _change("close", "Remove", words, address(pills.without(place))),
    ]
    is_off = not pill.enabled or pill.node in left_out
    looks = [name for name, has in (("tb-pill-off", is_off), ("tb-pill-not", negated)) if has]
    return html.Li(changes, className=" ".join(["tb-pill", *looks]))


def _switch(pill: Pill, words: str, href: str) -> Component:
    does = "Disable" if pill.enabled else "Enable"
    box = html.Span(icon("check", size=12) if pill.enabled else None, className="tb-pill-box")
    return _link([box], does, words, href, "tb-pill-switch")


def _change(picture: str, does: str, words: str, href: str) -> Component:
    return _link([icon(picture, size=14)], does, words, href, "tb-pill-change")


def _link(inside: Sequence[Component], does: str, words: str, href: str, looks: str) -> Component:
    said = html.Span(f"{does}: {words}", className="tb-hidden")
    return dcc.Link([*inside, said], href=href, title=does, className=looks)


def _edit(pills: Pills, place: int, words: str) -> Component:
    """A switched-off term is put into the bar by running what is there; until then nothing has changed."""
    enabled = pills.row[place].enabled
    edited, now_at = (pills, place) if enabled else _switched_on(pills, place)
    text, off = edited.texts()
    start, end = edited.spans()[now_at]
    told = {"data-text": text, "data-off": off, "data-start": start, "data-end": end}
    state = "" if enabled else " (disabled)"
    return html.Button(
        [html.Bdi(words), html.Span(f"{state}, edit", className="tb-hidden")],
        type="button",
        title=f"Edit: {words}",
        className="tb-pill-words",
        **told,
    )


def _values(node: Node) -> list[Component]:
    """The way to what is in each kept list of the term."""
    names = dict.fromkeys(leaf.list_id for leaf in leaves(node) if isinstance(leaf, Listed) and size_of(leaf.list_id))
    return [
        html.A(
            [icon("table", size=14), html.Span("Show the values of the list", className="tb-hidden")],
            href=links.href(f"/lists/{name}.txt"),
            target="_blank",
            title="Show the values",
            className="tb-pill-change",
        )
        for name in names
    ]


def _switched_on(pills: Pills, place: int) -> tuple[Pills, int]:
    """With one term on again, and where it is now: the last of those that are applied."""
    edited = pills.switched(place)
    return edited, sum(pill.enabled for pill in edited.row) - 1
