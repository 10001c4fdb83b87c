"""Times in the many spellings exports use, to UTC microseconds without a zone."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.schema import TIME
from dashapp.ingest.normalise.unique import by_unique

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = int((datetime(1, 1, 2, tzinfo=UTC) - EPOCH).total_seconds())
_LAST = int((datetime(9999, 12, 31, tzinfo=UTC) - EPOCH).total_seconds())
# A bare number is an epoch only between these two; anything else is an id, a count or a mistake.
_EPOCH_FROM = int((datetime(1995, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
_EPOCH_UNTIL = int((datetime(2100, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())

_SLASHED = re.compile(
    r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<year>\d{4})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?\s*(?P<half>[AaPp][Mm])?)?"
)
_NAMED = ("%b %d, %Y %I:%M:%S %p", "%b %d, %Y %I:%M %p", "%b %d, %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%b %d, %Y")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def times(array: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Read instants.

    Args:
        array: Timestamps of any unit and zone, dates, whole numbers (epoch seconds, milli-, micro- or nanoseconds,
            told apart by size) or text. A time without a zone is UTC.

    Returns:
        The instants (timestamp[us], naive UTC) and where something stood that is no instant between years 1 and 9999.
    """
    if pa.types.is_timestamp(array.type):
        return _of_numbers(array.cast(pa.int64()), array.type.unit)
    if pa.types.is_date(array.type):
        return _of_numbers(array.cast(pa.timestamp("ms")).cast(pa.int64()), "ms")
    if pa.types.is_integer(array.type):
        return _of_epochs(array)
    if not pa.types.is_string(array.type):
        return pa.nulls(len(array), TIME), array.is_valid()
    return _of_text(array)


def _of_numbers(numbers: pa.Array, unit: str) -> tuple[pa.Array, pa.Array]:
    per_second = PER_SECOND[unit]
    values = numbers.fill_null(0).to_numpy(zero_copy_only=False)
    present = np.asarray(numbers.is_valid())
    if unit == "ns":  # its whole range is between the years 1677 and 2262
        good = np.ones(len(values), bool)
    else:
        good = (values >= _FIRST * per_second) & (values <= _LAST * per_second)
    micros = np.where(good, values, 0)
    micros = micros // 1_000 if unit == "ns" else micros * (1_000_000 // per_second)
    return pa.array(micros, mask=~(good & present)).cast(TIME), pa.array(present & ~good)


def _of_epochs(array: pa.Array) -> tuple[pa.Array, pa.Array]:
    try:
        numbers = array.cast(pa.int64())
    except pa.ArrowInvalid:  # uint64 beyond any time
        return pa.nulls(len(array), TIME), array.is_valid()
    values = numbers.fill_null(0).to_numpy(zero_copy_only=False)
    micros = np.zeros(len(values), np.int64)
    good = np.zeros(len(values), bool)
    for per_second in PER_SECOND.values():
        fits = (values >= _EPOCH_FROM * per_second) & (values < _EPOCH_UNTIL * per_second)
        scaled = np.where(fits, values, 0)
        scaled = scaled // 1_000 if per_second > 1_000_000 else scaled * (1_000_000 // per_second)
        micros[fits] = scaled[fits]
        good |= fits
    present = np.asarray(numbers.is_valid())
    return pa.array(micros, mask=~(good & present)).cast(TIME), pa.array(present & ~good)


def _of_text(array: pa.Array) -> tuple[pa.Array, pa.Array]:
    trimmed = pc.utf8_trim_whitespace(array)
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    for type_ in (pa.timestamp("us", "UTC"), TIME):
        try:
            return _of_numbers(trimmed.cast(type_).cast(pa.int64()), "us")
        except pa.ArrowInvalid:
            continue
    found = by_unique(trimmed, _of_spellings)
    return found, pc.and_(trimmed.is_valid(), found.is_null())


def _of_spellings(texts: list[str]) -> pa.Array:
    day_first = _days_come_first(texts)
    return pa.array([_micros(read_time(value, day_first=day_first)) for value in texts], pa.int64()).cast(TIME)


def _days_come_first(texts: list[str]) -> bool:
    """Whether ``3/4/2026`` is in April here: some first part must be no month, and no second part."""
    pairs = [(int(match["a"]), int(match["b"])) for value in texts if (match := _SLASHED.match(value))]
    return any(first > 12 for first, _ in pairs) and not any(second > 12 for _, second in pairs)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - EPOCH) // timedelta(microseconds=1)


def read_time(value: str, *, day_first: bool = False) -> datetime | None:
    """Read one time, aware UTC; None when it is none.

    Args:
        value: ISO 8601, an epoch, ``3/14/2026 1:05:00 PM``, ``Mar 14, 2026 1:05 PM`` or an RFC 5322 date.
        day_first: ``3/4/2026`` is in April.
    """
    value = value.strip()
    if re.fullmatch(r"\d{9,19}", value):
        micros = _of_epochs(pa.array([int(value)], pa.uint64()))[0][0]
        return None if not micros.is_valid else EPOCH + timedelta(microseconds=micros.value)
    try:
        return _utc(_iso(value) or _slashed(value, day_first=day_first) or _named(value))
    except (ValueError, OverflowError):
        return None


def _utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _iso(value: str) -> datetime | None:
    if _ISO.match(value):
        value = re.sub(r"(?<=:\d\d):60", ":59", value).removesuffix(" UTC").replace(" +", "+")  # a leap second
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _slashed(value: str, *, day_first: bool) -> datetime | None:
    match = _SLASHED.fullmatch(value)
    if match is None:
        return None
    day, month = (match["a"], match["b"]) if day_first else (match["b"], match["a"])
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    fraction = (match["fraction"] or "0")[:6].ljust(6, "0")
    clock = (hour, int(match["minute"] or 0), int(match["second"] or 0), int(fraction))
    return datetime(int(match["year"]), int(month), int(day), *clock, tzinfo=UTC)


def _named(value: str) -> datetime | None:
    for form in _NAMED:
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return parsedate_to_datetime(value) if re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d", value) else None
