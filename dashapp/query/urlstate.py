"""The whole view in the URL: what a page shows, as the text behind the ``?``, and back.

The parameters are fixed, because saved views live for years:

====== ==============================================================================
view   which list of the page: all, malware, phish …
q      the filter
off    the filters switched off; each top-level term is one pill
from   start of the range: now-7d, 2026-03-01, 2026-03-01T10:00
to     its end
tz     IANA time zone; absent: the user's own
by     field the chart is split by
grain  width of a bar; absent: fitting the range
cmp    1: compare with the period before
log    1: the chart's scale is logarithmic
cols   columns of the grid, in order
sort   columns to sort by, a minus for descending
msg    the open message
tab    the open tab
entity the open panel, such as domain:bad.example; read by ``dashapp.query.entities``
====== ==============================================================================
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote_plus, unquote_plus
from zoneinfo import ZoneInfo

from dashapp.query.fields import find_field
from dashapp.query.window import Grain, RangeError, Window, read_instant, read_window

LONGEST_SEARCH = 8_000  # characters of an address that are read and kept
_MOST_PARAMETERS = 64
_READABLE = ":/,@*()!$;~'"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ANY_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ViewState:
    """What a page shows. Equal states show the same thing at the same instant.

    Attributes:
        view: Which list of the page.
        query: The filter as text; may be wrong, the page then says so.
        disabled: The filters switched off, as text.
        start: Start of the range as typed.
        end: End of the range as typed.
        zone: IANA name; empty: the user's own.
        by: Canonical name of the field the chart is split by; empty: not split.
        grain: Width of a bar; None: fitting the range.
        compare: The period before is shown too.
        log: The chart's scale is logarithmic.
        columns: Canonical names of the grid's columns; empty: the page's own.
        sort: Canonical name and whether descending.
        message: The open message; empty: none.
        tab: The open tab; empty: the first.
        problems: What of the URL was not understood, in sentences for people. Not part of equality.
    """

    view: str = ""
    query: str = ""
    disabled: str = ""
    start: str = "now-7d"
    end: str = "now"
    zone: str = ""
    by: str = ""
    grain: Grain | None = None
    compare: bool = False
    log: bool = False
    columns: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    message: str = ""
    tab: str = ""
    problems: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        for name in ("query", "disabled", "message"):
            # half a surrogate pair cannot stand in a URL
            object.__setattr__(self, name, getattr(self, name).encode("utf-8", "replace").decode("utf-8"))

    @classmethod
    def from_search(cls, search: str, defaults: "ViewState") -> "ViewState":
        """Read the text behind a URL's ``?``, whatever it holds.

        Args:
            search: With or without the question mark.
            defaults: What the page shows without parameters; taken for what is absent or not understood.
        """
        given = _parameters(search)
        problems: list[str] = []
        values: dict[str, object] = {}
        for parameter in _PARAMETERS:
            if parameter.key not in given:
                values[parameter.name] = getattr(defaults, parameter.name)
                continue
            try:
                values[parameter.name] = parameter.read(given[parameter.key])
            except _Unread as problem:
                problems.append(str(problem))
                values[parameter.name] = problem.instead or getattr(defaults, parameter.name)
        return cls(**values, problems=tuple(problems))  # type: ignore[arg-type]  # each reader gives its field's type

    def to_search(self, defaults: "ViewState") -> str:
        """The shortest text that reads as this state: sorted, without what is the default; empty or with its ``?``."""
        shown = {
            parameter.key: parameter.write(getattr(self, parameter.name))
            for parameter in _PARAMETERS
            if getattr(self, parameter.name) != getattr(defaults, parameter.name)
        }
        pairs = [f"{key}={encoded(shown[key])}" for key in sorted(shown)]
        return "?" + "&".join(pairs) if pairs else ""

    def window(self, *, now: datetime, zone: str = "UTC") -> Window:
        """The range as instants, both ends from the same ``now``.

        Args:
            now: Aware; taken once per page, so that all cards show the same span.
            zone: The user's own, for a state without one.

        Raises:
            RangeError: The range is empty or too far away.
        """
        return read_window(self.start, self.end, now=now, zone=self.zone or zone)

    def resolve(self, defaults: "ViewState", *, now: datetime, zone: str = "UTC") -> tuple[Window, str]:
        """As ``window``, but a bad range gives the page's own and a sentence that says so (else an empty one)."""
        try:
            return self.window(now=now, zone=zone), ""
        except RangeError as error:
            return defaults.window(now=now, zone=zone), f"Showing the default period: {error}."


