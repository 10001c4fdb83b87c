"""Messages over time, stacked, with the period before as a ghost line. A frame goes in, a figure comes out."""

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashapp.domain.text import plot_text
from dashapp.figures.buckets import bucket_starts, empty_stretches, tick_labels
from dashapp.figures.theme import GREY, blank, series_colours, series_order
from dashapp.query.window import Grain, Window

MOST_BARS = 60
_HOVER = {
    Grain.MINUTE: "%a %-d %b %Y, %H:%M",
    Grain.HOUR: "%a %-d %b %Y, %H:%M",
    Grain.DAY: "%a %-d %b %Y",
    Grain.WEEK: "week of %-d %b %Y",
    Grain.MONTH: "%B %Y",
}
_PERIOD = {
    Grain.MINUTE: 60_000,
    Grain.HOUR: 3_600_000,
    Grain.DAY: 86_400_000,
    Grain.WEEK: 7 * 86_400_000,
    Grain.MONTH: "M1",
}
GHOST = "Previous period"
NO_DATA = "No data loaded"


def volume_over_time(
    counts: pd.DataFrame,
    window: Window,
    *,
    grain: Grain,
    zone: str,
    ghost: pd.DataFrame | None = None,
    all_mail: pd.DataFrame | None = None,
    labels: Mapping[str, str] | None = None,
    address: str = "",
    attacks: bool = False,
    log: bool = False,
) -> go.Figure:
    """Stack the counts of each series: bars up to 60 buckets, filled lines beyond.

    On a logarithmic scale heights do not add up, so each series is a line by itself there.

    Args:
        counts: ``bucket`` (naive local), ``series``, ``messages``; as of ``dashapp.data.volume.volume``.
        window: What the axis spans, also where nothing was counted.
        grain: Width of a bucket.
        zone: The zone of the buckets.
        ghost: ``bucket``, ``messages`` of ``window.previous()``, drawn as a dotted line; None: not compared.
        all_mail: ``bucket``, ``messages`` of all mail in ``window``: where it has none the chart says that no data
            is loaded, instead of showing zero. None: not known.
        labels: What to call a series, where that is not its name.
        address: Where a click on a bucket leads, whose range the browser puts in; kept in ``layout.meta``.
        attacks: Everything counted is an attack, see ``series_colours``.
        log: The scale is logarithmic.

    Returns:
        One trace per series, most severe at the bottom; then the gaps, then the ghost.
        Nothing counted and no gap gives a figure with the note "Nothing in this period".
    """
    starts = bucket_starts(window, grain, zone)
    gaps = starts[:0] if all_mail is None else empty_stretches(all_mail, starts, grain)
    before = 0 if ghost is None or ghost.empty else int(ghost["messages"].max())
    if counts.empty and (len(gaps) == len(starts) or not before):
        return blank("No data loaded for this period" if len(gaps) == len(starts) else "Nothing in this period")
    figure, wide = blank(), _by_series(counts, starts)
    _add_series(figure, wide, labels or {}, attacks=attacks, log=log)
    height = max(int(wide.sum(axis=1).max()), before, 1)
    _add_gaps(figure, gaps, height)
    if ghost is not None:
        _add_ghost(figure, ghost, starts, bucket_starts(window.previous(), grain, zone))
    _dress(figure, starts, grain)
    _scale(figure, height, log=log)
    figure.update_layout(meta={"grain": grain.value, "address": address, "zone": zone})
    return figure


def _by_series(counts: pd.DataFrame, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """A row per bucket, a column per series, nought where nothing was counted."""
    wide = counts.pivot_table(index="bucket", columns="series", values="messages", aggfunc="sum")
    return wide.reindex(starts).fillna(0).astype("int64")


def _scale(figure: go.Figure, height: int, *, log: bool) -> None:
    """On a logarithmic scale a single message is above the axis; on the other one a part of a message is none."""
    if log:
        figure.update_yaxes(type="log", range=[math.log10(0.8), math.log10(height * 1.4)], dtick=1)
    elif height < 5:
        figure.update_yaxes(dtick=1)


def _add_series(figure: go.Figure, wide: pd.DataFrame, labels: Mapping[str, str], *, attacks: bool, log: bool) -> None:
    add = _add_lines if log else _add_bars if len(wide) <= MOST_BARS else _add_areas
    for name, colour in _coloured(wide, attacks=attacks).items():
        add(figure, wide[name], plot_text(labels.get(name, name)), colour)


def _coloured(wide: pd.DataFrame, *, attacks: bool) -> dict[str, str]:
    """Colour of each series, in the order they are drawn."""
    totals = {str(name): int(wide[name].sum()) for name in wide.columns}
    ordered = series_order(list(totals), totals)
    colours = series_colours(ordered, attacks=attacks)
    return {name: colours[name] for name in ordered}


def _add_bars(figure: go.Figure, counts: pd.Series, name: str, colour: str) -> None:
    marker = {"color": colour, "line": {"width": 0}}
    figure.add_bar(x=counts.index, y=counts, name=name, hovertemplate="%{y:,d}", marker=marker)


def _add_areas(figure: go.Figure, counts: pd.Series, name: str, colour: str) -> None:
    figure.add_scatter(
        x=counts.index,
        y=counts,
        name=name,
        hovertemplate="%{y:,d}",
        mode="lines",
        stackgroup="messages",
        line={"width": 1, "color": colour, "shape": "hvh"},
        fillcolor=_translucent(colour),
    )


def _add_lines(figure: go.Figure, counts: pd.Series, name: str, colour: str) -> None:
    """Zero has no place on a logarithmic scale: the line is broken there."""
    figure.add_scatter(
        x=counts.index,
        y=[int(count) or None for count in counts],
        name=name,
        hovertemplate="%{y:,d}",
        mode="lines+markers",
        connectgaps=False,
        marker={"size": 5},
        line={"width": 2, "color": colour},
    )


def _add_gaps(figure: go.Figure, gaps: pd.DatetimeIndex, height: int) -> None:
    if gaps.empty:
        return
    figure.add_bar(
        x=gaps,
        y=[height] * len(gaps),
        name=NO_DATA,
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": GREY, "fgopacity": 0.45, "size": 6, "solidity": 0.2},
        },
        hovertemplate="no data<extra>" + NO_DATA + "</extra>",
    )


def _add_ghost(figure: go.Figure, ghost: pd.DataFrame, starts: pd.DatetimeIndex, previous: pd.DatetimeIndex) -> None:
    values = ghost.groupby("bucket")["messages"].sum().reindex(previous).fillna(0).astype("int64").to_numpy()
    length = min(len(starts), len(values))
    if not length or not values.any():
        return
    figure.add_scatter(
        x=starts[:length],
        y=values[:length],
        name=GHOST,
        mode="lines",
        line={"width": 2, "dash": "dot", "color": GREY},
        hovertemplate="%{y:,d}",
    )


def _dress(figure: go.Figure, starts: pd.DatetimeIndex, grain: Grain) -> None:
    figure.update_layout(
        barmode="stack",
        dragmode="select",
        selectdirection="h",
        newselection={"line": {"width": 1, "color": GREY}},
        selectionrevision=f"{starts[0]}{starts[-1]}{grain}",
    )
    # A bucket is drawn over the time it covers, not around its start, so that a drag means what it shows.
    figure.update_traces(xperiod=_PERIOD[grain], xperiod0=starts[0], xperiodalignment="middle")
    positions, texts = tick_labels(starts, grain)
    figure.update_xaxes(hoverformat=_HOVER[grain], type="date", tickvals=positions, ticktext=texts, tickangle=0)


def _translucent(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.55)"
