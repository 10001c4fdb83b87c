"""Which rows can be on a page that is sorted by a column with few or many values, before any of them is read whole."""

import ibis

from dashapp.data.engine import Engine
from dashapp.data.engine_sql import asked


def leading_rows(engine: Engine, rows: ibis.Table, column: str, *, descending: bool, most: int) -> ibis.Table:
    """Those of ``rows`` that can be among the first ``most`` by ``column``, missing values last.

    The value of the last of them is found by reading one column only, and most of that is ruled out by what came
    before it; sorted in one go, the ids of all rows, which are long, are read.

    Args:
        engine: Pinned, so that the rows are still the same when they are asked for.
        rows: Of one table, with conditions of its own columns.
        column: Sorted by; unless it is text or a whole number all rows are returned.
        descending: The greatest come first.
        most: Rows that are wanted, those to leave out included.

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    values = rows[column]
    if not (values.type().is_string() or values.type().is_integer()):
        return rows
    order = values.desc() if descending else values.asc()
    last = rows.order_by(order).limit(1, offset=most - 1).select(value=column)
    found = engine.frame(last, {"value": "str" if values.type().is_string() else "Int64"})["value"].dropna()
    if found.empty:
        return rows
    bound = asked(str(found.iloc[0])) if values.type().is_string() else ibis.literal(int(found.iloc[0]))
    return rows.filter(values >= bound if descending else values <= bound)