def encoded(text: str) -> str:
    """``text`` as the value of a parameter."""
    return quote_plus(text, safe=_READABLE)


DASHBOARD = ViewState(start="now-30d", by="PrimaryThreat", compare=True)
EXPLORER = ViewState(view="all", start="now-7d", sort=(("Timestamp", True),))


class _Unread(Exception):
    """A parameter that is not understood, and what is to be taken instead of the default."""

    def __init__(self, message: str, instead: object = None) -> None:
        super().__init__(message)
        self.instead = instead


@dataclass(frozen=True)
class _Parameter:
    key: str
    name: str
    read: Callable[[str], object]
    write: Callable[..., str] = str


def _parameters(search: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in search.removeprefix("?").split("&", _MOST_PARAMETERS)[:_MOST_PARAMETERS]:
        key, _, value = pair.partition("=")
        found.setdefault(unquote_plus(key), unquote_plus(value))
    return found


def _slug(text: str) -> str:
    if text and not _SLUG.fullmatch(text):
        raise _Unread(f"There is no view or tab {text[:40]!r}.")
    return text


def _instant(text: str) -> str:
    try:
        read_instant(text, now=_ANY_NOW, zone=UTC)
    except RangeError as error:
        raise _Unread(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    return text


def _zone(text: str) -> str:
    try:
        if text:
            ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise _Unread(f"There is no time zone {text[:40]!r}.") from None
    return text


def _grain(text: str) -> Grain | None:
    if text and text not in set(Grain):
        raise _Unread(f"A bar is a {', '.join(Grain)}, not {text[:40]!r}.")
    return Grain(text) if text else None


def _flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise _Unread(f"cmp and log are 0 or 1, not {text[:40]!r}.")
    return text == "1"


def _field_name(text: str) -> str:
    known = find_field(text)
    if known is None and text:
        raise _Unread(f"There is no field {text[:40]!r}.")
    return known.name if known else ""


def _columns(text: str) -> tuple[str, ...]:
    names = [name for name in text.split(",") if name]
    known = dict.fromkeys(found.name for name in names if (found := find_field(name)))
    if unknown := [name for name in names if not find_field(name)]:
        raise _Unread(f"There is no field {unknown[0][:40]!r}.", tuple(known))
    return tuple(known)


def _sort(text: str) -> tuple[tuple[str, bool], ...]:
    parts = [part for part in text.split(",") if part]
    known: dict[str, bool] = {}
    unknown = ""
    for part in parts:
        found = find_field(part.removeprefix("-"))
        if found:
            known.setdefault(found.name, part.startswith("-"))
        else:
            unknown = part
    if unknown:
        raise _Unread(f"There is no field {unknown[:40]!r} to sort by.", tuple(known.items()))
    return tuple(known.items())


def _write_sort(sort: tuple[tuple[str, bool], ...]) -> str:
    return ",".join(f"-{name}" if descending else name for name, descending in sort)


_PARAMETERS = (
    _Parameter("view", "view", _slug),
    _Parameter("q", "query", str),
    _Parameter("off", "disabled", str),
    _Parameter("from", "start", _instant),
    _Parameter("to", "end", _instant),
    _Parameter("tz", "zone", _zone),
    _Parameter("by", "by", _field_name),
    _Parameter("grain", "grain", _grain, lambda grain: grain or ""),
    _Parameter("cmp", "compare", _flag, lambda compare: "1" if compare else "0"),
    _Parameter("log", "log", _flag, lambda log: "1" if log else "0"),
    _Parameter("cols", "columns", _columns, ",".join),
    _Parameter("sort", "sort", _sort, _write_sort),
    _Parameter("msg", "message", str),
    _Parameter("tab", "tab", _slug),
)
