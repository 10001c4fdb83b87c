"""What the query bar does: what may be typed next, the pills, and filters made from what one looks at."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._asked import Asked, asked
from dashapp.callbacks._registry import CallbackSet
from dashapp.components.pills import pill_row
from dashapp.data.errors import EngineError, QueryCancelled
from dashapp.data.suggested import Suggested, suggested_values
from dashapp.data.top import breakdown
from dashapp.identity.permissions import Permission
from dashapp.ids import Explorer, Shell
from dashapp.query import limits
from dashapp.query.conditions import having
from dashapp.query.errors import QueryError
from dashapp.query.fields import Field
from dashapp.query.pills import Pills, opposite, read_pills
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.suggest import Sort, Suggestion, Typed, rest_of, suggestions, typed_value, written
from dashapp.query.tree import Match, Node, Value, all_of
from dashapp.query.urlstate import EXPLORER
from dashapp.query.views import says_something
from dashapp.query.window import Window
from dashapp.services import services

callbacks = CallbackSet()

MOST = 10
MOST_IN_CELL = 20
LONGEST_CELL = 4_000
SAFE_NUMBER = 2**53
UNREAD_OFF = "The switched-off filters of this address cannot be read."
AROUND = timedelta(hours=1, minutes=1)  # a shown time may be ambiguous by the hour that is turned back
VIEW = Input(Shell.VIEW, "data")


@callbacks(
    Output(Explorer.SUGGESTED, "data"),
    Input(Explorer.TYPED, "data"),
    State(Shell.VIEW, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def suggest(sent: object, view: object) -> dict[str, Any]:
    """Say what may be typed next; ``sequence`` tells the browser which state of the text it is for."""
    text, cursor, sequence = _typed(sent)
    ask = asked(view, EXPLORER)
    known = suggestions(text, cursor, ask.subject)
    typed = typed_value(text, cursor, ask.subject)
    found = _values(ask, text, typed, sequence) if typed and typed.operator in {":", "="} else Suggested()
    items = [_item(one) for one in known]
    if typed and found.values:
        items = _merged(found, typed, items)
    since = f"Counted since {found.since:%-d %B %Y}" if found.since else ""
    return {"sequence": sequence, "items": items, "note": since, "nouns": ask.subject.nouns}


def _typed(sent: object) -> tuple[str, int, int]:
    """Text, cursor and number of one state of the bar.

    Raises:
        PreventUpdate: It is none.
    """
    if not isinstance(sent, dict):
        raise PreventUpdate
    text, cursor, sequence = sent.get("text"), sent.get("cursor"), sent.get("sequence")
    if not isinstance(text, str) or len(text) > limits.MOST_CHARACTERS:
        raise PreventUpdate
    if not isinstance(cursor, int) or not isinstance(sequence, int) or not 0 < sequence < SAFE_NUMBER:
        raise PreventUpdate
    return text, cursor, sequence


def _values(ask: Asked, text: str, typed: Typed, sequence: int) -> Suggested:
    """Of the data; a newer state of the same person's bar ends the search."""
    try:
        with ask.engine.ask(f"suggest {services().actor.user_id}", sequence):
            rest = all_of(ask.listed.node, rest_of(text, typed))
            rest = rest if says_something(ask.subject, rest) else ask.listed.node
            return suggested_values(
                ask.engine, rest, ask.window, field=typed.field.name, typed=typed.text, subject=ask.subject
            )
    except QueryCancelled:
        return Suggested()


def _item(one: Suggestion) -> dict[str, Any]:
    label = "" if one.sort is Sort.VALUE else one.label
    return {"sort": one.sort, "text": one.text, "label": label, "start": one.start, "end": one.end}


