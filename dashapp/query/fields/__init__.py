"""Every field a filter may name: what kind it is, where it is stored, what people call it.

The grammar, the compiler to Ibis, the suggestions, the column chooser and the help page all read this registry.
"""

from dashapp.query.fields.elsewhere import ELSEWHERE_FIELDS
from dashapp.query.fields.joined import JOINED_FIELDS
from dashapp.query.fields.message import MESSAGE_FIELDS
from dashapp.query.fields.model import Field, Group, Kind, Place
from dashapp.query.fields.verdict import VERDICT_FIELDS

__all__ = ["ELSEWHERE", "FIELDS", "NAMES", "Field", "Group", "Kind", "Place", "find_field"]

FIELDS: dict[str, Field] = {field.name: field for field in (*MESSAGE_FIELDS, *VERDICT_FIELDS, *JOINED_FIELDS)}
# They say nothing about messages, only about the rows of other lists: see ``query.subjects``.
ELSEWHERE: dict[str, Field] = {field.name: field for field in ELSEWHERE_FIELDS}
NAMES: dict[str, Field] = FIELDS | ELSEWHERE


def find_field(name: str) -> Field | None:
    """The field called ``name``, by canonical name or alias, without case; None if there is none."""
    return _BY_NAME.get(name.casefold())


_BY_NAME = {key.casefold(): field for field in NAMES.values() for key in (field.name, *field.aliases)}
