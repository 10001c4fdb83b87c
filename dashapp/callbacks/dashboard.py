"""What fills the threat dashboard. Each part is asked for on its own, so one that fails leaves the others."""

import pandas as pd
import plotly.graph_objects as go
from dash import Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks import _dashboard_parts as parts
from dashapp.callbacks._asked import Asked, asked
from dashapp.callbacks._breakdown import BREAKDOWNS, breakdown_card
from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._volume import VolumeView, draw_volume
from dashapp.components.headline_line import headline_line
from dashapp.data import metrics, top
from dashapp.data.freshness import freshness
from dashapp.domain.headline import Coverage, headline, span_words
from dashapp.domain.metrics import ATTACK_FILTER, DEFINITIONS, Metric
from dashapp.figures.buckets import bucket_starts
from dashapp.figures.theme import THREAT_COLOURS, blank
from dashapp.identity.permissions import Permission
from dashapp.ids import Dashboard, Shell
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything, all_of

callbacks = CallbackSet()

PIVOTS = {"PrimaryThreat": "Threat", "ExplorerDelivery": "Delivery"}
MOST_ROWS = 8
VIEW = Input(Shell.VIEW, "data")


@callbacks(Output(Dashboard.HEADLINE, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_headline(sent: object) -> Component:
    """Say whether the period was better or worse than the one before, and why."""
    ask = asked(sent)
    window = ask.window
    now, earlier = (parts.outcome_of(metrics.efficacy(ask.engine, span)) for span in (window, window.previous()))
    rise = parts.rise_to_watch(top.risers(ask.engine, window, limit=MOST_ROWS))
    return headline_line(headline(window, coverage(ask), now, earlier, rise))


@callbacks(Output(Dashboard.TILES, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_tiles(sent: object) -> list[Component]:
    """Show the numbers, how they moved and where they lead."""
    ask = asked(sent)
    window = ask.window
    totals = metrics.metric_totals(ask.engine, window, grain=ask.grain, zone=ask.zone)
    compared = ask.is_compared(coverage(ask))
    before = window.previous()
    earlier = metrics.metric_totals(ask.engine, before, grain=ask.grain, zone=ask.zone) if compared else None
    series = metrics.tiles(ask.engine, window, grain=ask.grain, zone=ask.zone)
    starts = bucket_starts(window, ask.grain, ask.zone)
    return parts.tiles(
        totals,
        earlier,
        series,
        starts=starts,
        against=against(ask),
        leads=ask.leads,
        lacks_verdicts=coverage(ask).lacks_verdicts,
    )


@callbacks(Output(Dashboard.BREAKDOWN, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_breakdown(sent: object) -> Component | None:
    """Take one number apart, when the address asks for it."""
    ask = asked(sent)
    if ask.state.tab not in set(Metric):
        return None
    definition = DEFINITIONS[Metric(ask.state.tab)]
    try:
        extra = parse(ask.state.query)
        node = all_of(parse(definition.filter_text), extra)
    except QueryError:
        raise PreventUpdate from None
    counts = {field: top.breakdown(ask.engine, node, ask.window, field=field).head(MOST_ROWS) for field in BREAKDOWNS}
    title = definition.label if isinstance(extra, Everything) else f"{definition.label}: {ask.state.query}"
    return breakdown_card(title, counts, close=ask.same_page(tab="", query=""))


@callbacks(
    Output(Dashboard.VOLUME, "figure"),
    Output(Dashboard.VOLUME_BOX, "aria-label"),
    Output(Dashboard.VOLUME_CONTROLS, "children"),
    Output(Dashboard.VOLUME_LEGEND, "children"),
    Output(Dashboard.VOLUME_TABLE, "children"),
    VIEW,
    permission=Permission.DASHBOARD_READ,
)
def update_volume(sent: object) -> tuple[go.Figure, str, list[Component], Component, Component]:
    """Draw the attacks over time."""
    ask = asked(sent)
    shown = VolumeView(ask, "Attacks", ATTACK_FILTER, PIVOTS, compared=ask.is_compared(coverage(ask)), attacks=True)
    drawn = draw_volume(shown)
    return (blank("No verdicts in this data"), *drawn[1:]) if coverage(ask).lacks_verdicts else drawn


@callbacks(Output(Dashboard.EFFICACY, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_efficacy(sent: object) -> list[Component]:
    """Show how much was stopped before delivery, after it, and not at all."""
    ask = asked(sent)
    if coverage(ask).lacks_verdicts:
        return [parts.no_verdicts()]
    now = parts.outcome_of(metrics.efficacy(ask.engine, ask.window))
    if not ask.is_compared(coverage(ask)):
        return parts.efficacy_parts(now)
    earlier = parts.outcome_of(metrics.efficacy(ask.engine, ask.window.previous()))
    return parts.efficacy_parts(now, earlier, against=against(ask))


@callbacks(Output(Dashboard.THREATS, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_threats(sent: object) -> Component:
    """Show what the attacks were."""
    ask = asked(sent)
    if coverage(ask).lacks_verdicts:
        return parts.no_verdicts()
    counts = attacks_by(ask, "ThreatTypes")
    return parts.value_bars(counts, "ThreatTypes", ask.leads, colours=THREAT_COLOURS)


@callbacks(Output(Dashboard.TECHNOLOGIES, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_technologies(sent: object) -> Component:
    """Show what recognised the attacks."""
    ask = asked(sent)
    if coverage(ask).lacks_verdicts:
        return parts.no_verdicts()
    return parts.value_bars(attacks_by(ask, "DetectionTechnology"), "DetectionTechnology", ask.leads)


@callbacks(Output(Dashboard.TARGETED, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_targeted(sent: object) -> Component:
    """Show who received most attacks; departments to those who may not see names."""
    ask = asked(sent)
    if coverage(ask).lacks_verdicts:
        return parts.no_verdicts()
    compared = ask.is_compared(coverage(ask))
    if ask.may_read:
        people = top.top_targeted(ask.engine, ask.window, limit=MOST_ROWS)
        return parts.targeted_table(people, ask.leads, compared=compared)
    node = parse(ATTACK_FILTER)
    counts = top.top_values(ask.engine, node, ask.window, field="Department", limit=MOST_ROWS)
    return parts.departments_list(counts, ask.leads, compared=compared)


@callbacks(Output(Dashboard.FAMILIES, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_families(sent: object) -> Component:
    """Show the malware families seen most."""
    ask = asked(sent)
    if coverage(ask).lacks_verdicts:
        return parts.no_verdicts()
    families = top.top_families(ask.engine, ask.window, limit=MOST_ROWS)
    return parts.families_table(families, ask.leads, compared=ask.is_compared(coverage(ask)))


@callbacks(Output(Dashboard.RISERS, "children"), VIEW, permission=Permission.DASHBOARD_READ)
def update_risers(sent: object) -> Component:
    """Show what rose most against the previous period."""
    ask = asked(sent)
    incomparable = parts.not_compared(ask.window, coverage(ask))
    if incomparable is not None:
        return incomparable
    return parts.risers_list(top.risers(ask.engine, ask.window, limit=MOST_ROWS), ask.leads)


callbacks.clientside("brush", Input(Dashboard.VOLUME, "selectedData"), State(Dashboard.VOLUME, "figure"))
callbacks.clientside("follow", Input(Dashboard.VOLUME, "clickData"), State(Dashboard.VOLUME, "figure"))


def against(ask: Asked) -> str:
    """What the period is compared with, in words."""
    return f"previous {span_words(ask.window.span)}"


def coverage(ask: Asked) -> Coverage:
    """What the loaded data spans."""
    state = freshness(ask.engine)
    return Coverage(state.data_from, state.data_until, state.has_verdicts)


def attacks_by(ask: Asked, field: str) -> pd.DataFrame:
    """Attacks of the period by the values of ``field``."""
    counts: pd.DataFrame = top.breakdown(ask.engine, parse(ATTACK_FILTER), ask.window, field=field)
    return counts
