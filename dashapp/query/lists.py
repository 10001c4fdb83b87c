"""Long pasted lists of values: found in a query text, to be stored and named instead (``field:@name``)."""

from collections.abc import Callable
from dataclasses import dataclass

from dashapp.query import limits
from dashapp.query.errors import QueryError
from dashapp.query.fields import Field, find_field
from dashapp.query.lexer import Lexer
from dashapp.query.printing import reference, to_text
from dashapp.query.recognise import recognise_list
from dashapp.query.tree import Value


@dataclass(frozen=True)
class LongList:
    """A list too long to stay in the text.

    Attributes:
        field: Canonical name of its field.
        values: As typed, in order, without repetition.
        start: Where its opening bracket is in the text.
        end: Just behind its closing bracket.
    """

    field: str
    values: tuple[str, ...]
    start: int
    end: int


def needs_stored_list(text: str) -> bool:
    """Whether ``text`` holds a list of more than 50 values; False for a text that cannot be read."""
    try:
        return bool(_long_lists(_spelled_out(text)))
    except QueryError:
        return False


def store_long_lists(text: str, store: Callable[[str, tuple[str, ...]], str]) -> str:
    """Replace each list of more than 50 values in ``text`` by a reference.

    Args:
        text: As pasted: up to 200,000 characters, more than a query itself may have. Several pasted things,
            one a line, count as lists of the fields that find them.
        store: Keeps the values of a field and returns the name to refer to them by.

    Returns:
        The text with ``@name`` in place of each long list; ``text`` itself when it has none. A list with wildcards
        stays, for a stored value is taken literally.

    Raises:
        QueryError: The text is too large or cannot be cut into terms.
    """
    spelled = _spelled_out(text)
    found = _long_lists(spelled)
    for item in reversed(found):
        name = store(item.field, item.values)
        spelled = f"{spelled[: item.start]}{reference(name)}{spelled[item.end :]}"
    return spelled if found else text


def _spelled_out(text: str) -> str:
    if len(text) > limits.MOST_PASTED_CHARACTERS:
        raise QueryError(
            f"a pasted text may have {limits.MOST_PASTED_CHARACTERS:,} characters", limits.MOST_PASTED_CHARACTERS
        )
    pasted = recognise_list(text)
    return text if pasted is None else to_text(pasted)


def _long_lists(text: str) -> list[LongList]:
    found = []
    field: Field | None = None
    opened, values = 0, list[Value]()
    for token in Lexer(text, find_field, ()).cut():
        if token.type == "FIELD":
            field = token.value
        elif token.type == "_EQUALS":
            field = None  # a stored list is looked up in the way of ``:``
        elif token.type == "_LLIST":
            opened, values = token.start_pos or 0, []
        elif token.type == "VALUE":
            values.append(token.value)
        elif token.type == "_RLIST" and field is not None and _is_storable(values):
            texts = tuple(dict.fromkeys(value.text for value in values))
            found.append(LongList(field.name, texts, opened, token.end_pos or 0))
    return found


def _is_storable(values: list[Value]) -> bool:
    literal = all(value.literal or not {"*", "?"} & set(value.text) for value in values)
    return literal and len(values) > limits.MOST_INLINE_VALUES
