"""The lists on the page of saved queries; their buttons are the business of ``assets/js/saved.js``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import empty_state
from dashapp.components.data_table import data_table
from dashapp.components.icon import icon
from dashapp.components.links import href
from dashapp.components.query_addresses import explorer_address, ready_address
from dashapp.domain.numbers import DASH, MINUS, moment, whole
from dashapp.domain.ranges import range_name
from dashapp.domain.ready_made import READY_MADE
from dashapp.domain.saved_queries import SavedQuery, may_change, read_search
from dashapp.domain.text import visible
from dashapp.domain.tracking import Alert, DayCounts, TrackerState, day_window
from dashapp.identity.permissions import ROLE_NAMES, Actor
from dashapp.query.urlstate import ViewState
from dashapp.query.views import find_view

READY = READY_MADE
MOST_TEXT = 160


class Tab(StrEnum):
    """The lists, as ``tab=`` of the address names them."""

    SAVED = "saved"
    TRACKED = "tracked"
    READY = "ready"


TAB_NAMES = {Tab.SAVED: "Saved queries", Tab.TRACKED: "Tracked queries", Tab.READY: "Ready-made"}


def tabs(chosen: Tab, counts: Mapping[Tab, int]) -> Component:
    """Links to the lists, with how long each is."""
    links = [
        dcc.Link(
            [
                TAB_NAMES[tab],
                html.Span(f"{counts[tab]:,}", className="tb-tab-count"),
                html.Span(" (shown)" if tab is chosen else "", className="tb-hidden"),
            ],
            href=href("/trackers", tab="" if tab is Tab.SAVED else tab.value),
            className="tb-tab tb-tab-on" if tab is chosen else "tb-tab",
        )
        for tab in Tab
    ]
    return html.Nav(links, className="tb-tabs", **{"aria-label": "Lists"})


def saved_list(queries: Sequence[SavedQuery], actor: Actor) -> Component:
    """One's own queries and those shared with one."""
    if not queries:
        return empty_state(
            "No saved queries yet",
            "Search in the explorer, then choose Saved and Save this view.",
            dcc.Link("Open the explorer", href=href("/explorer"), className="tb-button tb-button-main"),
        )
    heads = ("Name", "Type", "Author", "Created", "Last executed", "Tracked", "")
    rows = [
        (
            _named(query.name, query.state, *_marks(query)),
            _type(query.state),
            visible(query.author),
            _when(query.created, actor.time_zone),
            _when(query.last_run, actor.time_zone),
            "Yes" if query.tracker else "No",
            _doings(query, actor),
        )
        for query in queries
    ]
    return data_table(heads, rows, caption="Saved queries")


def tracked_list(queries: Sequence[SavedQuery], zone: str, today: date) -> Component:
    """One's own tracked queries with the numbers of their last run; ``today`` is that of who looks, at ``zone``."""
    if not queries:
        return empty_state(
            "Nothing is tracked", "Edit a saved query and choose Track this query: it is then counted every day."
        )
    heads = ("Name", "Today", "Day before", "Today against the week before", "Alert from", "Last counted", "")
    rows = [
        (
            _named(query.name, query.state),
            *_numbers(tracker.counts, today),
            whole(tracker.threshold) if tracker.threshold else DASH,
            _state(tracker.state, tracker.problem, tracker.last_run, zone),
            _explore_and_count(query),
        )
        for query in queries
        if (tracker := query.tracker)
    ]
    return data_table(heads, rows, caption="Tracked queries")


def ready_list() -> Component:
    """The ready-made questions."""
    rows = [
        (
            html.Span([html.B(one.name), html.Span(one.purpose, className="tb-query-note")], className="tb-query-name"),
            "Hunt" if one.is_hunt else "Query",
            dcc.Link("Open" if one.is_hunt else "Explore", href=ready_address(one), className="tb-button"),
        )
        for one in READY
    ]
    return data_table(("Question", "Kind", ""), rows, caption="Ready-made queries and hunts")


def alert_strip(alerts: Sequence[Alert], zone: str) -> Component:
    """Days on which tracked queries reached their thresholds, and the way to put them aside."""
    entries = [
        html.Li(
            [
                dcc.Link(html.Bdi(visible(alert.name)), href=explorer_address(_on_day(alert, zone))),
                f": {_counted(alert)} on {alert.day:%-d %b %Y}, alert from {whole(alert.threshold)} ",
                _button("Put aside", "seen", alert.id, alert.name),
            ]
        )
        for alert in alerts
    ]
    title = "1 alert" if len(alerts) == 1 else f"{len(alerts):,} alerts"
    return html.Section(
        [html.H2([icon("alert", size=16), title]), html.Ul(entries)],
        className="tb-query-alerts",
        **{"aria-label": title},
    )


