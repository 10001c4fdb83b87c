"""How long somebody must wait after failed attempts: per account and per address, in every process alike."""

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashapp.storage import Storage, throttle
from dashapp.storage.throttle import Counter

LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class TooManyAttempts(Exception):
    """Attempts are refused for ``retry_after`` more seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts, try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """A key to count under, and how many failures are free before each further one doubles the wait."""

    key: str
    free: int


def account_limit(login: str) -> Limit:
    """Counts failures for one login name, known or not."""
    return Limit(f"account:{hashlib.sha256(login.encode()).hexdigest()}", 5)


def address_limit(ip: str) -> Limit:
    """Counts failures from one address; an IPv6 customer has a /64, so that counts as one."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return Limit("ip:unknown", 20)
    if address.version == 6:
        address = ipaddress.ip_network((address, 64), strict=False).network_address
    return Limit(f"ip:{address}", 20)


def reserve(storage: Storage, limits: Sequence[Limit], now: datetime) -> None:
    """Count an attempt as failed before it is made, so that parallel guesses cannot all pass the check.

    Raises:
        TooManyAttempts: One of ``limits`` is blocked; nothing was counted.
    """
    ordered = sorted(limits, key=lambda limit: limit.key)  # always the same order: no deadlock
    with storage.write() as connection:
        throttle.forget_before(connection, now - FORGOTTEN_AFTER)
        counters = {}
        for limit in ordered:
            throttle.lock(connection, limit.key, now)
            counters[limit] = throttle.get(connection, limit.key) or Counter(0, now, now)
        if (until := max(counter.blocked_until for counter in counters.values())) > now:
            raise TooManyAttempts(math.ceil((until - now).total_seconds()))
        for limit, counter in counters.items():
            failures = counter.failures + 1
            throttle.put(connection, limit.key, Counter(failures, now + _wait(failures - limit.free), now))


def forgive(storage: Storage, account: Limit, address: Limit, now: datetime) -> None:
    """Take back the reserved failure of an attempt that was right; the account starts afresh, the address does not."""
    with storage.write() as connection:
        throttle.clear(connection, account.key)
        if counter := throttle.get(connection, address.key):
            throttle.put(connection, address.key, Counter(max(counter.failures - 1, 0), now, now))


def _wait(beyond: int) -> timedelta:
    return timedelta(0) if beyond < 0 else min(timedelta(seconds=2.0 ** min(beyond, 20)), LONGEST_WAIT)
