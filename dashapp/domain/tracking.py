"""Queries that are counted by day: when a count is due, what its numbers mean, and when they raise an alert.

No function here looks at the clock: what time it is, is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from dashapp.identity.permissions import Actor, Permission
from dashapp.query.window import Window

USUAL_DAYS = 7
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEASE = timedelta(minutes=15)
"""How long a run may take before another runner may take it over: far longer than the engine lets a question run."""


class TrackerState(StrEnum):
    """How the last run of a tracked query ended."""

    NEW = "new"
    FINE = "fine"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class DayCounts:
    """Messages of the days of one place.

    Attributes:
        day: Today, there.
        today: Messages of today until the run.
        prior: Messages of the whole day before.
        so_far: Those of today in its hours that were over.
        usual: Messages in the same hours of the seven days before, on average; None: no hour is over yet.
    """

    day: date
    today: int
    prior: int
    so_far: int = 0
    usual: float | None = None

    @property
    def change(self) -> float | None:
        """How much more than usual, as a share of the usual (0.5: half as much again); None: it cannot be said."""
        if self.usual is None or (not self.usual and not self.so_far):
            return None
        return self.so_far / self.usual - 1 if self.usual else float("inf")


@dataclass(frozen=True)
class Tracker:
    """How one query is tracked.

    Attributes:
        threshold: Messages of one day from which on an alert is raised; None: never.
        since: When tracking began; days before it raise no alert.
        next_run: When it is due.
        state: How the last run ended.
        problem: Why it failed or stopped, for people; else empty.
        last_run: When it last ended; None: never.
        counts: Of the last run that gave some.
    """

    threshold: int | None
    since: datetime
    next_run: datetime
    state: TrackerState = TrackerState.NEW
    problem: str = ""
    last_run: datetime | None = None
    counts: DayCounts | None = None


@dataclass(frozen=True)
class Alert:
    """A day on which a tracked query had as many messages as its threshold or more.

    Attributes:
        day: Where its owner is.
    """

    id: str
    query_id: str
    name: str
    search: str
    day: date
    messages: int
    threshold: int
    raised: datetime


@dataclass(frozen=True)
class Claimed:
    """One run that this runner, and no other, carries out.

    Attributes:
        token: Proves it when the run ends.
        owner: With whose rights it runs, as they are now.
        disabled: The owner may not sign in.
        search: The explorer's address of the query.
    """

    query_id: str
    token: str
    owner: Actor
    disabled: bool
    name: str
    search: str
    tracker: Tracker


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        alerts: Messages by day that reached the threshold.
    """

    state: TrackerState
    problem: str = ""
    counts: DayCounts | None = None
    alerts: tuple[tuple[date, int], ...] = ()


class TrackerStore(Protocol):
    """Where tracked queries are kept."""

    def due(self, now: datetime) -> list[str]:
        """Ids of the queries that are to be run, longest due first."""

    def claim(self, query_id: str, now: datetime) -> Claimed | None:
        """The run of a due query, for the caller alone until ``now`` + ``LEASE``; None if it is not to be run."""

    def finish(self, claimed: Claimed, outcome: Outcome, now: datetime, next_run: datetime) -> bool:
        """Store how a run ended, with its alerts; False if another runner has taken the run over meanwhile."""

    def tick(self, now: datetime) -> None:
        """Note that the job runner is alive."""


def next_run(now: datetime, minutes: int) -> datetime:
    """The first multiple of ``minutes`` of UTC after ``now``: runs that were missed are made up for by one."""
    step = timedelta(minutes=minutes)
    return _EPOCH + ((now - _EPOCH) // step + 1) * step


def day_window(day: date, zone: str) -> Window:
    """The day at ``zone``: 23, 24 or 25 hours."""
    place = ZoneInfo(zone)
    start, end = (datetime(one.year, one.month, one.day, tzinfo=place) for one in (day, day + timedelta(days=1)))
    return Window(start.astimezone(UTC), end.astimezone(UTC))


def counted_window(now: datetime, zone: str) -> Window:
    """What a run counts: the ``USUAL_DAYS`` days before today, and today until ``now``."""
    today = local_day(now, zone)
    start = day_window(today - timedelta(days=USUAL_DAYS), zone).start
    return Window(start, max(now, day_window(today, zone).start + timedelta(microseconds=1)))


def local_day(now: datetime, zone: str) -> date:
    """Which day it is at ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()


def day_counts(by_hour: Mapping[datetime, int], now: datetime, zone: str) -> DayCounts:
    """The numbers of a run.

    Args:
        by_hour: Messages by naive local start of the hour, of ``counted_window``.
        now: When it was counted.
        zone: Where the days are.
    """
    here = now.astimezone(ZoneInfo(zone))
    today, hours = here.date(), here.hour
    totals: dict[date, int] = {}
    early: dict[date, int] = {}
    for start, messages in by_hour.items():
        totals[start.date()] = totals.get(start.date(), 0) + messages
        if start.hour < hours:
            early[start.date()] = early.get(start.date(), 0) + messages
    before = [today - timedelta(days=back) for back in range(1, USUAL_DAYS + 1)]
    usual = sum(early.get(day, 0) for day in before) / USUAL_DAYS if hours else None
    return DayCounts(today, totals.get(today, 0), totals.get(before[0], 0), early.get(today, 0), usual)


def days_over(counts: DayCounts, tracker: Tracker, zone: str) -> tuple[tuple[date, int], ...]:
    """The days of ``counts`` that reached the threshold since tracking began.

    The day before counts too: mail may arrive late, and the runner may have stood still in the evening.
    """
    if tracker.threshold is None:
        return ()
    days = ((counts.day - timedelta(days=1), counts.prior), (counts.day, counts.today))
    first = local_day(tracker.since, zone)
    return tuple((day, messages) for day, messages in days if day >= first and messages >= tracker.threshold)


def reason_to_stop(claimed: Claimed) -> str:
    """Why the query is not run any more; empty if it is."""
    if claimed.disabled:
        return "Stopped: the account of its owner is closed."
    if not (claimed.owner.may(Permission.MESSAGE_READ) and claimed.owner.may(Permission.QUERY_SAVE)):
        return "Stopped: its owner may not search messages any more."
    return ""
