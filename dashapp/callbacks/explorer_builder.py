"""The filter builder, and running what the bar holds: the server reads, checks and prints; the draft is the browser's.

Nothing here is kept on the server, so nobody sees another's draft. ``assets/js/builder.js`` draws it.
"""

from collections.abc import Callable
from typing import Any

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._asked import Asked, asked
from dashapp.callbacks._registry import CallbackSet
from dashapp.data.errors import FilterError, QueryCancelled
from dashapp.data.filtering import columns_of, where
from dashapp.data.subjects import rows_of
from dashapp.data.suggested import Suggested, suggested_values
from dashapp.domain.wording import in_words
from dashapp.identity.permissions import Permission
from dashapp.ids import Builder, Shell
from dashapp.kept_lists import as_named
from dashapp.query import limits
from dashapp.query.draft import DraftError, Group, draft_of, finished, read_draft, sentence, told
from dashapp.query.errors import QueryError
from dashapp.query.fields import Field, Kind
from dashapp.query.fields import Group as FieldGroup
from dashapp.query.grammar import parse
from dashapp.query.pills import read_pills
from dashapp.query.subjects import Subject
from dashapp.query.tree import Everything, Node
from dashapp.query.urlstate import EXPLORER
from dashapp.query.ways import ANYWHERE, ANYWHERE_WAYS, WAYS, Way
from dashapp.services import services

callbacks = CallbackSet()

SAFE_NUMBER = 2**53
LONGEST_TYPED = 200
LONGEST_RUN = limits.MOST_PASTED_CHARACTERS
USUAL = {
    Kind.FLAG: (("true", "Yes"), ("false", "No")),
    Kind.TIME: (("now-1h", "an hour ago"), ("now-1d", "a day ago"), ("now-7d", "a week ago"), ("now/d", "today")),
}
VIEW = State(Shell.VIEW, "data")


