"""Writes tables as one Parquet file per table and day of arrival, holding back what arrives on later days."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dashapp.demo.plan import MICROSECONDS_PER_DAY, midnight
from dashapp.demo.tables import Rendered

_ROW_GROUP = 131_072
# identifiers and hashes never repeat enough for a dictionary to pay
_PLAIN = {
    "Timestamp", "NetworkMessageId", "InternetMessageId", "ReportId", "Url", "SHA256", "EmailSize", "UrlChain",
    "FileSize", "EmailClusterId", "SubmissionId",
}  # fmt: skip


class DayFiles:
    """Files of one stretch of arrivals, ``since`` to ``until`` in microseconds since 1970.

    Memory holds one day and the few rows of it that arrive later.
    """

    def __init__(self, folder: Path, *, since: int, until: int) -> None:
        self._folder, self._since, self._until = folder, since, until
        self._held: dict[str, list[Rendered]] = {}
        self.rows: dict[str, int] = {}

    def add(self, name: str, rows: Rendered, day: date, *, last: bool = False) -> None:
        """Write what has arrived of a table by the end of ``day`` (all, if it is the ``last``); hold back the rest.

        Rows outside the stretch are dropped.
        """
        end = self._until if last else midnight(day) + MICROSECONDS_PER_DAY
        low, high = np.searchsorted(rows.arrival, (self._since, self._until))
        now = Rendered(rows.table.slice(low, high - low), rows.arrival[low:high])
        ripe, later = [], []
        for part in (*self._held.pop(name, ()), now):
            cut = int(np.searchsorted(part.arrival, end))
            if cut:
                ripe.append(part.table.slice(0, cut))
            if cut < len(part.arrival):
                # a copy, or the few rows would keep the whole day in memory
                copied = part.table.slice(cut).take(pa.array(np.arange(len(part.arrival) - cut)))
                later.append(Rendered(copied, part.arrival[cut:]))
        self._held[name] = later
        if ripe:
            self._write(name, day, pa.concat_tables(ripe, promote_options="default"))

    def _write(self, name: str, day: date, table: pa.Table) -> None:
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        # a running day is carried on in further files, named after the moment they begin at
        begins = max(0, self._since - midnight(day)) // 1_000_000
        part = f".{begins // 3600:02}{begins // 60 % 60:02}{begins % 60:02}" if begins else ""
        path = folder / f"{day}{part}.parquet"
        temporary = path.with_suffix(".tmp")
        pq.write_table(
            table.unify_dictionaries(),
            temporary,
            compression="zstd",
            compression_level=1,
            row_group_size=_ROW_GROUP,
            use_dictionary=[column for column in table.column_names if column not in _PLAIN],
            store_schema=False,  # a plain text column to every reader, not Arrow's dictionary type
        )
        temporary.replace(path)
        self.rows[name] = self.rows.get(name, 0) + table.num_rows
