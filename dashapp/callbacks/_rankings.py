"""The rankings of the explorer's tabs: what each asks, its columns, and where its numbers lead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from functools import partial
from typing import Any, Literal

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.callbacks._asked import Asked
from dashapp.callbacks._drill import Drill
from dashapp.components.copyable import copyable_link
from dashapp.components.explorer_tabs import LABELS
from dashapp.components.ranking import Cell, Heading, Number, ranking
from dashapp.data.clicks import VERDICTS, top_clickers, top_clicks
from dashapp.data.top import REACHED, attacks, top_families, top_targeted
from dashapp.data.top_urls import BLOCKED, top_urls
from dashapp.domain.metrics import change_words
from dashapp.domain.text import visible
from dashapp.domain.values import Delivery, Threat
from dashapp.query.conditions import having
from dashapp.query.fields import FIELDS
from dashapp.query.subjects import CLICKS, MESSAGES, Subject
from dashapp.query.tabs import Tab, TabState
from dashapp.query.tree import Match, Node, Value

CHANGE = "Change"
Order = Literal["", "ascending", "descending"]


@dataclass(frozen=True)
class Ranking:
    """One table.

    Attributes:
        ask: The question, with ``engine``, ``node``, ``window``, ``limit`` and the count ``by`` that decides.
        subject: Column of the frame that says what a row is about, and its heading.
        field: The field of the query with that value.
        counts: Columns of numbers to their headings, in order; the first decides unless another is chosen.
        cell: What stands in the first column of a row that leads to an address.
        none: What there is none of among the messages that match.
        narrowed: What a number adds to the query, by column.
        among: Filter of all the messages counted.
        plain: Columns of numbers that are no numbers of messages, and so lead nowhere.
        texts: Other columns of the frame to their headings, for the file.
    """

    ask: Callable[..., pd.DataFrame]
    subject: tuple[str, str]
    field: str
    counts: Mapping[str, str]
    cell: Callable[[Any, str], Component]
    none: str
    narrowed: Mapping[str, Node] = made(default_factory=dict)
    among: tuple[Node, ...] = ()
    texts: Mapping[str, str] = made(default_factory=dict)
    plain: frozenset[str] = frozenset()

    @property
    def usual(self) -> str:
        """The count that decides who leads, unless another is chosen."""
        return next(iter(self.counts))

    @property
    def compared(self) -> bool:
        """Whether it knows the time before."""
        return "previous" in self.texts

    @property
    def headings(self) -> dict[str, str]:
        """Columns of the frame to their headings, for the file."""
        name, label = self.subject
        return {name: label, **self.texts, **self.counts}

    def frame(self, ask: Asked, state: TabState) -> pd.DataFrame:
        """The rows of the leading values in the order of ``state``: the leading ones, or their names or least first.

        Raises:
            QueryError: The query of the address cannot be read.
            FilterError: It means nothing.
            EngineError: It was not answered.
        """
        by = state.by if state.by in self.counts else self.usual
        found = self.ask(ask.engine, ask.node, ask.window, limit=state.rows, by=by)
        if state.by == self.subject[0]:
            return found.sort_values(self.subject[0], ascending=state.ascending, kind="stable", ignore_index=True)
        return found.iloc[::-1].reset_index(drop=True) if state.ascending else found


def table(shown: Ranking, frame: pd.DataFrame, ask: Asked, state: TabState, *, compared: bool) -> Component:
    """``frame`` as a table with links; ``compared``: with the change against the time before."""
    drill = Drill(ask, *shown.among)
    changes = compared and shown.compared
    rows = [_row(shown, record, drill, changes=changes) for record in frame.itertuples(index=False)]
    return ranking(_headings(shown, ask, state, changes=changes), rows, caption=LABELS[state.tab])


def _headings(shown: Ranking, ask: Asked, state: TabState, *, changes: bool) -> list[Heading]:
    now = state.by if state.by in shown.headings else shown.usual
    name, label = shown.subject
    found = [_heading(ask, state, name, label, now, first="ascending")]
    for count, heading in shown.counts.items():
        found.append(_heading(ask, state, count, heading, now, first="descending"))
        if changes and count == shown.usual:
            found.append(Heading(CHANGE))
    return found


def _heading(ask: Asked, state: TabState, name: str, label: str, now: str, *, first: Order) -> Heading:
    """Following it orders by the column, and once more turns the order round."""
    order: Order = "" if name != now else "ascending" if state.ascending else "descending"
    wanted = first == "ascending" if not order else order == "descending"
    target = TabState(state.tab, state.rows, name, wanted)
    return Heading(label, ask.same_page(tab=target.slug, message=""), order, numeric=first == "descending")


def _row(shown: Ranking, record: Any, drill: Drill, *, changes: bool) -> list[Cell]:
    own = having(FIELDS[shown.field], [getattr(record, shown.subject[0])])
    cells: list[Cell] = [shown.cell(record, drill.to(*own))]
    for name in shown.counts:
        count = int(getattr(record, name))
        more = [shown.narrowed[name]] if name in shown.narrowed else []
        leads = count and name not in shown.plain
        cells.append(Number(count, drill.to(*own, *more) if leads else ""))
        if changes and name == shown.usual:
            cells.append(change_words(count, int(record.previous)))
    return cells


def _is(name: str, *values: str) -> Node:
    return Match(name, tuple(Value(value, literal=True) for value in values))


def _link(row: Any, _href: str) -> Component:
    return copyable_link(row.url)


def _person(row: Any, href: str) -> Component:
    name, below = (row.display_name, row.recipient) if row.display_name else (row.recipient, "")
    place = " · ".join(visible(part, most=80) for part in (row.department, below) if part)
    return html.Div([_named(name, href), html.Span(html.Bdi(place), className="tb-subtle", title=place)])


def _family(row: Any, href: str) -> Component:
    return _named(row.family, href)


def _clicker(row: Any, href: str) -> Component:
    return _named(row.recipient, href)


def _named(name: str, href: str) -> Component:
    text = html.Bdi(visible(name, most=80))
    return dcc.Link(text, href=href, className="tb-name") if href else html.Span(text, className="tb-name")


def _targeted(engine: Any, node: Node, window: Any, *, limit: int, by: str) -> pd.DataFrame:
    return top_targeted(engine, window, limit=limit, node=node, by=by)


def _families(engine: Any, node: Node, window: Any, *, limit: int, by: str) -> pd.DataFrame:
    return top_families(engine, window, limit=limit, node=node, by=by)


_VERDICTS = {
    "blocked": "Blocked",
    "allowed": "Allowed",
    "overridden": "Block overridden",
    "pending": "Pending verdict",
    "bypassed": "Pending verdict bypassed",
    "none": "None",
    "error": "Error page",
    "failure": "Failure",
}
_BY_VERDICT = {name: _is("ClickVerdict", value) for name, value in VERDICTS.items()}
_REACHED = _is("ExplorerDelivery", *REACHED)
_ATTACKS = (attacks(),)

RANKINGS: dict[Tab, Ranking] = {
    Tab.TOP_URLS: Ranking(
        top_urls,
        subject=("url", "URL"),
        field="Url",
        counts={"messages": "Messages", "blocked": "Blocked", "junked": "Junk", "delivered": "Delivered"},
        cell=_link,
        none="No links in the messages that match",
        narrowed={
            "blocked": _is("ExplorerDelivery", *BLOCKED),
            "junked": _is("ExplorerDelivery", Delivery.JUNKED),
            "delivered": _is("ExplorerDelivery", Delivery.DELIVERED),
        },
    ),
    Tab.TOP_CLICKS: Ranking(
        top_clicks,
        subject=("url", "URL"),
        field="ClickUrl",
        counts={"clicks": "Clicks", **_VERDICTS},
        cell=_link,
        none="No clicks on links in the messages that match",
        narrowed=_BY_VERDICT,
    ),
    Tab.TARGETED: Ranking(
        _targeted,
        subject=("recipient", "Person"),
        field="RecipientEmailAddress",
        counts={"attacks": "Attempts", "malware": "Malware", "phish": "Phishing", "delivered": "Delivered"},
        cell=_person,
        none="No attacks among the messages that match",
        narrowed={
            "malware": _is("PrimaryThreat", Threat.MALWARE),
            "phish": _is("PrimaryThreat", Threat.PHISH),
            "delivered": _REACHED,
        },
        among=_ATTACKS,
        texts={"display_name": "Name", "department": "Department", "previous": "Attempts in the previous period"},
    ),
    Tab.FAMILIES: Ranking(
        _families,
        subject=("family", "Family"),
        field="ThreatFamily",
        counts={"messages": "Messages", "recipients": "Recipients", "delivered": "Delivered"},
        cell=_family,
        none="No attacks with a known malware family among the messages that match",
        narrowed={"delivered": _REACHED},
        among=_ATTACKS,
        texts={"previous": "Messages in the previous period"},
        plain=frozenset({"recipients"}),
    ),
}
_OF_CLICKS: dict[Tab, Ranking] = {
    Tab.TOP_CLICKS: replace(RANKINGS[Tab.TOP_CLICKS], ask=partial(top_clicks, subject=CLICKS), none="No clicks match"),
    Tab.TARGETED: Ranking(
        top_clickers,
        subject=("recipient", "Person"),
        field="RecipientEmailAddress",
        counts={"clicks": "Clicks", **_VERDICTS},
        cell=_clicker,
        none="No clicks match",
        narrowed=_BY_VERDICT,
    ),
}


def rankings_of(subject: Subject) -> Mapping[Tab, Ranking]:
    """The rankings among rows of a kind; each is a tab."""
    return RANKINGS if subject is MESSAGES else _OF_CLICKS if subject is CLICKS else {}
