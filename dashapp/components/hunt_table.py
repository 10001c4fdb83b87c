"""The answer of a hunt as a table: numbers with separators, times in a zone, links onward, nothing live."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.data_table import data_table
from dashapp.components.text import defang
from dashapp.domain.numbers import DASH, moment, share
from dashapp.domain.text import visible

LONGEST = 160
_SHARES = {"share"}
_LABELS = {"minutes_between": "Minutes between", "message": "Message", "url": "Link"}
Lead = Callable[[str, str], str]


def hunt_table(frame: pd.DataFrame, zone: str, lead: Lead, *, note: str = "") -> Component:
    """``frame`` for people.

    Args:
        frame: Text, numbers, and times: aware ones are shown in ``zone``, naive ones are days or hours there already.
        zone: IANA name.
        lead: The address a value of a column leads to; empty for none.
        note: Said below.
    """
    names = list(frame.columns)
    heads = [_LABELS.get(name, name.replace("_", " ").capitalize()) for name in names]
    rows = [
        [_cell(name, value, zone, lead) for name, value in zip(names, values, strict=True)]
        for values in frame.itertuples(index=False, name=None)
    ]
    table = data_table(heads, rows, caption="Answer")
    return html.Div([table, html.P(note, className="tb-quiet tb-fine tb-below") if note else None])


def _cell(name: str, value: Any, zone: str, lead: Lead) -> int | str | Component:
    if pd.isna(value):
        return DASH
    if isinstance(value, datetime):
        return html.Span(_time(name, value, zone), className="tb-nowrap")
    if isinstance(value, float):
        return share(value, 1.0) if name in _SHARES else f"{value:,.1f}"
    address = lead(name, str(value))
    if not isinstance(value, str):
        return _link(f"{value}", address) if address else int(value)
    shown = "Show" if name == "message" else visible(defang(value) if name == "url" else value, most=LONGEST)
    return _link(shown, address) if address else shown


def _time(name: str, value: datetime, zone: str) -> str:
    if value.tzinfo is not None:
        return moment(value, zone)
    return f"{value:%-d %b %Y}" if name == "day" else moment(value.replace(tzinfo=UTC), "UTC")


def _link(shown: str, address: str) -> Component:
    return dcc.Link(html.Bdi(shown), href=address)
