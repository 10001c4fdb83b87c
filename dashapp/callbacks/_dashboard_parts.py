"""The dashboard's answers as they are shown. Frames of ``dashapp.data`` in, components out; nothing is asked here."""

from collections.abc import Iterable, Mapping
from typing import Any

import iso3166
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.callbacks._leads import NOTHING, Leads
from dashapp.components.bar_list import Bar, bar_list
from dashapp.components.data_table import data_table
from dashapp.components.part_bar import Part, part_bar, share_words
from dashapp.components.tile import Reading, change_line, tile
from dashapp.domain.headline import Coverage, Outcome, Rise, compared_with
from dashapp.domain.metrics import DEFINITIONS, EFFICACY_PARTS, SMALL, Metric, change_words, outcome
from dashapp.domain.text import visible
from dashapp.figures.sparkline import sparkline
from dashapp.figures.theme import AMBER, BLUE, GREY, RED
from dashapp.query.window import Window

MOST_BARS = 8
_SAID = {
    "Phish": "Phishing",
    "Replaced": "Attachment replaced",
    "AttackSimUser": "User, of a simulation",
    "Delivered to junk": "Sent to junk",
    NOTHING: "Not known",
}
_PART_COLOURS = dict(zip(EFFICACY_PARTS, (BLUE, AMBER, RED), strict=True))


