"""IP addresses and host names: sortable keys, hosts of URLs, domains of addresses."""

import socket

import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.schema import IP_KEY, TEXT
from dashapp.ingest.normalise.unique import by_unique, by_unique_pair, each_value

_V4_IN_V6 = b"\0" * 10 + b"\xff\xff"
_HOST = r"^\s*(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?:[/\\]{2,})?(?:[^/\\@?#]*@)?(?P<host>\[[^\]/\\?#]*\]|[^/\\:?#\s]+)"
NULL = pa.scalar(None, TEXT)


def ip_key(address: str | None) -> bytes | None:
    """16 bytes that sort as the address does, IPv4 mapped into IPv6; None for what is no address."""
    if not address:
        return None
    try:
        if ":" not in address:
            return _V4_IN_V6 + socket.inet_pton(socket.AF_INET, address.strip())
        return socket.inet_pton(socket.AF_INET6, address.strip().strip("[]").split("%")[0])
    except (OSError, ValueError):
        return None


def ip_keys(addresses: pa.Array) -> pa.Array:
    """``ip_key`` of each (binary)."""
    return by_unique(addresses, lambda found: pa.array([ip_key(value) for value in found], IP_KEY))


def sender_ip(v4: pa.Array, v6: pa.Array) -> pa.Array:
    """The IPv4 address unless it is missing or all zeros, else the IPv6 address; valid ones only."""
    return by_unique_pair(
        v4, v6, lambda pairs: pa.array([_usable(one) or _usable(other) for one, other in pairs], TEXT)
    )


def _usable(address: str | None) -> str | None:
    if address is None:
        return None
    cleaned = address.strip()
    key = ip_key(cleaned)
    return None if key is None or not any(key.removeprefix(_V4_IN_V6)) else cleaned


def domain_of(addresses: pa.Array) -> pa.Array:
    """What follows the last ``@``; null where there is none."""
    return each_value(addresses, _domain_of)


def _domain_of(addresses: pa.Array) -> pa.Array:
    found = pc.struct_field(pc.extract_regex(addresses, r"@(?P<domain>[^@\s>]+)>?\s*$"), "domain")
    return pc.if_else(pc.equal(found, ""), NULL, found)


def host_of(urls: pa.Array) -> pa.Array:
    """The host of each URL as written, without user, port and scheme; null where there is none."""
    return each_value(urls, lambda found: pc.struct_field(pc.extract_regex(found, _HOST), "host"))


def lower(values: pa.Array) -> pa.Array:
    """Lower case, one code point for one, as the engine's ``lower`` does."""
    return each_value(values, pc.utf8_lower)
