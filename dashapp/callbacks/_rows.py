"""Rows of the explorer's grid as plain text, and the order the grid asks for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.domain.text import visible
from dashapp.query.entities import EntityKind
from dashapp.query.subjects import MESSAGES, Subject

MOST_ROWS = 500
MOST_SORTS = 3


def sort_model(model: object, subject: Subject) -> list[tuple[str, str]]:
    """The grid's ``sortModel`` as pairs of field and ``asc`` or ``desc``; what the browser made up is left out."""
    found: list[tuple[str, str]] = []
    for part in model[:MOST_SORTS] if isinstance(model, list) else []:
        name = part.get("colId") if isinstance(part, dict) else None
        field = subject.fields.get(name) if isinstance(name, str) else None
        if field is not None and subject.owns(field):
            found.append((field.name, "desc" if part.get("sort") == "desc" else "asc"))
    return found


def columns_read(shown: Sequence[str], subject: Subject) -> tuple[str, ...]:
    """The columns to ask for, so that ``shown`` can be shown, and each row named and opened."""
    opens = ("SHA256", "FileName") if not subject.joins else ("NetworkMessageId", "RecipientEmailAddress")
    return tuple(dict.fromkeys((*subject.naming, "Timestamp", *opens, *shown)))


def cells(page: pd.DataFrame, zone: str, subject: Subject = MESSAGES) -> list[dict[str, Any]]:
    """Rows for the grid: text only, times in ``zone``, None where the data says nothing.

    Each has an ``id``: the values of ``subject.naming`` as the data has them, with spaces between; and what a click on
    it opens: a ``message``, which has the ``id`` of its row among messages, or a ``thing`` as ``query.entities`` names
    it. Neither is there where the data does not say.
    """
    place = ZoneInfo(zone)
    names, rows = list(page.columns), []
    for values in page.itertuples(index=False, name=None):
        raw = dict(zip(names, values, strict=True))
        row = {name: cell(value, place) for name, value in raw.items()}
        rows.append({"id": name_of(raw, subject.naming), **_opened(raw, subject), **row})
    return rows


def name_of(raw: Mapping[str, Any], naming: Sequence[str]) -> str:
    """What tells a row from the others, as ``data.subjects.name_of`` makes it too."""
    return " ".join(_exactly(raw[name]) for name in naming)


def _exactly(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}"
    return "" if pd.isna(value) else str(value)


def _opened(raw: Mapping[str, Any], subject: Subject) -> dict[str, str]:
    if subject.joins:
        known = not pd.isna(raw["NetworkMessageId"]) and raw["NetworkMessageId"]
        return {"message": name_of(raw, MESSAGES.naming)} if known else {}
    thing = next((raw[name] for name in ("SHA256", "FileName") if not pd.isna(raw[name]) and raw[name]), "")
    return {"thing": f"{EntityKind.FILE}:{thing}"} if thing else {}


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


def total_line(matching: int, hidden: int, subject: Subject) -> Component:
    """How many match, and how many of those the viewer does not see."""
    noun = f"{subject.noun} matches" if matching == 1 else f"{subject.nouns} match"
    words = [html.B(f"{matching:,}"), f" {noun}"]
    if hidden:
        words.append(html.Span(f"; {hidden:,} more hidden: recipients without a licence or outside your scope"))
    return html.P(words, className="tb-total-line")
