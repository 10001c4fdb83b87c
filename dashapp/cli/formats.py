"""Rows of an answer as a table for people, CSV, JSON or Parquet."""

import io
import json
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dashapp.data.csv_text import header_line, lines
from dashapp.domain.text import visible
from dashapp.query.defang import defang

_PIPE_WIDTH = 10_000
_URLS = frozenset({"Url", "ClickUrl"})


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def write_rows(rows: pd.DataFrame, format_: Format, out: BinaryIO, *, terminal: bool) -> None:
    """Write ``rows`` to ``out``.

    Args:
        rows: Any frame; naive times are UTC.
        format_: CSV is safe to open in a spreadsheet; JSON and Parquet hold the values unchanged.
        out: Gets bytes.
        terminal: People look at it, so that nothing invisible or steering the terminal may pass.
    """
    if format_ is Format.TABLE:
        out.write(_as_table(rows).encode())
    elif format_ is Format.CSV:
        text = _as_csv(rows)
        shown = "\n".join(visible(line, most=len(line)) for line in text.splitlines()) + "\n" if terminal else text
        out.write(shown.encode("utf-8", "replace"))
    elif format_ is Format.JSON:
        # one row a line, in ASCII: control characters stay escaped wherever it is shown
        records = ",\n ".join(json.dumps(record) for record in _records(rows))
        out.write(f"[{records}]\n".encode())
    else:
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), buffer)
        out.write(buffer.getvalue())


def _as_table(rows: pd.DataFrame) -> str:
    table = Table(show_edge=False, pad_edge=False)
    for name in rows.columns:
        table.add_column(str(name), overflow="ellipsis", no_wrap=True, min_width=6)
    for record in _records(_to_the_second(rows)):
        table.add_row(*(Text(_cell(name, value)) for name, value in record.items()))
    # a pipe has no width, so nothing is cut there
    console = Console(file=io.StringIO(), width=None if Console().is_terminal else _PIPE_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _as_csv(rows: pd.DataFrame) -> str:
    table = pa.Table.from_pandas(rows, preserve_index=False)
    return (header_line(table.column_names) + lines(table)).decode()


def _to_the_second(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows.copy()
    for name in rows.select_dtypes("datetimetz"):
        shown[name] = rows[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    return shown


def _cell(name: str, value: object) -> str:
    text = "" if value is None else _joined(value)
    if name in _URLS:  # a terminal makes links of URLs
        text = ", ".join(defang(part) for part in text.split(", "))
    return visible(text)


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain values: None for missing, ISO text with Z for times, lists for lists."""
    columns = {str(name): [_plain(value) for value in rows[name].tolist()] for name in rows.columns}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return None if value is pd.NaT else value.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, str | bool | int):
        return value
    if hasattr(value, "__len__"):
        return [_plain(item) for item in value]
    return None if value is None or pd.isna(value) else value
