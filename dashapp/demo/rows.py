"""The generator's own model of mail: one numpy column per fact, small codes instead of words."""

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

INBOUND, OUTBOUND, INTRA = range(3)
CLEAN, SPAM, PHISH, MALWARE = range(4)
NO_CONFIDENCE, NORMAL, HIGH = range(3)
DELIVERED, JUNKED, BLOCKED, REPLACED = range(4)
INBOX, JUNK, QUARANTINE, DROPPED, FAILED, EXTERNAL, DELETED = range(7)
NO_VECTOR, LINK, FILE, QR, CALLBACK, BEC = range(6)


class Mess(IntEnum):
    """What was done to a row (``Rows["mess"]``)."""

    NONE = 0
    NO_DISPLAY_NAME = 1
    SHOUTED_RECIPIENT = 2  # another case, the same mailbox
    LATE = 3
    HOSTILE_SUBJECT = 4
    LONG_URL = 5
    NO_SUBJECT = 6
    NO_ADDRESS = 7
    NEW_WORD = 8  # an action no documentation mentions


# name: (type, value where nothing is said)
FIELDS: dict[str, tuple[str, int]] = {
    "time": ("i8", 0),
    "arrival": ("i8", 0),  # when the row reaches us; later than time for late rows
    "message": ("i8", 0),  # number of the message in its day; recipients share it
    "direction": ("i1", INBOUND),
    "bulk": ("?", False),
    "threat": ("i1", CLEAN),
    "second": ("i1", CLEAN),  # a second, lesser verdict
    "confidence": ("i1", NO_CONFIDENCE),
    "action": ("i1", DELIVERED),
    "location": ("i1", INBOX),
    "vector": ("i1", NO_VECTOR),
    "sender": ("i4", 0),
    "recipient": ("i4", 0),
    "subject": ("i4", -1),
    "salt": ("i4", 0),  # a number put behind the subject; 0: none
    "ip": ("i4", -1),
    "network": ("i2", -1),
    "campaign": ("i4", -1),
    "cluster": ("i8", 0),
    "auth": ("i2", 0),
    "detection": ("i2", -1),
    "threat_name": ("i2", -1),
    "policy": ("i1", -1),
    "override": ("i1", -1),
    "bcl": ("i1", 0),
    "scl": ("i1", 1),
    "urls": ("i2", 0),
    "url_base": ("i4", -1),
    "files": ("i2", 0),
    "file": ("i4", -1),
    "language": ("i1", 0),
    "classification": ("i1", -1),
    "size": ("i4", 0),
    "first_contact": ("?", False),
    "simulation": ("?", False),
    "planted": ("i1", 0),  # number of the analyst question the row was planted for
    "duplicate": ("?", False),
    "mess": ("i1", 0),  # which kind of mess was made of the row
}


class Rows:
    """Rows of mail (message times recipient), one array of equal length per name of ``FIELDS``."""

    def __init__(self, count: int, /, **given: Any) -> None:
        self._count = count
        self._columns = {
            name: np.broadcast_to(np.asarray(given[name], type_), count).copy()
            if name in given
            else np.full(count, default, type_)
            for name, (type_, default) in FIELDS.items()
        }

    def __getitem__(self, name: str) -> Array:
        return self._columns[name]

    def __setitem__(self, name: str, values: Array) -> None:
        self._columns[name] = np.asarray(values, FIELDS[name][0])

    def __len__(self) -> int:
        return self._count

    def take(self, positions: Array) -> "Rows":
        """Return the rows at ``positions``, in that order."""
        taken = Rows.__new__(Rows)
        taken._columns = {name: values[positions] for name, values in self._columns.items()}
        taken._count = len(taken["time"])
        return taken

    @classmethod
    def concat(cls, parts: list["Rows"]) -> "Rows":
        """Return the rows of all parts, in order; no parts give no rows."""
        joined = cls.__new__(cls)
        joined._columns = {
            name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0, type_)
            for name, (type_, _) in FIELDS.items()
        }
        joined._count = len(joined["time"])
        return joined


def recipients_per_message(random: np.random.Generator, rows: int, *, single: float, most: int) -> Array:
    """Return recipients of each message, int64, heavy-tailed, adding up to exactly ``rows``."""
    if rows <= 0:
        return np.empty(0, np.int64)
    many = np.minimum(1 + random.zipf(1.9, rows), most)
    counts = np.where(random.random(rows) < single, 1, many)
    ends = np.cumsum(counts)
    messages = int(np.searchsorted(ends, rows)) + 1
    counts = counts[:messages].copy()
    counts[-1] -= int(ends[messages - 1]) - rows
    return counts


def pick(random: np.random.Generator, weights: Array, size: int) -> Array:
    """Return ``size`` positions drawn by weight, int64; faster than ``Generator.choice`` for large sizes."""
    edges = np.cumsum(weights, dtype=float)
    found = np.searchsorted(edges, random.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1))
