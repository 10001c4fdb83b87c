"""How one message is found and gathered for the explorer's flyout and the message's page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashapp.callbacks._asked import instant
from dashapp.components.links import href
from dashapp.data import grid, message
from dashapp.data.engine import Engine
from dashapp.data.errors import FilterError
from dashapp.data.together import together
from dashapp.domain.message_address import PATH, is_plain_id
from dashapp.domain.message_similar import Likeness, likenesses, span_around
from dashapp.domain.message_story import Story
from dashapp.domain.message_timeline import Row
from dashapp.query.urlstate import EXPLORER
from dashapp.query.window import Window

_NOBODY = "none"  # how the grid names a recipient who is missing
_CELL_TIME = "%Y-%m-%d %H:%M:%S"


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame as plain Python values: None where missing, times aware."""
    names = list(frame.columns)
    return [dict(zip(names, map(_plain, values), strict=True)) for values in frame.itertuples(index=False, name=None)]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def find(engine: Engine, message_id: str, recipient: str, around: Window | None) -> tuple[Row, list[Row]] | None:
    """A message's own row and those of all its recipients; None if the viewer sees no such message.

    Args:
        engine: Inside the viewer's scope.
        message_id: Exactly.
        recipient: Lower-cased; empty: any.
        around: Where to look first.
    """
    found = _copies(engine, message_id, recipient, around)
    if found is None:
        return None
    chosen, copies = found
    own = rows_of(_own(engine, message_id, chosen))
    return (own[0], copies) if own else None


def _copies(engine: Engine, message_id: str, recipient: str, around: Window | None) -> tuple[Row, list[Row]] | None:
    """The copy that is meant, and all."""
    for window in dict.fromkeys((around, None)):
        copies = rows_of(message.copies(engine, message_id, window))
        chosen = next((copy for copy in copies if _is_to(copy, recipient)), None)
        if chosen is not None:
            return chosen, copies
    return None


def _own(engine: Engine, message_id: str, chosen: Row) -> pd.DataFrame:
    return message.message(engine, message_id, chosen["recipient"], chosen["Timestamp"])


def _is_to(copy: Row, recipient: str) -> bool:
    return not recipient or (copy["recipient"] or _NOBODY) == recipient


def story(engine: Engine, message_id: str, recipient: str, around: Window | None) -> Story | None:
    """Everything about a message; None if the viewer sees no such message. The arguments are those of ``find``."""
    engine = engine.pinned()
    found = _copies(engine, message_id, recipient, around)
    if found is None:
        return None
    chosen, copies = found
    sent, mine = chosen["Timestamp"], [chosen["recipient"]] if chosen["recipient"] else []
    everybody = [copy["recipient"] for copy in copies if copy["recipient"]]
    own, *others = map(
        rows_of,
        together(
            [
                lambda: _own(engine, message_id, chosen),
                lambda: message.records(engine, message_id, everybody, sent),
                lambda: message.urls(engine, message_id, sent, chosen["UrlCount"]),
                lambda: message.attachments(engine, message_id, mine, sent, chosen["AttachmentCount"]),
            ]
        ),
    )
    records, urls, attachments = others
    return Story(own[0], copies, urls, attachments, records) if own else None


def similar(engine: Engine, own: Row) -> list[tuple[Likeness, grid.Count]]:
    """Ways of being like a message, with how many messages of the weeks around it are."""
    engine = engine.pinned()
    urls = rows_of(message.urls(engine, own["NetworkMessageId"], own["Timestamp"], own["UrlCount"]))
    domains = list(dict.fromkeys(url["UrlDomain"] for url in urls if url["UrlDomain"]))
    window, counted = span_around(own["Timestamp"]), []
    for likeness in likenesses(own, domains):
        try:
            counted.append((likeness, grid.count(engine, likeness.node, window)))
        except FilterError:
            continue  # such as an address that is none: nothing can be found by it
    return counted


def person(engine: Engine, own: Row) -> Row | None:
    """What the directory says of the recipient."""
    found = rows_of(message.person(engine, own["recipient"])) if own["recipient"] else []
    return found[0] if found else None


def cell_window(text: object, zone: str) -> Window | None:
    """The time around what the grid shows as a message's time; None if it is no such text.

    Where clocks were turned back, one text is two instants; the window holds both.
    """
    try:
        local = datetime.strptime(str(text), _CELL_TIME).replace(tzinfo=ZoneInfo(zone))
        instants = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        return Window(message.around(min(instants)).start, message.around(max(instants)).end)
    except (ValueError, OverflowError):
        return None


def instant_window(text: str) -> Window | None:
    """The time around an instant of an address; None if it is none."""
    try:
        read = datetime.fromisoformat(text)
        return message.around(read.astimezone(UTC)) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def page_of(row: Row, message_id: str, *, zone: str = "") -> str:
    """The address of the page of a message; empty where its id cannot stand in a path."""
    if not is_plain_id(message_id):
        return ""
    at = row["Timestamp"].astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return href(f"{PATH}/{message_id}", recipient=row["recipient"] or "", at=at, tz=zone)


def explorer_at(query: str, window: Window, zone: str, view: str = EXPLORER.view) -> str:
    """The explorer with a query, over the very range in which similar messages are counted."""
    state = replace(EXPLORER, view=view, query=query, start=instant(window.start), end=instant(window.end), zone=zone)
    return href("/explorer") + state.to_search(EXPLORER)
