"""What Explorer's exports say in one column and advanced hunting in two: the system override."""

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import as_text
from dashapp.data.schema import TEXT
from dashapp.ingest.columns import simplified
from dashapp.ingest.normalise.unique import by_unique
from dashapp.ingest.normalise.values import plain, text

_OVERRIDE = frozenset({"primaryoverride", "systemoverrides", "systemoverride"})
_SOURCE = frozenset({"primaryoverridesource", "systemoverridessource", "overridesource", "systemoverridesource"})


def with_overrides(rows: pa.Table) -> pa.Table:
    """Add ``OrgLevelAction``, ``OrgLevelPolicy``, ``UserLevelAction``, ``UserLevelPolicy`` where Explorer's are."""
    simple = {simplified(name): place for place, name in enumerate(rows.column_names)}
    override = next((simple[name] for name in simple if name in _OVERRIDE), None)
    if override is None or "OrgLevelAction" in rows.column_names:
        return rows
    source = next((simple[name] for name in simple if name in _SOURCE), None)
    words = text(plain(rows.column(override)))
    policies = pa.nulls(len(words), TEXT) if source is None else text(plain(rows.column(source)))
    for level, who in (("OrgLevel", ("organi", "tenant", "admin")), ("UserLevel", ("user",))):
        actions = as_text(by_unique(words, partial(_actions, who=who)))
        mine = pc.if_else(actions.is_valid(), policies, pa.scalar(None, TEXT))
        rows = rows.append_column(f"{level}Action", actions).append_column(f"{level}Policy", mine)
    return rows


def _actions(words: list[str], who: tuple[str, ...]) -> pa.Array:
    return pa.array([_action(value, who) for value in words], TEXT)


def _action(words: str, who: tuple[str, ...]) -> str | None:
    lowered = words.lower()
    if not any(name in lowered for name in who):
        return None
    return "Allow" if "allow" in lowered else "Block" if "block" in lowered else None
