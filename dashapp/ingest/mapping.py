"""A mapping file: what the columns of somebody else's export mean.

A YAML file with two keys::

    table: EmailEvents          # optional: every row is of this table; else the columns decide
    columns:                    # ours: theirs
      Timestamp: received_at
      NetworkMessageId: message_id
      RecipientEmailAddress: to
"""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from dashapp.data.schema import TABLES


class MappingError(Exception):
    """A mapping file is wrong; the message is one line that names the file and the mistake."""


@dataclass(frozen=True)
class Mapping:
    """What foreign columns mean.

    Attributes:
        table: The table of every row; None: the columns decide.
        columns: Foreign name to ours.
    """

    table: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


NO_MAPPING = Mapping()


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingError: The file cannot be read, or names a table or a column we do not have.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"cannot read the mapping {path}: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(found, dict) or not found.keys() <= {"table", "columns"}:
        raise MappingError(f"the mapping {path} needs the keys table and columns, and no others")
    table, columns = found.get("table"), found.get("columns") or {}
    if table is not None and table not in TABLES:
        raise MappingError(f"the mapping {path} names the table {table!r}; there are {', '.join(sorted(TABLES))}")
    if not isinstance(columns, dict) or not all(isinstance(theirs, str) for theirs in columns.values()):
        raise MappingError(f"the columns of the mapping {path} must be lines of ours: theirs")
    known = set(TABLES[table].given) if table else {name for each in TABLES.values() for name in each.given}
    for ours in columns:
        if ours not in known:
            raise MappingError(f"the mapping {path} names the column {ours!r}, which is not one of ours")
    return Mapping(table, {theirs: ours for ours, theirs in columns.items()})