def _merged(found: Suggested, typed: Typed, usual: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What occurs with its count, then the usual values that do not."""
    place = {"sort": Sort.VALUE, "start": typed.start, "end": typed.end}
    items: list[dict[str, Any]] = [
        {**place, "text": written(value), "label": "", "count": f"{count:,}"} for value, count in found.values
    ]
    seen = {item["text"].casefold() for item in items}
    return [*items, *(item for item in usual if item["text"].casefold() not in seen)][:MOST]


@callbacks(Output(Explorer.PILLS, "children"), VIEW, permission=Permission.MESSAGE_READ)
def update_pills(sent: object) -> Component | None:
    """Show the terms of the query as pills; a query that cannot be read has none."""
    ask = asked(sent, EXPLORER)
    note = ""
    try:
        try:
            pills = read_pills(ask.state.query, ask.state.disabled)
        except QueryError:
            pills, note = read_pills(ask.state.query), UNREAD_OFF
    except QueryError:
        return None
    strange = [pill.node for pill in pills.row if not says_something(ask.subject, pill.node)]
    if any(pill.enabled and pill.node in strange for pill in pills.row):
        note = f"Not applied here, crossed out: what says nothing about {ask.subject.nouns}. {note}".strip()
    return pill_row(pills, lambda changed: _address(ask, changed), note=note, left_out=strange)


def _address(ask: Asked, pills: Pills) -> str:
    query, disabled = pills.texts()
    return ask.same_page(query=query, disabled=disabled, message="")


@callbacks(
    Output(Explorer.NARROWED, "data"),
    Input(Explorer.NARROW, "data"),
    State(Shell.VIEW, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def narrow(wanted: object, view: object) -> dict[str, Any]:
    """The query with what a cell holds filtered for or out; the browser puts it into the address."""
    if not isinstance(wanted, dict):
        raise PreventUpdate
    ask = asked(view, EXPLORER)
    field = ask.subject.fields.get(str(wanted.get("field")))
    if field is None:
        raise PreventUpdate
    terms = having(field, _cell_values(ask, field, wanted))
    try:
        pills = read_pills(ask.state.query, ask.state.disabled)
        if wanted.get("out") is True:
            pills = pills.narrowed(opposite(all_of(*terms)))
        else:
            for term in terms:
                pills = pills.narrowed(term)
        query, disabled = pills.texts()
        read_pills(query)  # it may have become too long
    except QueryError as error:
        return {"problem": f"{error.message[:1].upper()}{error.message[1:]}."}
    return {"q": query, "off": disabled}


def _cell_values(ask: Asked, field: Field, wanted: dict[str, Any]) -> list[str]:
    """What the data has in the cell: its text may have been cut, joined, or made visible; that text if it is gone.

    What is said without a message (a series of the chart, a fact of the flyout) is a value as the data has it.
    """
    shown = str(wanted.get("shown") or "")[:LONGEST_CELL]
    if "row" not in wanted:
        return [shown] if shown else []
    row = _terms_of(str(wanted.get("row") or "")[:LONGEST_CELL], ask.subject)
    window = _around(ask, wanted.get("time"))
    try:
        found = breakdown(ask.engine, all_of(*row), window, field=field.name, subject=ask.subject)
    except EngineError:
        return [shown] if shown else []
    values = [str(value) for value in found["value"]][:MOST_IN_CELL]
    return values or ([shown] if shown else [])


def _terms_of(name: str, subject: Subject) -> list[Node]:
    """What only the row of that name has; the names of rows are those of ``_rows.cells``."""
    cut = name.split(" ", 1) if subject is MESSAGES else name.rsplit(" ", len(subject.naming) - 1)
    told = zip(subject.naming, cut, strict=False)
    return [Match(field, (Value(value, literal=True),)) for field, value in told if field != "Timestamp"]


def _around(ask: Asked, shown: object) -> Window:
    """The time around a row, so that it is found at once; the whole range if the row shows none."""
    try:
        moment = datetime.fromisoformat(str(shown)).replace(tzinfo=ZoneInfo(ask.zone))
        return Window(moment - AROUND, moment + AROUND)
    except (ValueError, OverflowError):
        return ask.window


callbacks.clientside("queryText", Output(Explorer.QUERY, "value"), VIEW)
callbacks.clientside("search", Input(Explorer.RUN, "n_clicks"), State(Explorer.QUERY, "value"))
callbacks.clientside("takeSuggestions", Input(Explorer.SUGGESTED, "data"))
callbacks.clientside("takeNarrowed", Input(Explorer.NARROWED, "data"))