def records(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows of ``frame`` with its columns as attributes."""
    return frame.itertuples(index=False)


NO_VERDICTS = "no verdicts in this data"


def no_verdicts() -> Component:
    """What a card says instead of numbers of attacks where nobody told attacks from other mail."""
    return html.P(f"{NO_VERDICTS.capitalize()}.", className="tb-none")


def tiles(
    totals: pd.DataFrame,
    earlier: pd.DataFrame | None,
    series: pd.DataFrame,
    *,
    starts: pd.DatetimeIndex,
    against: str,
    leads: Leads,
    lacks_verdicts: bool = False,
) -> list[Component]:
    """One tile per metric, in their order.

    Args:
        totals: As of ``data.metrics.metric_totals``.
        earlier: The same for the previous period; None when there is nothing to compare with.
        series: As of ``data.metrics.tiles``.
        starts: Every bucket of the period, also those without a count.
        against: What the change is against, in words.
        leads: Where the tiles lead.
        lacks_verdicts: No message carries a verdict, so numbers of attacks are not known.
    """
    now = {row.metric: row for row in records(totals.rename(columns={"count": "number"}))}
    before = (
        None
        if earlier is None
        else {row.metric: int(row.number) for row in records(earlier.rename(columns={"count": "number"}))}
    )
    shown = []
    for metric in Metric:
        row = now[metric]
        previous = None if before is None else before[metric]
        unjudged = lacks_verdicts and bool(row.has_data) and DEFINITIONS[metric].table == "EmailEvents"
        count = int(row.number) if row.has_data and not unjudged else None
        counted = series.loc[series["metric"] == metric].set_index("bucket")["count"]
        trend = counted.reindex(starts, fill_value=0).tolist()
        reading = Reading(
            count=count,
            change="" if count is None else change_words(count, previous),
            outcome="neutral" if count is None else outcome(metric, count, previous),
            against=against if previous is not None and metric is Metric.ATTACKS else "",
            beside=int(row.beside),
            picture=sparkline(trend, BLUE if metric is Metric.ATTACKS else GREY),
            href=leads.to_metric(metric),
            action=leads.action,
            missing=NO_VERDICTS if unjudged else "",
        )
        shown.append(tile(DEFINITIONS[metric], reading, prominent=metric is Metric.ATTACKS))
    return shown


def outcome_of(efficacy: pd.DataFrame) -> Outcome:
    """The three counts of ``data.metrics.efficacy``."""
    counts = efficacy.set_index("part")["messages"]
    return Outcome(*(int(counts.get(part, 0)) for part in EFFICACY_PARTS))


def efficacy_parts(now: Outcome, earlier: Outcome | None = None, *, against: str = "") -> list[Component]:
    """How much was stopped, large, and how much in the period before; then the parts."""
    counts = (now.before, now.after, now.through)
    parts = [Part(name, count, _PART_COLOURS[name]) for name, count in zip(EFFICACY_PARTS, counts, strict=True)]
    then = f", {share_words(earlier.stopped, earlier.attacks)} in the {against}" if earlier and earlier.attacks else ""
    lead = html.P(
        [html.B(share_words(now.stopped, now.attacks)), f"of attacks were stopped{then}"], className="tb-part-lead"
    )
    return [*([lead] if now.attacks else []), part_bar(parts)]


def value_bars(
    counts: pd.DataFrame, field: str, leads: Leads, *, total: int = 0, colours: Mapping[str, str] | None = None
) -> Component:
    """``value``, ``messages`` as bars that lead to their messages, each with its share of ``total``."""
    known = colours or {}
    bars = [
        Bar(value_name(field, value), int(messages), leads.to_value(field, value), colour=known.get(value, ""))
        for value, messages in records(counts[["value", "messages"]].head(MOST_BARS))
    ]
    return bar_list(bars, total=total, empty="No attacks in this period.")


def value_name(field: str, value: str) -> str:
    """What people call ``value`` of ``field``."""
    if field == "SenderCountry":
        country = iso3166.countries_by_alpha2.get(value.upper())
        return country.apolitical_name if country else value
    return _SAID.get(value, value)


def targeted_table(people: pd.DataFrame, leads: Leads, *, compared: bool) -> Component:
    """Recipients with most attacks; only for who may see names."""
    rows = [
        [
            _person(row, leads.to_value("RecipientEmailAddress", row.recipient)),
            int(row.attacks),
            *([_change(int(row.attacks), int(row.previous))] if compared else []),
            int(row.delivered),
        ]
        for row in records(people)
    ]
    heads = ["Person", "Attacks", *(["Change"] if compared else []), "Delivered"]
    return data_table(heads, rows, caption="People who received most attacks", empty="No attacks in this period.")


def departments_list(counts: pd.DataFrame, leads: Leads, *, compared: bool) -> Component:
    """Departments with most attacks, without anyone's name."""
    bars = [
        Bar(
            value_name("Department", row.value),
            int(row.messages),
            leads.to_value("Department", row.value),
            note=change_words(int(row.messages), int(row.previous)) if compared else "",
        )
        for row in records(counts)
    ]
    return bar_list(bars, empty="No attacks on a department we know of in this period.")


def families_table(families: pd.DataFrame, leads: Leads, *, compared: bool) -> Component:
    """Malware families by messages."""
    rows = [
        [
            dcc.Link(html.Bdi(visible(row.family, most=80)), href=leads.to_value("ThreatFamily", row.family)),
            int(row.messages),
            *([_change(int(row.messages), int(row.previous))] if compared else []),
            int(row.recipients),
            int(row.delivered),
        ]
        for row in records(families)
    ]
    heads = ["Family", "Messages", *(["Change"] if compared else []), "Recipients", "Delivered"]
    return data_table(
        heads, rows, caption="Malware families by messages", empty="No malware with a known family in this period."
    )


def risers_list(risers: pd.DataFrame, leads: Leads) -> Component:
    """What grew, in plain words."""
    if risers.empty:
        return html.P("Nothing rose enough to stand out from chance.", className="tb-none")
    items = [
        html.Li(
            dcc.Link(
                [
                    html.Span(row.kind, className="tb-subtle"),
                    html.Span(html.Bdi(visible(value_name(row.field, row.value), most=80)), className="tb-riser-name"),
                    html.Span(rise_words(int(row.messages), int(row.previous)), className="tb-riser-why"),
                ],
                href=leads.to_value(row.field, row.value),
                className="tb-riser",
            )
        )
        for row in records(risers)
    ]
    return html.Ul(items, className="tb-risers")


def not_compared(window: Window, coverage: Coverage) -> Component | None:
    """Why there is nothing to compare with; None when there is."""
    why = compared_with(window, coverage)
    return html.P(why, className="tb-none") if why else None


def rise_words(now: int, before: int) -> str:
    """``340 messages, up 28-fold from 12``; small numbers without a percentage."""
    if not before:
        return f"{now:,} messages, none before"
    if now < SMALL:
        return f"{now:,} messages, from {before:,}"
    return f"{now:,} messages, {change_words(now, before)} from {before:,}"


def rise_to_watch(risers: pd.DataFrame) -> Rise | None:
    """The riser worth a headline: a malware family if there is one big enough, else the largest of any kind."""
    named = [row for row in records(risers) if int(row.messages) >= SMALL]
    families = [row for row in named if row.field == "ThreatFamily"]
    for row in families or named:
        return Rise(value_name(row.field, row.value), int(row.messages), float(row.change))
    return None


def _person(row: Any, href: str) -> Component:
    name, below = (row.display_name, row.recipient) if row.display_name else (row.recipient, "")
    place = " · ".join(visible(part, most=80) for part in (row.department, below) if part)
    return html.Div(
        [
            dcc.Link(html.Bdi(visible(name, most=80)), href=href, className="tb-name"),
            html.Span(html.Bdi(place), className="tb-subtle", title=place),
        ]
    )


def _change(now: int, before: int) -> Component:
    return change_line(change_words(now, before), "neutral")
