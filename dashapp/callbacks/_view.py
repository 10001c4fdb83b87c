"""What a page's callbacks read of the address: the resolved time range, the zone, the other parameters."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from dash.exceptions import PreventUpdate

from dashapp.query.urlstate import LONGEST_SEARCH
from dashapp.query.window import RangeError, Window, read_window
from dashapp.services import services

CLOCK_SLACK = timedelta(hours=1)
USUAL_SINCE = "now-30d"


@dataclass(frozen=True)
class View:
    """One state of a page.

    Attributes:
        path: The page.
        parameters: Of the address, first value of each.
        since: Start of the range as written, such as ``now-7d``.
        until: End of the range as written.
        window: The range, resolved once for all charts of the page.
        zone: IANA name; where days begin and what times are shown in.
        problem: Why the range of the address was not used; empty if it was.
    """

    path: str
    parameters: dict[str, str]
    since: str
    until: str
    window: Window
    zone: str
    problem: str = ""


def read_view(sent: object, *, since: str = "") -> View:
    """Read what the browser's ``Shell.VIEW`` holds. The browser may send anything.

    Args:
        sent: ``{"path", "search", "now", "since"}``.
        since: Start of the range when the address has none; empty: the page's own.

    Raises:
        PreventUpdate: It is not such a value; the page is not ready.
    """
    if not isinstance(sent, dict) or not isinstance(search := sent.get("search"), str) or len(search) > LONGEST_SEARCH:
        raise PreventUpdate
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(search.removeprefix("?")):
        parameters.setdefault(name, value)
    usual = since or str(sent.get("since") or USUAL_SINCE)
    zone = _zone(parameters.get("tz", ""))
    now = _now(sent.get("now"))
    path = str(sent.get("path", ""))
    first, last = parameters.get("from") or usual, parameters.get("to") or "now"
    try:
        return View(path, parameters, first, last, read_window(first, last, now=now, zone=zone), zone)
    except RangeError as error:
        window = read_window(USUAL_SINCE, "now", now=now, zone=zone)
        return View(path, parameters, USUAL_SINCE, "now", window, zone, str(error))


def _zone(wanted: str) -> str:
    own = services().actor.time_zone
    try:
        return str(ZoneInfo(wanted)) if wanted else own
    except (KeyError, ValueError, OSError):
        return own


def _now(sent: object) -> datetime:
    """The browser's minute, which all charts of a page share, unless its clock is far off."""
    here = datetime.now(UTC)
    try:
        told = datetime.fromisoformat(str(sent))
    except ValueError:
        return here
    return told if told.tzinfo and abs(told - here) < CLOCK_SLACK else here
