"""What a list counts: a subject. Its rows are one table's, and its fields say how a filter reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashapp.query.fields import FIELDS, Field


@dataclass(frozen=True, eq=False, repr=False)
class Subject:
    """What is counted, listed and exported.

    Attributes:
        name: One word; also in the names of exported files.
        table: Of the lake; one row of it is counted as one.
        noun: One of it.
        nouns: Several.
        meaning: What one row of a list is, in a sentence.
        own: Name to field, for what a row says itself; a name may stand for another field here than among messages.
            Empty for messages, whose fields are all those of ``dashapp.query.fields``.
        key: Columns that tell one row from another.
        words: Names of the fields a bare word looks in.
        account: Column with the recipient of the row's message; empty: rows belong to no message, and fields of
            messages say nothing about them.
        loose: Where that column is missing, the row belongs to all copies of the message.
    """

    name: str
    table: str
    noun: str
    nouns: str
    meaning: str
    own: Mapping[str, Field]
    key: tuple[str, ...]
    words: tuple[str, ...]
    account: str = ""
    loose: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def naming(self) -> tuple[str, ...]:
        """Names of the fields that hold ``key``, in its order."""
        if not self.own:
            return ("NetworkMessageId", "RecipientEmailAddress")
        held = {field.column: field.name for field in self.own.values()}
        return tuple(held[column] for column in self.key)

    @property
    def joins(self) -> bool:
        """Whether fields of messages, and of what belongs to them, apply too."""
        return bool(self.account)

    def find(self, name: str) -> Field | None:
        """The field ``name`` (canonical) stands for in these rows; None if it says nothing about them."""
        own = self.own.get(name)
        return own if own is not None or not self.joins else FIELDS.get(name)

    def owns(self, field: Field) -> bool:
        """Whether a row itself holds ``field``, in a single value: the list can be sorted by it."""
        return self.own.get(field.name) is field if self.own else not field.place.joined

    @property
    def fields(self) -> dict[str, Field]:
        """Every field that applies, by name: the row's own first; no field twice."""
        own = {name: field for name, field in self.own.items() if name == field.name}
        others = FIELDS if self.joins else {}
        return own | {name: field for name, field in others.items() if name not in self.own}