@callbacks(
    Output(Builder.TOLD, "data"),
    Input(Builder.ASKED, "data"),
    VIEW,
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def build(sent: object, view: object) -> dict[str, Any]:
    """Read a query as a draft (``do`` is "open"), or a draft as a query ("check", "apply")."""
    question, sequence = _question(sent)
    ask, doing = asked(view, EXPLORER), question.get("do")
    if doing == "open":
        return {"sequence": sequence, "do": doing, **_opened(question, ask.subject)}
    if doing not in {"check", "apply"}:
        raise PreventUpdate
    try:
        draft = read_draft(question.get("draft"))
    except DraftError:
        raise PreventUpdate from None
    return {"sequence": sequence, "do": doing, **_read(ask, draft, _keeping if doing == "apply" else as_named)}


@callbacks(
    Output(Builder.VALUES, "data"),
    Input(Builder.VALUES_WANTED, "data"),
    VIEW,
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def find_values(sent: object, view: object) -> dict[str, Any]:
    """The values of a field that occur now and fit what is typed, with their counts, then the usual others."""
    question, sequence = _question(sent)
    ask, typed = asked(view, EXPLORER), question.get("typed")
    field = ask.subject.fields.get(str(question.get("field")))
    if field is None or not isinstance(typed, str) or len(typed) > LONGEST_TYPED:
        raise PreventUpdate
    found = _suggested(ask, field.name, typed, sequence)
    values = [{"value": value, "label": value, "detail": f"{count:,}"} for value, count in found.values]
    seen = {value.casefold() for value, _ in found.values}
    usual = USUAL.get(field.kind) or tuple((value, value) for value in field.values)
    values += [
        {"value": value, "label": label, "detail": ""}
        for value, label in usual
        if value.casefold() not in seen and typed.casefold() in f"{value} {label}".casefold()
    ]
    return {"sequence": sequence, "values": values}


@callbacks(
    Output(Builder.RAN, "data"),
    Output(Builder.PROBLEM, "children"),
    Input(Builder.RUN, "data"),
    VIEW,
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def run(sent: object, view: object) -> tuple[dict[str, Any], Component | None]:
    """Look at what is to be run. What is wrong is said and never reaches the address, so the last good results stay."""
    question, sequence = _question(sent)
    text = question.get("text")
    if not isinstance(text, str) or len(text) > LONGEST_RUN:
        raise PreventUpdate
    ask = asked(view, EXPLORER)
    try:
        text = _keeping(text)
        message, pointed = _refusal(ask, parse(text, near=ask.subject.fields)), ""
    except QueryError as error:
        message, pointed = error.message, error.pointed_at(text)
    answer = {"sequence": sequence, "fine": not message, "text": "" if message else text}
    return answer, _problem(sentence(message), pointed) if message else None


callbacks.clientside("takeTold", Input(Builder.TOLD, "data"))
callbacks.clientside("takeValues", Input(Builder.VALUES, "data"))
callbacks.clientside("takeRan", Input(Builder.RAN, "data"))


def _question(sent: object) -> tuple[dict[str, Any], int]:
    """What the browser asks, and its number of the question.

    Raises:
        PreventUpdate: It is none.
    """
    sequence = sent.get("sequence") if isinstance(sent, dict) else None
    if not isinstance(sent, dict) or type(sequence) is not int or not 0 < sequence < SAFE_NUMBER:
        raise PreventUpdate
    return sent, sequence


def _opened(question: dict[str, Any], subject: Subject) -> dict[str, Any]:
    text, off = question.get("text"), question.get("off")
    if not isinstance(text, str) or not isinstance(off, str) or len(text) + len(off) > LONGEST_RUN:
        raise PreventUpdate
    try:
        pills = read_pills(text, near=subject.fields)
    except QueryError as error:
        place = {"start": error.position, "end": error.position + error.length}
        return {"unread": sentence(error.message), "pointed": error.pointed_at(text), **place}
    try:
        pills, note = read_pills(text, off), ""
    except QueryError:
        note = "The switched-off filters of this address cannot be read; Apply drops them."
    return {"draft": told(draft_of(pills)), "note": note, **_vocabulary(subject)}


def _vocabulary(subject: Subject) -> dict[str, Any]:
    anywhere = {"name": ANYWHERE, "label": "Anywhere", "group": "", "kind": "anywhere", "values": []}
    anywhere["help"] = f"{', '.join(subject.fields[name].label for name in subject.words)}."
    fields = [
        {
            "name": field.name,
            "label": field.label,
            "group": field.group.value,
            "kind": field.kind.value,
            "help": field.help,
            "listed": bool(field.values),
        }
        for field in sorted(subject.fields.values(), key=_by_group)
    ]
    ways = {kind.value: list(map(_way, ways)) for kind, ways in WAYS.items()}
    return {"fields": [anywhere, *fields], "ways": {**ways, "anywhere": list(map(_way, ANYWHERE_WAYS))}}


_GROUPS = {group: place for place, group in enumerate(FieldGroup)}


def _by_group(field: Field) -> int:
    return _GROUPS[field.group]


def _way(way: Way) -> dict[str, str]:
    return {"name": way.name, "words": way.words, "negated": way.negated, "takes": way.takes}


def _read(ask: Asked, draft: Group, shorten: Callable[[str], str]) -> dict[str, Any]:
    """What the draft amounts to; ``shorten`` gives long lists in its texts a name."""
    made = finished(draft, shorten=as_named)
    if not made.problems and _refusal(ask, made.pills.node):
        made = finished(draft, lambda leaf: _refusal(ask, leaf), as_named)
    problems = [{"at": list(problem.at), "message": problem.message} for problem in made.problems]
    try:
        query, disabled = map(shorten, made.pills.texts())
    except QueryError as error:
        query = disabled = ""
        problems = [{"at": [], "message": sentence(error.message)}]
    words = "" if problems or isinstance(made.pills.node, Everything) else in_words(made.pills.node)
    return {"problems": problems, "q": query, "off": disabled, "words": words, "most": limits.MOST_CHARACTERS}


def _keeping(text: str) -> str:
    return services().kept_lists.shortened(services().actor, text)


def _refusal(ask: Asked, node: Node) -> str:
    """Why the engine cannot look for ``node``; empty if it can."""
    try:
        rows = rows_of(ask.engine, ask.subject, ask.window, columns=columns_of(node))
        where(ask.engine, rows, node, ask.subject)
    except FilterError as error:
        return str(error)
    return ""


def _suggested(ask: Asked, field: str, typed: str, sequence: int) -> Suggested:
    try:
        with ask.engine.ask(f"builder {services().actor.user_id}", sequence):
            return suggested_values(ask.engine, Everything(), ask.window, field=field, typed=typed, subject=ask.subject)
    except QueryCancelled:
        return Suggested()


def _problem(message: str, pointed: str) -> Component:
    stays = html.P(
        [
            "Below are still the results of the last good query. ",
            html.Button("Put it back", className="tb-link-button tb-bar-restore", type="button"),
        ],
        className="tb-query-stays",
    )
    return html.Div([html.P(message), html.Pre(pointed) if pointed else None, stays])
