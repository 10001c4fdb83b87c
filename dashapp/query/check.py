"""Whether an operator and a value suit a field; the message says what would."""

import ipaddress
import re
from datetime import UTC, datetime

from dashapp.query.fields import Field, Kind
from dashapp.query.tree import Value
from dashapp.query.window import RangeError, read_instant

MOST_PATTERN_CHARACTERS = 500
TRUE_WORDS = frozenset({"true", "yes", "1"})
FALSE_WORDS = frozenset({"false", "no", "0"})
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,9})?", re.ASCII)
_ORDERED = frozenset({Kind.NUMBER, Kind.TIME})
_TEXTUAL = frozenset({Kind.TEXT, Kind.KEYWORD})
_LISTABLE = _TEXTUAL | {Kind.IP, Kind.NUMBER}
_NOT_IN_RE2 = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?<?[=!]|\\[1-9])")
_ANY_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def operator_complaint(field: Field, operator: str) -> str | None:
    """Why ``operator`` (``:``, ``=``, ``~``, ``[``, ``@`` or a comparison) does not suit the field, or None."""
    if operator in {">", ">=", "<", "<=", "["} and field.kind not in _ORDERED:
        return f"{field.name} has no order; only numbers and times do"
    if operator == "~" and field.kind not in _TEXTUAL:
        return f"{field.name} is not text; a pattern works on text only"
    if operator == "@" and field.kind not in _LISTABLE:
        return f"{field.name} cannot be looked up in a list"
    return None


def value_complaint(field: Field, value: Value) -> str | None:
    """Why ``value`` does not suit the field, or None."""
    shown = value.text[:40]
    if field.kind is Kind.NUMBER and not _NUMBER.fullmatch(value.text):
        return f"{shown!r} is not a number; {field.name} takes numbers such as 3"
    if field.kind is Kind.FLAG and value.text.lower() not in TRUE_WORDS | FALSE_WORDS:
        return f"{field.name} is true or false, not {shown!r}"
    if field.kind is Kind.IP and not _is_ip(value.text):
        return f"{shown!r} is not an IP address or a block such as 192.0.2.0/24"
    if field.kind is Kind.TIME:
        try:
            read_instant(value.text, now=_ANY_NOW, zone=UTC)
        except RangeError as error:
            return str(error)
    return None


def pattern_complaint(pattern: str) -> str | None:
    """Why ``pattern`` cannot be run as a regular expression, as far as a look tells; None if it may."""
    if len(pattern) > MOST_PATTERN_CHARACTERS:
        return f"a pattern may have {MOST_PATTERN_CHARACTERS} characters, this one has {len(pattern)}"
    if _NOT_IN_RE2.search(pattern):
        return "patterns know no look-ahead, look-behind or back-references"
    return None


def _is_ip(text: str) -> bool:
    if "%" in text:  # a zone of the writer's own machine means nothing here
        return False
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
