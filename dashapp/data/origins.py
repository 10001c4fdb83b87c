"""Where messages were sent from, by country."""

import ibis
import pandas as pd

from dashapp.data.counting import counted
from dashapp.data.engine import Engine
from dashapp.data.remembered import remembered
from dashapp.data.valued import NONE, open_field, text_of
from dashapp.query.tree import Node
from dashapp.query.window import Window

ORIGINS = {"country": "str", "messages": "int64"}


@remembered
def origins(engine: Engine, node: Node, window: Window) -> pd.DataFrame:
    """Count messages by the country of the sender's address.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.

    Returns:
        One row per country, by ``messages`` descending, then ``country``.

        - ``country`` (str): as the data has it, mostly two letters of ISO 3166; ``(none)`` where it is not known
        - ``messages`` (int64): message x recipient rows; together all that match

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The filter looks at what the viewer may not see.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    column = open_field(engine, "SenderCountry").column
    found = counted(engine, node, window, columns=(column,))
    country = text_of(found.rows[column]).fill_null(ibis.literal(NONE))
    groups = found.rows.group_by(country=country).agg(messages=found.total)
    kept = groups.filter(groups["messages"] > 0).order_by(ibis.desc("messages"), "country")
    return engine.frame(kept, ORIGINS, lane=found.lane)
