"""The route of a tab's table as a CSV file: a question of its own, over the range and the filters of the address."""

from typing import Any

import pandas as pd
import pyarrow as pa
from flask import Blueprint, Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from dashapp.callbacks._asked import Asked, asked, instant
from dashapp.callbacks._clicks import CSV_HEADINGS
from dashapp.callbacks._rankings import rankings_of
from dashapp.data import clicks, csv_text
from dashapp.data.errors import FilterError
from dashapp.data.origins import origins
from dashapp.identity.permissions import Permission
from dashapp.identity.web import Guard, current_actor
from dashapp.query.errors import QueryError
from dashapp.query.printing import to_text
from dashapp.query.tabs import Tab, TabState, read_tab, tabs_of
from dashapp.query.urlstate import EXPLORER, LONGEST_SEARCH, ViewState
from dashapp.services import services

PATH = "/explorer-table.csv"
ORIGIN_HEADINGS = {"country": "Country", "messages": "Messages"}


def add_tables(server: Flask, guard: Guard) -> None:
    """Add the route to ``server``; it needs ``export:create``."""
    blueprint = Blueprint("tables", __name__)

    @blueprint.get(PATH)
    def file() -> ResponseReturnValue:
        if request.method != "GET":
            abort(405)
        search = request.query_string.decode("ascii", "replace")
        if len(search) > LONGEST_SEARCH:
            abort(400, "The address is too long.")
        state = read_tab(ViewState.from_search(search, EXPLORER).tab)
        if state.tab is Tab.EMAIL:
            abort(404, "The list of messages is exported on its page.")
        ask = asked({"path": "/explorer", "search": search}, EXPLORER)
        if state.tab not in tabs_of(ask.subject):
            abort(404, "This view has no such table.")
        try:
            frame = _frame(ask, state)
        except (QueryError, FilterError):
            abort(400, "The query of the address cannot be read.")
        _record(ask, state, len(frame))
        return _response(frame, f"{state.tab}-{ask.window.start:%Y%m%d}-{ask.window.end:%Y%m%d}.csv")

    server.register_blueprint(blueprint)
    guard.permissions["tables.file"] = Permission.EXPORT_CREATE


def _frame(ask: Asked, state: TabState) -> pd.DataFrame:
    """What the tab shows, under its headings; times in UTC, links as they are."""
    if shown := rankings_of(ask.subject).get(state.tab):
        return shown.frame(ask, state)[list(shown.headings)].rename(columns=shown.headings)
    node = ask.node
    if state.tab is Tab.URL_CLICKS:
        latest = clicks.latest_clicks(ask.engine, node, ask.window, limit=state.rows)
        return latest.rename(columns=CSV_HEADINGS)
    return origins(ask.engine, node, ask.window).rename(columns=ORIGIN_HEADINGS)


def _record(ask: Asked, state: TabState, rows: int) -> None:
    """Who took what; without it on record there is no file."""
    detail: dict[str, Any] = {
        "table": state.tab.value,
        "query": to_text(ask.node),
        "from": instant(ask.window.start),
        "to": instant(ask.window.end),
        "rows": rows,
    }
    storage = services().storage
    with storage.write() as connection:
        storage.audit.record(connection, current_actor(), "export.table", f"lake:{ask.subject.table}", detail)


def _response(frame: pd.DataFrame, name: str) -> Response:
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    response = Response(csv_text.header_line(list(frame.columns)) + csv_text.lines(rows), content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
