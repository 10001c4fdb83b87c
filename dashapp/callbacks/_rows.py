"""Rows of the explorer's grid as plain text, and the order the grid asks for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.components.message_grid import is_sortable
from dashapp.domain.text import visible
from dashapp.query.fields import FIELDS

NAMING = ("NetworkMessageId", "RecipientEmailAddress", "Timestamp")  # of every row, whether shown or not
MOST_ROWS = 500
MOST_SORTS = 3


def sort_model(model: object) -> list[tuple[str, str]]:
    """The grid's ``sortModel`` as pairs of field and ``asc`` or ``desc``; what the browser made up is left out."""
    found: list[tuple[str, str]] = []
    for part in model[:MOST_SORTS] if isinstance(model, list) else []:
        name = part.get("colId") if isinstance(part, dict) else None
        if isinstance(name, str) and name in FIELDS and is_sortable(FIELDS[name]):
            found.append((name, "desc" if part.get("sort") == "desc" else "asc"))
    return found


def columns_read(shown: Sequence[str]) -> tuple[str, ...]:
    """The columns to ask for, so that ``shown`` can be shown and each row named."""
    return tuple(dict.fromkeys((*NAMING, *shown)))


def cells(page: pd.DataFrame, zone: str) -> list[dict[str, Any]]:
    """Rows for the grid: text only, times in ``zone``, None where the data says nothing.

    Each has an ``id``: its ``NetworkMessageId``, a space, its ``RecipientEmailAddress``, as the data has them.
    """
    place = ZoneInfo(zone)
    names, rows = list(page.columns), []
    for values in page.itertuples(index=False, name=None):
        raw = dict(zip(names, values, strict=True))
        recipient = raw["RecipientEmailAddress"]
        row = {name: cell(value, place) for name, value in raw.items()}
        rows.append({"id": f"{raw['NetworkMessageId']} {'' if pd.isna(recipient) else recipient}", **row})
    return rows


def cell(value: Any, zone: ZoneInfo) -> str | None:
    """One value as a person reads it; None when it is missing."""
    if pd.api.types.is_list_like(value):
        return visible(", ".join(str(part) for part in value)) or None
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return f"{aware.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return visible(str(value)) or None


def total_line(matching: int, hidden: int) -> Component:
    """How many match, and how many of those the viewer does not see."""
    noun = "message matches" if matching == 1 else "messages match"
    words = [html.B(f"{matching:,}"), f" {noun}"]
    if hidden:
        words.append(html.Span(f"; {hidden:,} more hidden: recipients without a licence or outside your scope"))
    return html.P(words, className="tb-total-line")
