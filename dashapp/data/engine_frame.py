"""From Arrow to a pandas frame that keeps its contract."""

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

Contract = Mapping[str, str]
UTC_TIME = "datetime64[us, UTC]"

# Without these a column with one missing value would turn into floats or objects.
_NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def to_frame(table: pa.Table, contract: Contract) -> pd.DataFrame:
    """The columns of ``contract``, in its order and of its dtypes; the lake's times get their zone back.

    Raises:
        KeyError: The table lacks a column.
        ValueError: A value does not fit, such as a missing one in ``int64``.
    """
    frame: pd.DataFrame = table.select(list(contract)).to_pandas(types_mapper=_NULLABLE.get)
    for name, dtype in contract.items():
        if dtype == UTC_TIME:
            frame[name] = frame[name].astype("datetime64[us]").dt.tz_localize("UTC")
    return frame.astype(dict(contract))
