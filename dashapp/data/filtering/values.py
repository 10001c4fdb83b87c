"""What was typed, read as the value a column holds."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dashapp.data.errors import FilterError
from dashapp.query.fields import Field
from dashapp.query.tree import Value
from dashapp.query.window import RangeError, read_instant

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_MOST = 2**63
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def as_text(field: Field, value: Value) -> str:
    """The text itself.

    Raises:
        FilterError: It cannot be text of any column.
    """
    try:
        value.text.encode()
    except UnicodeEncodeError:
        raise FilterError(field.name, "this is not valid text") from None
    return value.text


def as_number(field: Field, value: Value) -> int | float:
    """A whole number, or one with a fraction.

    Raises:
        FilterError: It is no number.
    """
    text = value.text.strip()
    if not _NUMBER.fullmatch(text):
        raise FilterError(field.name, f"{value.text[:40]!r} is not a number")
    if "." in text or not -_MOST <= int(text) < _MOST:
        return float(text)
    return int(text)


def as_flag(field: Field, value: Value) -> bool:
    """True or false.

    Raises:
        FilterError: It is neither.
    """
    flag = _FLAGS.get(value.text.strip().lower())
    if flag is None:
        raise FilterError(field.name, f"{value.text[:40]!r} is neither true nor false")
    return flag


@dataclass(frozen=True)
class Span:
    """A time as typed: one instant, or all of a day or hour.

    Attributes:
        start: Naive UTC, as the lake stores times.
        end: First instant after it; equal to ``start`` for an instant.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Clock:
    """How to read a time: what ``now`` means and where days begin."""

    now: datetime
    zone: str

    def span(self, field: Field, value: Value) -> Span:
        """What the text covers; a bare date is that whole day.

        Raises:
            FilterError: It is no time.
        """
        text, zone = value.text.strip(), ZoneInfo(self.zone)
        try:
            start = read_instant(text, now=self.now, zone=zone)
            if _DATE.fullmatch(text):
                end = (start.astimezone(zone) + timedelta(days=1)).astimezone(UTC)
            else:
                end = read_instant(text, now=self.now, zone=zone, upper=True) if "/" in text else start
        except RangeError as error:
            raise FilterError(field.name, str(error)) from None
        except OverflowError:
            raise FilterError(field.name, f"{text[:40]!r} is too far away") from None
        return Span(start.replace(tzinfo=None), end.replace(tzinfo=None))


@dataclass(frozen=True)
class Addresses:
    """A block of addresses, both ends included, as 16 sortable bytes.

    Attributes:
        low: First.
        high: Last.
        besides: It is an IPv6 block around the addresses that stand for IPv4, which are not meant.
    """

    low: bytes
    high: bytes
    besides: bool = False


def as_addresses(field: Field, value: Value) -> Addresses:
    """One address, or a CIDR block.

    Raises:
        FilterError: It is neither.
    """
    text = value.text.strip().strip("[]")
    try:
        # An IPv6 zone (after %) means something on the writer's own machine only.
        network = ipaddress.ip_network("" if "%" in text else text, strict=False)
    except ValueError:
        raise FilterError(
            field.name, f"{value.text[:60]!r} is not an IP address or block such as 192.0.2.0/24"
        ) from None
    besides = network.version == 6 and network.prefixlen < 96 and network.supernet_of(_MAPPED)
    return Addresses(_key(network.network_address), _key(network.broadcast_address), besides)


def mapped() -> Addresses:
    """The addresses that stand for IPv4."""
    return Addresses(_MAPPED.network_address.packed, _MAPPED.broadcast_address.packed)


def _key(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    return address.packed if address.version == 6 else _MAPPED.network_address.packed[:12] + address.packed
