r"""Reading one value of a query text: quoted, or plain with escapes.

In quotes, ``\"`` and ``\\`` stand for themselves and ``\u{1f}`` for the character with that number; any other
backslash is an ordinary character, so patterns need no doubling. Outside quotes a backslash also makes the next
punctuation mark or space an ordinary character.
"""

import re
from dataclasses import dataclass

from dashapp.query.defang import BRACKETED
from dashapp.query.errors import QueryError

KEYWORDS = frozenset({"AND", "OR", "NOT"})
# "<" begins a comparison, but not the address in "Someone <someone@x.example>"
FIELD = re.compile(r"([^\W\d]\w*)\s*(>=|<=|:|=|~|>|<(?![^\s<>]*@))")
BRACKET = re.compile(r"\[")
RANGE = re.compile(r"\[[^\]]*\sTO\s", re.IGNORECASE)
LIST_NAME = re.compile(r"[\w-]{1,64}")
DATE_AND_TIME = re.compile(r"(\d{4}-\d\d-\d\d) +(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)(?=[\s)\],]|$)")
NUMBERED = re.compile(r"\\u\{([0-9a-fA-F]{0,6})\}")


@dataclass(frozen=True)
class Plain:
    """A value without quotes.

    Attributes:
        text: With its escapes resolved.
        escaped: It had escapes, so it is neither a keyword nor something to recognise.
    """

    text: str
    escaped: bool


def chunk_at(text: str, start: int) -> str:
    """Everything up to the next space, quote, comma or bracket, as typed."""
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in '(),"':
        end += 1
    return text[start:end]


def quoted_at(text: str, start: int) -> tuple[str, int]:
    """The value of the quotes that open at ``start``, and where the text goes on.

    Raises:
        QueryError: The quotes are not closed, or something follows them without a space.
    """
    parts: list[str] = []
    at = start + 1
    while at < len(text) and text[at] != '"':
        if match := NUMBERED.match(text, at):
            parts.append(_numbered(match))
            at = match.end()
        elif text[at] == "\\" and text[at + 1 : at + 2] in {"\\", '"'}:
            parts.append(text[at + 1])
            at += 2
        else:
            parts.append(text[at])
            at += 1
    if at >= len(text):
        raise QueryError("this quote is not closed", start)
    at += 1
    if at < len(text) and not text[at].isspace() and text[at] not in "),]":
        raise QueryError("a space is missing after the closing quote", at)
    return "".join(parts), at


def plain_at(text: str, start: int, stops: str) -> tuple[Plain, int]:
    """The value without quotes at ``start``, up to a space or one of ``stops``, and where the text goes on.

    Raises:
        QueryError: A quote opens in the middle, or a wildcard is escaped.
    """
    parts: list[str] = []
    at, escaped = start, False
    while at < len(text):
        char = text[at]
        if at > start and (match := BRACKETED.match(text, at)):  # evil(dot)example
            parts.append(match[0])
            at = match.end()
        elif match := NUMBERED.match(text, at):
            parts.append(_numbered(match))
            at, escaped = match.end(), True
        elif char == "\\" and at + 1 < len(text) and not text[at + 1].isalnum():
            parts.append(_escaped(text, at))
            at, escaped = at + 2, True
        elif char == '"':
            raise QueryError("a quote opens in the middle of a value; put the whole value in quotes", at)
        elif char.isspace() or char in stops:
            break
        else:
            parts.append(char)
            at += 1
    return Plain("".join(parts), escaped), at


def _escaped(text: str, at: int) -> str:
    if text[at + 1] in "*?":
        raise QueryError(f"to look for {text[at + 1]} itself, put the value in quotes", at, 2)
    return text[at + 1]


def _numbered(match: re.Match[str]) -> str:
    number = int(match[1] or "0", 16)
    if number > 0x10FFFF:
        raise QueryError("there is no character with this number", match.start(), len(match[0]))
    return chr(number) if match[1] else ""
