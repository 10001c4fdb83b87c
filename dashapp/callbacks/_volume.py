"""A volume card filled: the questions behind the chart, its controls, its legend, and its numbers as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import plotly.graph_objects as go
from dash.development.base_component import Component

from dashapp.callbacks._asked import CHOSEN_GRAINS, Asked
from dashapp.callbacks._dashboard_parts import records, value_name
from dashapp.callbacks._leads import NOTHING, REST
from dashapp.components.data_table import data_table
from dashapp.components.volume_card import Choice, LegendEntry, choices, legend
from dashapp.data import volume
from dashapp.domain.headline import span_words
from dashapp.domain.text import visible
from dashapp.figures.theme import GREY, series_colours, series_order
from dashapp.figures.volume import NO_DATA, volume_over_time
from dashapp.query.fields import Kind
from dashapp.query.grammar import parse
from dashapp.query.subjects import MESSAGES, Subject
from dashapp.query.tree import Everything, Node, all_of
from dashapp.query.window import Grain

ALL = Everything()
MOST_TABLE_ROWS = 125
UNLIKE = frozenset({"NetworkMessageId", "InternetMessageId", "ReportId"})  # hardly any two messages are alike in these
_STAMP = {Grain.MINUTE: "%a %-d %b %Y %H:%M", Grain.HOUR: "%a %-d %b %Y %H:%M", Grain.MONTH: "%B %Y"}


@dataclass(frozen=True)
class VolumeView:
    """What one volume card shows.

    Attributes:
        ask: The request.
        noun: What is counted, plural, for the chart's spoken name.
        filter_text: Of the messages counted.
        pivots: Field name to label of what the chart may be stacked by; the first is the usual one.
        compared: The previous period is drawn too.
        attacks: The filter finds nothing but attacks.
        any_field: The chart may be stacked by any other field too.
        worked: Its series can be switched off and filtered by, and its scale chosen.
        base: What else holds for every message, without being part of the filter.
        subject: What is counted, if not messages.
    """

    ask: Asked
    noun: str
    filter_text: str
    pivots: Mapping[str, str]
    compared: bool
    attacks: bool = False
    any_field: bool = False
    worked: bool = False
    base: Node = ALL
    subject: Subject = MESSAGES

    @property
    def pivot(self) -> str:
        """The field the chart is stacked by."""
        named = self.ask.state.by
        known = named in self.pivots or (self.any_field and named in self.subject.fields)
        return named if known else next(iter(self.pivots))


def draw_volume(shown: VolumeView) -> tuple[go.Figure, str, list[Component], Component, Component]:
    """The figure, its spoken name, the controls, the legend and the table of a volume card.

    Raises:
        EngineBusy: The queue of questions is full.
        QueryTimeout: A question took too long.
    """
    ask, window, zone, grain = shown.ask, shown.ask.window, shown.ask.zone, shown.ask.grain
    node = all_of(shown.base, parse(shown.filter_text))
    over_time = partial(volume.totals_over_time, ask.engine, grain=grain, zone=zone)
    counts = volume.volume(ask.engine, node, window, by=shown.pivot, grain=grain, zone=zone, subject=shown.subject)
    # where there is no mail there are no clicks; files are not in mail
    all_mail = over_time(Everything(), window) if shown.subject.joins else None
    ghost = over_time(node, window.previous(), subject=shown.subject) if shown.compared else None
    names = list(dict.fromkeys(counts["series"]))
    labels = {name: value_name(shown.pivot, name) for name in names}
    addresses = {name: ask.leads.to_value(shown.pivot, name, among=shown.filter_text) for name in names}
    figure = volume_over_time(
        counts,
        window,
        grain=grain,
        zone=zone,
        ghost=ghost,
        all_mail=all_mail,
        labels=labels,
        address=ask.leads.to_filter(shown.filter_text),
        attacks=shown.attacks,
        log=shown.worked and ask.state.log,
    )
    has_gap = any(trace.name == NO_DATA for trace in figure.data)
    return (
        figure,
        spoken(shown.noun, counts, span_words(window.span)),
        controls(shown),
        legend(_entries(shown, counts, labels, addresses, ghost, has_gap=has_gap)),
        counts_table(counts, labels, grain, shown.noun),
    )


def spoken(noun: str, counts: pd.DataFrame, span: str) -> str:
    """What the chart says, in a sentence."""
    if counts.empty:
        return f"{noun} over time: none in {span}"
    by_bucket = counts.groupby("bucket")["messages"].sum().reset_index()
    peak = max(records(by_bucket), key=lambda row: row.messages)
    total = int(by_bucket["messages"].sum())
    return f"{noun} over time: {total:,} in {span}, most on {peak.bucket:%-d %B %Y} ({int(peak.messages):,})"


def controls(shown: VolumeView) -> list[Component]:
    """What the chart may be stacked by, its grain, and whether the previous period is drawn."""
    ask = shown.ask
    named = dict(shown.pivots)
    if shown.pivot not in named:
        named[shown.pivot] = shown.subject.fields[shown.pivot].label
    pivots = [Choice(label, ask.same_page(by=field), field == shown.pivot) for field, label in named.items()]
    chosen = ask.chosen_grain
    grains = [Choice("Auto", ask.same_page(grain=None), chosen is None)]
    grains += [
        Choice(grain.value.capitalize(), ask.same_page(grain=grain), grain is chosen)
        for grain in CHOSEN_GRAINS
        if ask.suits(grain)
    ]
    compare = [
        Choice(word, ask.same_page(compare=on), on is ask.state.compare)
        for word, on in (("Show", True), ("Hide", False))
    ]
    return [
        choices("Stack by", pivots, _others(shown, named)),
        choices("Per", grains),
        choices("Previous period", compare),
        *([_scale(ask)] if shown.worked else []),
    ]


def _scale(ask: Asked) -> Component:
    scales = [
        Choice(word, ask.same_page(log=log), log is ask.state.log) for word, log in (("Linear", False), ("Log", True))
    ]
    return choices("Scale", scales)


def _others(shown: VolumeView, named: Mapping[str, str]) -> dict[str, list[Choice]]:
    """The other fields by their group; not those in which every message has a value of its own."""
    if not shown.any_field:
        return {}
    groups: dict[str, list[Choice]] = {}
    for name, field in shown.subject.fields.items():
        if name not in named and field.kind is not Kind.TIME and name not in UNLIKE:
            groups.setdefault(field.group.value, []).append(
                Choice(field.label, shown.ask.same_page(by=name), chosen=False)
            )
    return groups


def _entries(
    shown: VolumeView,
    counts: pd.DataFrame,
    labels: Mapping[str, str],
    addresses: Mapping[str, str],
    ghost: pd.DataFrame | None,
    *,
    has_gap: bool,
) -> list[LegendEntry]:
    totals = {str(name): int(total) for name, total in counts.groupby("series")["messages"].sum().items()}
    ordered = series_order(list(totals), totals)
    colours = series_colours(ordered, attacks=shown.attacks)
    entries = [LegendEntry(labels[name], totals[name], colours[name], addresses[name]) for name in ordered]
    if shown.worked:
        entries = [
            replace(entry, field=shown.pivot, value={REST: None, NOTHING: ""}.get(name, name))
            for entry, name in zip(entries, ordered, strict=True)
        ]
    if ghost is not None and int(ghost["messages"].sum()):
        entries.append(LegendEntry("Previous period", int(ghost["messages"].sum()), GREY, mark="dotted"))
    if has_gap:
        entries.append(LegendEntry(NO_DATA, None, GREY, mark="hatched"))
    return entries


def counts_table(counts: pd.DataFrame, labels: Mapping[str, str], grain: Grain, noun: str) -> Component:
    """The chart's numbers: a row per bucket with anything in it, by day when that would be too many."""
    stamp = _STAMP.get(grain, "%a %-d %b %Y")
    if counts["bucket"].nunique() > MOST_TABLE_ROWS:
        counts, stamp = counts.assign(bucket=counts["bucket"].dt.normalize()), "%a %-d %b %Y"
    wide = counts.pivot_table(index="bucket", columns="series", values="messages", aggfunc="sum", fill_value=0)
    ordered = series_order([str(name) for name in wide.columns], {})
    rows: list[list[str | int | Component]] = [
        [f"{bucket:{stamp}}", *map(int, numbers)] for bucket, *numbers in wide[ordered].itertuples(name=None)
    ]
    heads = ["Time", *(visible(labels[name], most=60) for name in ordered)]
    return data_table(heads, rows, caption=f"{noun} over time as a table")