def _counted(alert: Alert) -> str:
    subject = find_view(read_search(alert.search).view).subject
    return f"{whole(alert.messages)} {subject.noun if alert.messages == 1 else subject.nouns}"


def _on_day(alert: Alert, zone: str) -> ViewState:
    """The query of an alert over its day, where its owner is."""
    window = day_window(alert.day, zone)
    start, end = (f"{edge:%Y-%m-%dT%H:%M}Z" for edge in (window.start, window.end))
    return ViewState(**{**read_search(alert.search).__dict__, "start": start, "end": end, "problems": ()})


def _marks(query: SavedQuery) -> list[Component]:
    marks = [html.Span(f"Shared with {ROLE_NAMES[query.shared]}", className="tb-tag")] if query.shared else []
    return [*marks, html.Span("Default", className="tb-tag tb-tag-good")] if query.is_default else marks


def _named(name: str, state: ViewState, *marks: Component) -> Component:
    asked = visible(state.query, most=MOST_TEXT) or "Everything"
    note = f"{asked} · {range_name(state.start, state.end)}"
    return html.Span(
        [
            html.Span([html.B(html.Bdi(visible(name))), *marks], className="tb-query-head"),
            html.Bdi(note, className="tb-query-note"),
        ],
        className="tb-query-name",
    )


def _type(state: ViewState) -> str:
    return find_view(state.view).label


def _when(instant: datetime | None, zone: str) -> Component:
    return html.Span(moment(instant, zone) if instant else "Never", className="tb-nowrap")


def _doings(query: SavedQuery, actor: Actor) -> Component:
    default = ("Not default", "undefault") if query.is_default else ("Make default", "default")
    parts = [_explore(query), _button(*default, query.id, query.name)]
    if may_change(actor, query):
        parts += [_button("Edit", "edit", query.id, query.name), _button("Delete", "delete", query.id, query.name)]
    return html.Span(parts, className="tb-query-doings")


def _explore_and_count(query: SavedQuery) -> Component:
    parts = [
        _explore(query),
        _button("Count now", "count", query.id, query.name),
        _button("Edit", "edit", query.id, query.name),
    ]
    return html.Span(parts, className="tb-query-doings")


def _explore(query: SavedQuery) -> Component:
    """A plain link: opening is noted by the server, which then sends the browser to the explorer."""
    words = ["Explore", html.Span(f": {visible(query.name)}", className="tb-hidden")]
    return html.A(words, href=href(f"/saved-queries/{query.id}/open"), className="tb-button")


def _button(label: str, doing: str, id_: str, name: str) -> Component:
    said = html.Span(f": {visible(name)}", className="tb-hidden")
    told = {"data-saved": doing, "data-id": id_, "data-name": visible(name)}
    return html.Button([label, said], type="button", className="tb-button", **told)


def _numbers(counts: DayCounts | None, today: date) -> tuple[Component, Component, Component]:
    """Today, the day before and the trend; numbers of another day than ``today`` say of which."""
    if counts is None:
        return html.Span(DASH), html.Span(DASH), html.Span(DASH)
    fresh = counts.day == today
    return (
        _of_day(counts.today, counts.day, named=not fresh),
        _of_day(counts.prior, counts.day - timedelta(days=1), named=not fresh),
        _trend(counts) if fresh else html.Span(DASH, title="Today has not been counted yet."),
    )


def _of_day(messages: int, day: date, *, named: bool) -> Component:
    said = f"{day:%-d %b %Y}"
    note = [html.Span(said, className="tb-query-note")] if named else []
    return html.Span([whole(messages), *note], title=said)


def _trend(counts: DayCounts) -> Component:
    change = counts.change
    if change is None or counts.usual is None:
        return html.Span(DASH, title="It takes an hour of the day to compare.")
    usual = f"{counts.usual:,.1f}".removesuffix(".0")
    told = f"{whole(counts.so_far)} in the hours of today that are over; usually {usual} by then, in the week before"
    if change == float("inf"):
        return html.Span("new", title=told)
    sign = MINUS if change < 0 else "+"
    return html.Span(f"{sign}{abs(change) * 100:,.0f} %", title=told)


def _state(state: TrackerState, problem: str, last: datetime | None, zone: str) -> Component:
    if state is TrackerState.NEW:
        return html.Span("Soon, for the first time" if last is None else "Soon, again", className="tb-query-note")
    when = moment(last, zone) if last else ""
    if state is TrackerState.FINE:
        return html.Span(when, className="tb-nowrap")
    return html.Span(
        [html.Span(visible(problem), className="tb-said tb-said-bad"), html.Span(when, className="tb-query-note")]
    )
