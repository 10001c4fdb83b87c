"""What there is: how much data, from when to when, and how old."""

from dataclasses import dataclass
from datetime import datetime

import ibis

from dashapp.data.engine import Engine, Lane
from dashapp.data.lake import ROLLUP
from dashapp.data.schema import TABLES


@dataclass(frozen=True)
class Freshness:
    """The state of the lake.

    Attributes:
        last_ingest: When rows last came in; None before the first time.
        data_from: Time of the earliest message; None without messages.
        data_until: Time of the latest message.
        rows: Messages.
        tables: Rows by table, tables without rows too.
        has_verdicts: Whether any message carries a verdict.
    """

    last_ingest: datetime | None
    data_from: datetime | None
    data_until: datetime | None
    rows: int
    tables: dict[str, int]
    has_verdicts: bool


def freshness(engine: Engine) -> Freshness:
    """The state of the whole lake, whoever asks: it names no message.

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.unscoped().pinned()
    snapshot = engine.snapshot
    tables = {name: snapshot.rows(name) for name in TABLES}
    first, last = snapshot.time_range("EmailEvents") or (None, None)
    return Freshness(
        last_ingest=snapshot.ingested_at,
        data_from=first,
        data_until=last,
        rows=tables["EmailEvents"],
        tables=tables,
        has_verdicts=_has_verdicts(engine),
    )


def _has_verdicts(engine: Engine) -> bool:
    rollup = engine.snapshot.rollup()
    name = "EmailEvents" if rollup.stale else ROLLUP
    rows = engine.source(name, columns=("primary_threat",))
    known = rows.filter(rows["primary_threat"].notnull()).limit(1).select(known=ibis.literal(1, type="int64"))
    return not engine.frame(known, {"known": "int64"}, lane=Lane.LIGHT).empty
