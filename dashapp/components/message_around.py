"""What surrounds a message: who received it, and how many others are like it."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.message_view import NOT_SAID, section
from dashapp.domain.message_timeline import Row
from dashapp.domain.text import visible

_PERSON = (
    ("Name", "AccountDisplayName"),
    ("Department", "Department"),
    ("Job title", "JobTitle"),
    ("City", "City"),
    ("Country", "Country"),
    ("Tags", "UserTags"),
)


def around_message(person: Row | None, similar: Sequence[tuple[str, int, int, str]]) -> Component:
    """The sections about the recipient and about similar messages.

    Args:
        person: The directory's record; None if there is none.
        similar: What is the same, how many messages the viewer sees, how many not, and the explorer's address of them.
    """
    return html.Div(
        [
            section(
                "Similar messages",
                _similar(similar),
                note="From a week before this message to a week after it; this message is counted too.",
            ),
            section("Recipient", _person(person)),
        ],
        className="tb-message",
    )


def _similar(similar: Sequence[tuple[str, int, int, str]]) -> Component:
    if not similar:
        return html.P(f"{NOT_SAID}: neither cluster, sender, subject nor links.", className="tb-none")
    return html.Ul(
        [
            html.Li([html.Span(name), dcc.Link(f"{count:,} {_noun(count)}", href=address), _hidden(hidden)])
            for name, count, hidden, address in similar
        ],
        className="tb-similar",
    )


def _noun(count: int) -> str:
    return "message" if count == 1 else "messages"


def _hidden(hidden: int) -> Component | None:
    return html.Span(f"{hidden:,} more hidden", className="tb-quiet tb-fine") if hidden else None


def _person(person: Row | None) -> Component:
    known = [(label, person[column]) for label, column in _PERSON if person and person[column]]
    if not known:
        return html.P(f"{NOT_SAID}.", className="tb-none")
    parts = [part for label, value in known for part in (html.Dt(label), html.Dd(html.Bdi(visible(value))))]
    return html.Dl(parts, className="tb-facts")
