"""How long somebody must wait after failed attempts: per account and per address, in every process alike."""

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dashapp.identity.permissions import Actor
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


@dataclass(frozen=True)
class Attempt:
    """What is attempted, for the record of refusals: by whom, the action to write down, on what."""

    actor: Actor
    refusal: str
    object_: str


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


def reserve(storage: Storage, limits: Sequence[Limit], now: datetime, attempt: Attempt) -> None:
    """Count an attempt as failed before it is made, so that parallel guesses cannot all pass the check.

    Raises:
        TooManyAttempts: One of ``limits`` is blocked; nothing was counted. The first attempt refused by a block goes
            on record, the others do not: a block follows a counted failure, so nobody can flood the record this way.
    """
    ordered = sorted(limits, key=lambda limit: limit.key)  # always the same order: no deadlock
    with storage.write() as connection:
        seconds = _count(connection, ordered, now)
        if seconds:
            _record_first(storage, connection, ordered, now, attempt)
    if seconds:
        raise TooManyAttempts(seconds)


def _count(connection: sa.Connection, limits: Sequence[Limit], now: datetime) -> int:
    """Count one failure under each limit; if one of them is blocked none, and for how many seconds it is."""
    throttle.forget_before(connection, now - FORGOTTEN_AFTER)
    counters = {limit: throttle.locked(connection, limit.key, now) for limit in limits}
    if (until := max(counter.blocked_until for counter in counters.values())) > now:
        return math.ceil((until - now).total_seconds())
    for limit, counter in counters.items():
        failures = counter.failures + 1
        throttle.put(connection, limit.key, Counter(failures, now + _wait(failures - limit.free), now))
    return 0


def _record_first(
    storage: Storage, connection: sa.Connection, limits: Sequence[Limit], now: datetime, attempt: Attempt
) -> None:
    """Put a refused attempt on record if it is the first that the present block refuses."""
    blocks = {limit: throttle.locked(connection, limit.key, now).blocked_until for limit in limits}
    limit = max(blocks, key=lambda each: blocks[each])
    told = f"told:{limit.key}"  # a counter of its own: until when the block lasts that was told of
    if throttle.locked(connection, told, now).blocked_until < blocks[limit]:
        throttle.put(connection, told, Counter(0, blocks[limit], now))
        detail = {"by": limit.key.partition(":")[0], "seconds": math.ceil((blocks[limit] - now).total_seconds())}
        storage.audit.record(connection, attempt.actor, attempt.refusal, attempt.object_, detail)


def forgive(storage: Storage, account: Limit, address: Limit, now: datetime) -> None:
    """Take back the reserved failure of an attempt that was right; the account starts afresh, the address does not."""
    with storage.write() as connection:
        throttle.clear(connection, account.key)
        if counter := throttle.get(connection, address.key):
            throttle.put(connection, address.key, Counter(max(counter.failures - 1, 0), now, now))


def _wait(beyond: int) -> timedelta:
    return timedelta(0) if beyond < 0 else min(timedelta(seconds=2.0 ** min(beyond, 20)), LONGEST_WAIT)
