"""The tab of clicks filled: the chart over time with what it is split by, and the latest clicks."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.callbacks._asked import Asked
from dashapp.callbacks._dashboard_parts import records, value_name
from dashapp.callbacks._drill import Drill
from dashapp.callbacks._leads import NOTHING, REST
from dashapp.callbacks._volume import counts_table, spoken
from dashapp.components.copyable import copyable_link
from dashapp.components.ranking import Cell, Heading, ranking
from dashapp.components.text import defang
from dashapp.components.volume_card import Choice, LegendEntry, choices, legend
from dashapp.data import clicks
from dashapp.domain.headline import span_words
from dashapp.domain.numbers import DASH
from dashapp.domain.text import visible
from dashapp.figures.theme import blank, series_colours, series_order
from dashapp.figures.volume import volume_over_time
from dashapp.query.conditions import having
from dashapp.query.fields import FIELDS
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import to_text
from dashapp.query.tabs import TabState
from dashapp.query.tree import Match, Node, Present, Value
from dashapp.query.urlstate import EXPLORER
from dashapp.query.views import URL_CLICKS

PIVOTS = {"domain": "URL domain", "verdict": "Click verdict", "url": "URL", "path": "URL domain and path"}
_FIELDS = {"domain": "ClickDomain", "verdict": "ClickVerdict", "url": "ClickUrl"}
NO_CLICKS = "No clicks in this period on the messages that match"
CSV_HEADINGS = {
    "time": "Time (UTC)",
    "recipient": "Recipient",
    "verdict": "Click verdict",
    "url": "URL",
    "threat": "Threat",
    "address": "IP address",
    "message_id": "NetworkMessageId",
}

Drawn = tuple[go.Figure, str, list[Component], Component | None, Component | None]


def pivot_of(state: TabState) -> str:
    """What the chart is split by."""
    return state.by if state.by in PIVOTS else next(iter(PIVOTS))


def draw_clicks(ask: Asked, state: TabState) -> Drawn:
    """The figure, its spoken name, the controls, the legend and the table of the clicks over time.

    Raises:
        QueryError: The query of the address cannot be read.
        FilterError: It means nothing.
        EngineError: It was not answered.
    """
    pivot, window, grain = pivot_of(state), ask.window, ask.grain
    counts = clicks.clicks_over_time(ask.engine, ask.node, window, by=pivot, grain=grain, zone=ask.zone)
    said = spoken("Clicks", counts, span_words(window.span))
    if counts.empty:
        return blank(NO_CLICKS), said, controls(ask, state), None, None
    labels = {name: _label(pivot, name) for name in dict.fromkeys(counts["series"])}
    figure = volume_over_time(counts, window, grain=grain, zone=ask.zone, labels=labels)
    return (
        figure,
        said,
        controls(ask, state),
        legend(_entries(counts, labels, pivot, Drill(ask))),
        counts_table(counts, labels, grain, "Clicks"),
    )


def controls(ask: Asked, state: TabState) -> list[Component]:
    """What the chart may be split by."""
    options = [
        Choice(
            label, ask.same_page(tab=TabState(state.tab, state.rows, name).slug, message=""), name == pivot_of(state)
        )
        for name, label in PIVOTS.items()
    ]
    return [choices("Stack by", options)]


def _label(pivot: str, name: str) -> str:
    if name in {NOTHING, REST} or pivot == "verdict":
        return value_name("ClickVerdict", name)
    return defang(name)


def _entries(counts: pd.DataFrame, labels: dict[str, str], pivot: str, drill: Drill) -> list[LegendEntry]:
    totals = {str(name): int(total) for name, total in counts.groupby("series")["messages"].sum().items()}
    ordered = series_order(list(totals), totals)
    colours = series_colours(ordered)
    return [LegendEntry(labels[name], totals[name], colours[name], _lead(pivot, name, drill)) for name in ordered]


def _lead(pivot: str, name: str, drill: Drill) -> str:
    """The messages with such a click; nothing for the rest, and for clicks without a value."""
    return "" if name in {REST, NOTHING} else drill.to(*_terms(pivot, name))


def _terms(pivot: str, value: str) -> list[Node]:
    if pivot == "path":  # contained in the URL: no field holds it alone
        return [Match("ClickUrl", (Value(value, literal=True),))]
    return having(FIELDS[_FIELDS[pivot]], [value])


def latest(ask: Asked, frame: pd.DataFrame, totals: pd.DataFrame, *, more: Component | None) -> Component:
    """The last clicks as a table, and in a sentence how many there are.

    Args:
        ask: The view.
        frame: As of ``data.clicks.latest_clicks``.
        totals: As of ``data.clicks.click_totals``.
        more: What stands beside the sentence.
    """
    zone = ZoneInfo(ask.zone)
    rows = [_row(ask, row, zone) for row in records(frame)]
    heads = [Heading(name) for name in ("Time", "Recipient", "Click verdict", "URL", "Threat", "IP address", "Message")]
    shown = ranking(heads, rows, caption="Latest clicks")
    return html.Div([html.Div([_sentence(ask, totals), more], className="tb-detail-tools"), shown])


def _sentence(ask: Asked, totals: pd.DataFrame) -> Component:
    row = next(iter(records(totals)))
    clicked, later, people = int(row.clicks), int(row.later), int(row.people)
    noun = "click" if clicked == 1 else "clicks"
    who = "person" if people == 1 else "people"
    words: list[Component | str] = [html.B(f"{clicked:,}"), f" {noun} by {people:,} {who}"]
    if later:
        words.append(f"; {later:,} of them outside this time range, and so not in the chart")
    words += [". ", dcc.Link("Show the messages that were clicked on", href=Drill(ask).to(Present("ClickId")))]
    words += [". ", dcc.Link("View all clicks", href=address)] if (address := _every(ask)) else []
    return html.P(words, className="tb-detail-said")


def _every(ask: Asked) -> str:
    """The view of clicks on the messages that match; empty if that is more than a query may hold."""
    query = to_text(ask.node)
    if len(query) > MOST_CHARACTERS:
        return ""
    clicks_view = {"view": URL_CLICKS.slug, "by": "", "columns": (), "sort": EXPLORER.sort, "tab": "", "message": ""}
    return ask.same_page(query=query, **clicks_view)


def _row(ask: Asked, row: object, zone: ZoneInfo) -> list[Cell]:
    given = row._asdict()  # type: ignore[attr-defined]  # a named tuple of pandas
    moment = given["time"].replace(tzinfo=UTC).astimezone(zone)
    name = f"{given['message_id']} {given['recipient']}"
    return [
        html.Span(f"{moment:%Y-%m-%d %H:%M:%S}", className="tb-nowrap"),
        visible(given["recipient"], most=120),
        visible(given["verdict"], most=60),
        copyable_link(given["url"]) if given["url"] else DASH,
        visible(given["threat"], most=60) or DASH,
        visible(given["address"], most=60) or DASH,
        dcc.Link("Open", href=ask.same_page(message=name)),
    ]
