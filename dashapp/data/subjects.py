"""The rows a subject counts, with what a filter needs to tell which message each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from dashapp.query.subjects import MESSAGES, Subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from dashapp.data.engine import Engine
    from dashapp.query.window import Window

ANY_COPY = "_any_copy"  # the message of a row that does not say whose copy it means


def rows_of(engine: Engine, subject: Subject, window: Window, *, columns: Collection[str]) -> ibis.Table:
    """The rows of ``subject`` inside ``window`` and the viewer's scope.

    Args:
        engine: Whose viewer asks.
        subject: What is counted.
        window: Half-open.
        columns: Those needed of messages; other tables are small, and come with all they have, with ``recipient``
            where they belong to messages, and with their threats and detection technologies as lists.
    """
    if subject is MESSAGES:
        return engine.table(subject.table, window, columns=columns)
    rows = engine.table(subject.table, window)
    made: dict[str, Any] = {}
    if subject.account:
        made["recipient"] = rows[subject.account]
    if subject.loose:
        made[ANY_COPY] = rows["recipient"].isnull().ifelse(rows["NetworkMessageId"], ibis.null("string"))
    if "DetectionMethods" in rows.columns:
        made["det_techs"] = _parts(_plain(rows["DetectionMethods"]))
    if "ThreatTypes" in rows.columns:
        made["threat_types"] = _parts(rows["ThreatTypes"])
    return rows.mutate(**made) if made else rows


def name_of(rows: ibis.Table, subject: Subject) -> Any:
    """The one text that names a row: its key, with spaces between."""
    parts = [_as_text(rows["RecipientEmailAddress" if name == "recipient" else name]) for name in subject.key]
    return parts[0] if len(parts) == 1 else ibis.literal(" ").join(parts)


def _as_text(values: Any) -> Any:
    if values.type().is_timestamp():
        return values.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return values.fill_null("")


def _parts(texts: Any) -> Any:
    """``A, B`` as a list of both."""
    return texts.split(",").map(lambda part: part.strip()).filter(lambda part: part != "")


def _plain(methods: Any) -> Any:
    """``{"Phish": ["A", "B"]}`` as ``A, B``; plain text as it is."""
    bare = methods.re_replace(r'"[^"]*"\s*:\s*|[\[\]{}"]', "").re_replace(r"\s*,\s*", ", ").strip()
    return methods.startswith("{").ifelse(bare, methods)
