"""What fills the data sources page."""

from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp.callbacks._registry import CallbackSet
from dashapp.components.card import empty_state
from dashapp.components.data_table import data_table
from dashapp.components.text import safe_href
from dashapp.data.lake import Snapshot
from dashapp.data.schema import TABLES
from dashapp.domain.numbers import moment
from dashapp.identity.permissions import Permission
from dashapp.ids import Shell, Sources
from dashapp.ingest.enrichment import sources
from dashapp.services import services

callbacks = CallbackSet()


@callbacks(Output(Sources.TABLES, "children"), Input(Shell.VIEW, "data"), permission=Permission.DASHBOARD_READ)
def list_tables(_view: object) -> Component:
    """List the tables that have rows, and name those that have none."""
    return table_list(services().lake.snapshot(), services().actor.time_zone)


@callbacks(Output(Sources.CREDITS, "children"), Input(Shell.SHOWN, "data"), permission=Permission.DASHBOARD_READ)
def list_credits(_shown: object) -> Component:
    """List what the enrichment tables of this installation were made from."""
    return credit_list(sources(services().settings.enrichment_dir))


def table_list(snapshot: Snapshot, zone: str) -> Component:
    """The tables of ``snapshot``: rows, first and last time; the empty ones in a sentence below."""
    filled = sorted((name for name in TABLES if snapshot.rows(name)), key=lambda name: -snapshot.rows(name))
    if not filled:
        return empty_state("Nothing is loaded yet", "Load files or mailboxes with python -m dashapp ingest PATH.")
    rows = []
    for name in filled:
        first, last = snapshot.time_range(name) or (None, None)
        told = [html.Span(moment(at, zone) if at else "", className="tb-nowrap") for at in (first, last)]
        rows.append((html.Span(name, className="tb-mono"), snapshot.rows(name), *told))
    missing = [name for name in TABLES if name not in filled]
    ingested = f"Last ingest {moment(snapshot.ingested_at, zone)}. " if snapshot.ingested_at else ""
    below = ingested + (f"Nothing loaded for {', '.join(missing)}." if missing else "")
    table = data_table(("Table", "Rows", "From", "Until"), rows, caption="Loaded tables")
    return html.Div([table, html.P(below, className="tb-quiet tb-fine tb-below")])


def credit_list(found: list[dict[str, str]]) -> Component:
    """The credits of ``found``: name, version, use, licence, credit; below, what is to be known of them."""
    if not found:
        return empty_state(
            "No enrichment tables", "Senders get no country or network until make setup has built the tables."
        )
    rows = [
        (
            _named(entry.get("name", ""), entry.get("url", "")),
            " ".join(part for part in (entry.get("version", ""), entry.get("date", "")) if part),
            entry.get("use", ""),
            entry.get("licence", ""),
            entry.get("credit", ""),
        )
        for entry in found
    ]
    table = data_table(("Source", "Version", "Used for", "Licence", "Credit"), rows, caption="Credits")
    notes = [f"{entry.get('name', '')}: {entry['note']}" for entry in found if entry.get("note")]
    return html.Div([table, *(html.P(note, className="tb-quiet tb-fine tb-below") for note in notes)])


def _named(name: str, url: str) -> Component | str:
    target = safe_href(url) if url else None
    return html.A(name, href=target, rel="noreferrer", target="_blank") if target else name
