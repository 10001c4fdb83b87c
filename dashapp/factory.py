"""The composition root: puts one independent app together."""

import re
import time
from html import escape
from typing import Any

from dash import Dash
from dash.development.base_component import Component
from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.browser_files import ASSETS, BrowserFiles, send_small
from dashapp.callbacks import ALL_SETS
from dashapp.callbacks.shell import default_search, open_page
from dashapp.components.links import href
from dashapp.components.still import still
from dashapp.data.errors import EngineBusy, EngineError, QueryTimeout
from dashapp.export_route import add_exports
from dashapp.exports import Exports
from dashapp.first_page import brought
from dashapp.identity.permissions import Permission
from dashapp.identity.web import csrf_token, current_actor, protect
from dashapp.list_route import add_lists
from dashapp.logs import log_requests
from dashapp.mounting import mount_under
from dashapp.pages import ALL_PAGES
from dashapp.pages._frame import Opened, frame
from dashapp.saved_query_route import add_saved_queries
from dashapp.services import Services, services
from dashapp.table_route import add_tables

_GRID = '"dash_ag_grid"'
_GRID_SCRIPT = re.compile(r'<script src="([^"]*/dash_ag_grid\.[^"]*)"></script>\n?')
# Dash always sends its data table, which nothing of ours uses, and polyfills, of which ``regenerator.js`` is enough.
_IDLE_SCRIPTS = re.compile(r'<script src="[^"]*/(?:dash_table/bundle|deps/polyfill@)[^"]*"></script>\n?')

_INDEX = """<!DOCTYPE html>
<html lang="en" data-prefix="{prefix}" data-topojson="{topojson}" data-plotly="{plotly}" {{%page%}}>
<head>
{{%metas%}}
<meta name="color-scheme" content="light dark">
<title>{{%title%}}</title>
<link rel="icon" type="image/svg+xml" href="{mark}">
{styles}
{{%css%}}
<script src="{early}"></script>
</head>
<body>
<a class="tb-skip" href="#shell-page">Skip to the content</a>
{{%app_entry%}}
{{%config%}}
{{%brought%}}
{scripts}
{{%scripts%}}
{{%renderer%}}
</body>
</html>"""


class ThreatboardDash(Dash):  # type: ignore[misc]  # Dash is untyped here
    """Dash whose page knows the person's theme and the server's time, and loads the grid only where there is one."""

    def index(self, *_path: object, **_names: object) -> ResponseReturnValue:
        """The first page; an address without a page says so to programs too."""
        if request.path == "/explorer" and not request.query_string and (search := default_search()):
            return redirect(href("/explorer") + search, 302)
        page: str = super().index()
        return page, 200 if services().page_at(request.path) else 404

    def interpolate_index(self, **parts: Any) -> str:
        """The first page, for whoever is signed in."""
        told = brought(self.get_layout(), _opened().shown, self.callback_map, self._callback_list)
        scripts = _IDLE_SCRIPTS.sub("", str(parts["scripts"]))
        grids = _GRID_SCRIPT.findall(scripts)
        page = {
            "theme": current_actor().theme,
            "look": escape(current_actor().look),
            "now": str(int(time.time() * 1000)),
            **({"grid": grids[0]} if grids else {}),
        }
        attributes = " ".join(f'data-{name}="{value}"' for name, value in page.items())
        if _GRID not in told:
            scripts = _GRID_SCRIPT.sub("", scripts)
        index: str = super().interpolate_index(**parts | {"scripts": scripts})
        return index.replace("{%page%}", attributes).replace("{%brought%}", told)


def create_app(found: Services) -> Dash:
    """Build one independent app; call it as often as you like.

    Args:
        found: The objects behind the pages, with the settings among them.

    Returns:
        The Dash app; its ``server`` is the WSGI application.

    Raises:
        AssetsNotBuilt: ``make setup`` has not built the browser's files.
    """
    settings = found.settings
    server = Flask("dashapp", static_folder=None)
    found.pages = ALL_PAGES
    found.attach(server)
    log_requests(server)
    send_small(server, settings.enrichment_dir.parent / "suites")
    guard = protect(server, settings=settings, storage=found.storage, demo=found.demo)
    _answer_engine_errors(server)
    exports = Exports(found.storage, at_once=settings.exports_at_once, minutes=settings.export_minutes)
    add_exports(server, guard, exports)
    add_saved_queries(server, guard)
    add_tables(server, guard)
    add_lists(server, guard)
    mount_under(server, settings.url_prefix)
    files = BrowserFiles(settings.url_prefix)
    app = ThreatboardDash(
        "dashapp",
        server=server,
        requests_pathname_prefix=settings.url_prefix,
        routes_pathname_prefix="/",
        assets_folder=str(ASSETS),
        include_assets_files=False,  # our index names them itself, with versions
        pages_folder="",
        use_pages=False,
        include_pages_meta=False,
        enable_mcp=False,  # else DASH_MCP_ENABLED could open /_mcp
        suppress_callback_exceptions=True,  # else "/" embeds every page's layout; tests/pages replaces the check
        index_string=_index(files, settings.url_prefix),
        title="Threatboard",
        update_title="",
        add_log_handler=False,
    )
    app.layout = lambda: _layout(files)
    for callback_set in ALL_SETS:
        callback_set.register(app)
    guard.callback_map = app.callback_map
    guard.script_hashes.extend(app.csp_hashes())
    return app


def _layout(files: BrowserFiles) -> Component:
    found = services()
    mark = files.ours("mark.svg")
    framed = frame(found.actor, found.pages, mark=mark, csrf_token=csrf_token(), demo=found.demo, opened=_opened())
    laid_out: Component = still(framed)
    return laid_out


def _opened() -> Opened:
    """The page at the address of this request, for whoever is asking; nothing at other addresses."""
    found = services()
    if not found.page_at(request.path) or not found.actor.may(Permission.APP_OPEN):
        return Opened()
    query = request.query_string.decode("ascii", "replace")
    place = {"pathname": href(request.path), "search": f"?{query}" if query else ""}
    content, shown = open_page(**place)
    return Opened(place, content, shown)


def _index(files: BrowserFiles, prefix: str) -> str:
    return _INDEX.format(
        prefix=prefix,
        topojson=files.built("topojson"),
        plotly=files.built("plotly-whole.js"),
        mark=files.ours("mark.svg"),
        styles="\n".join(f'<link rel="stylesheet" href="{address}">' for address in files.styles),
        early=files.early_script,
        scripts="\n".join(f'<script src="{address}"></script>' for address in files.scripts),
    )


def _answer_engine_errors(server: Flask) -> None:
    """A question that was not answered is no fault of the app: its card says what to do."""

    @server.errorhandler(EngineError)
    def answer(error: EngineError) -> ResponseReturnValue:
        status = 503 if isinstance(error, EngineBusy) else 504 if isinstance(error, QueryTimeout) else 422
        return jsonify(error=type(error).__name__, detail=str(error)), status
