"""Lists of values too long for a query: how one is called, and what its name tells without looking it up.

A list is called by what is in it: it never changes, the same list pasted twice is one, and nobody guesses its name who
has not seen the query it stands in.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence

_NAME = re.compile(r"list-(\d{1,6})-([a-z2-7]{26})", re.ASCII)
_HASHED_BYTES = 16


def list_id(values: Sequence[str]) -> str:
    """The name of the list of ``values``, such as ``list-120-…``; it depends on their order."""
    digest = hashlib.sha256(json.dumps(list(values)).encode()).digest()[:_HASHED_BYTES]
    return f"list-{len(values)}-{base64.b32encode(digest).decode().rstrip('=').lower()}"


def size_of(name: str) -> int | None:
    """How many values are in the list called ``name``; None if it is no name of a list."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
