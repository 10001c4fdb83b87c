"""What follows delivery: zero-hour purge, remediation, redelivery, clicks and reports by users.

Sources: ZAP removes 0.7 of what slipped through (Microsoft's benchmark); people click within minutes (DBIR 2024), gated
by working hours here; 92 % of trouble comes from 3 % of the people (Cyentia), hence a lognormal habit of clicking.
"""

import numpy as np

from dashapp.demo.day import Day, Events
from dashapp.demo.rows import (
    BLOCKED,
    CLEAN,
    DELIVERED,
    INBOUND,
    JUNKED,
    MALWARE,
    NORMAL,
    PHISH,
    SPAM,
    Array,
    Rows,
)  # fmt: skip

MINUTE = 60_000_000
HOUR = 60 * MINUTE
_DAY = 24 * HOUR

# Events.code of post-delivery events; first three are ZAP of spam, phish, malware
SPAM_ZAP, PHISH_ZAP, MALWARE_ZAP, AUTOMATED, MANUAL, REDELIVERY = range(6)
ACTION_TYPES = ("Spam ZAP", "Phish ZAP", "Malware ZAP", "Automated remediation", "Manual remediation", "Redelivery")
# Events.extra of post-delivery events
TO_JUNK, TO_DELETED, SOFT_DELETED, HARD_DELETED, TO_QUARANTINE, TO_INBOX = range(6)
ACTIONS = (
    "Moved to junk folder", "Moved to deleted items", "Soft deleted", "Hard deleted", "Moved to quarantine",
    "Moved to inbox",
)  # fmt: skip
SUCCESS, ERROR = range(2)
RESULTS = ("Success", "Error")

# Events.code of clicks, Events.result 1: clicked through, Events.extra: which of the message's URLs
CLICK_ALLOWED, CLICK_BLOCKED, CLICK_BLOCKED_TENANT, CLICK_SCANNING, CLICK_ERROR = range(5)
CLICKS = ("ClickAllowed", "ClickBlocked", "ClickBlockedByTenantPolicy", "UrlScanInProgress", "UrlErrorPage")

# Events.code of submissions: by whom; Events.result: the verdict
BY_USER, BY_ADMIN, OF_SIMULATION = range(3)
SUBMISSION_TYPES = ("User", "Admin", "AttackSimUser")
VERDICTS = ("No threats found", "Spam", "Phish", "Malware")


def follow(day: Day) -> None:
    """Fill ``post``, ``clicks`` and ``submissions`` of a day whose rows are complete."""
    random = day.plan.random("after delivery", day.date)
    ordinary = (day.rows["planted"] == 0) & (day.rows["direction"] == INBOUND) & ~day.rows["duplicate"]
    day.post = Events.concat(
        [
            day.post,
            *_removals(random, day.rows, ordinary, day.organisation.quiet_user),
            _redelivered(random, day.rows, ordinary),
        ]
    )
    day.clicks = Events.concat([day.clicks, _clicks(day, random, ordinary)])
    day.submissions = Events.concat([day.submissions, _submissions(random, day.rows, ordinary)])


def _delay(random: np.random.Generator, size: int, *, median: float, spread: float, most: float) -> Array:
    hours = np.clip(median * random.lognormal(0, spread, size), 0.02, most)
    return (hours * HOUR).astype(np.int64)


def _removals(random: np.random.Generator, rows: Rows, ordinary: Array, quiet: int) -> list[Events]:
    slipped = ordinary & (rows["action"] == DELIVERED) & (rows["override"] < 0) & ~rows["simulation"]
    found = np.flatnonzero(slipped & (rows["threat"] >= SPAM))
    threat = rows["threat"][found]
    chance = np.where(threat == SPAM, 0.4, np.where(rows["confidence"][found] == NORMAL, 0.70, 0.78))
    zapped = random.random(len(found)) < chance
    at, kind = found[zapped], threat[zapped]
    failed = random.random(len(at)) < 0.04
    zap = Events(
        row=at,
        time=rows["time"][at] + _delay(random, len(at), median=2.0, spread=1.25, most=48),
        code=np.select([kind == MALWARE, kind == PHISH], [MALWARE_ZAP, PHISH_ZAP], SPAM_ZAP),
        result=np.where(failed, ERROR, SUCCESS),
        extra=np.where(kind == SPAM, TO_JUNK, TO_QUARANTINE),
    )
    left = np.concatenate((found[~zapped & (threat > SPAM)], at[failed & (kind > SPAM)]))
    draw = random.random(len(left))
    elsewhere = rows["recipient"][left] != quiet
    automated, manual = left[draw < 0.35], left[(draw >= 0.35) & (draw < 0.6) & elsewhere]
    return [
        zap,
        Events(
            row=automated,
            time=rows["time"][automated] + 48 * HOUR + _delay(random, len(automated), median=3, spread=0.8, most=20),
            code=np.full(len(automated), AUTOMATED),
            result=np.full(len(automated), SUCCESS),
            extra=np.full(len(automated), SOFT_DELETED),
        ),
        Events(
            row=manual,
            time=rows["time"][manual] + 48 * HOUR + _delay(random, len(manual), median=6, spread=0.8, most=40),
            code=np.full(len(manual), MANUAL),
            result=np.where(random.random(len(manual)) < 0.03, ERROR, SUCCESS),
            extra=np.where(random.random(len(manual)) < 0.7, SOFT_DELETED, HARD_DELETED),
        ),
    ]


def _redelivered(random: np.random.Generator, rows: Rows, ordinary: Array) -> Events:
    """Quarantined by mistake and released: reverse ZAP of a false positive."""
    doubtful = ordinary & (rows["action"] == BLOCKED) & (rows["threat"] < MALWARE) & (rows["confidence"] == NORMAL)
    at = np.flatnonzero(doubtful & (random.random(len(rows)) < 0.025))
    return Events(
        row=at,
        time=rows["time"][at] + _delay(random, len(at), median=7, spread=0.8, most=40),
        code=np.full(len(at), REDELIVERY),
        result=np.full(len(at), SUCCESS),
        extra=np.full(len(at), TO_INBOX),
    )


def at_work(time: Array, random: np.random.Generator) -> Array:
    """Return moments moved on to the next working morning where they fall outside weekdays, 7 to 18 h UTC."""
    moved = time.copy()
    for _ in range(3):
        weekday = (moved // _DAY + 3) % 7
        hour = moved % _DAY
        next_morning = (moved // _DAY + 1) * _DAY + 7 * HOUR
        same_morning = moved // _DAY * _DAY + 7 * HOUR
        early, late = (hour < 7 * HOUR) & (weekday < 5), (weekday >= 5) | (hour >= 18 * HOUR)
        moved = np.where(early, same_morning, np.where(late, next_morning, moved))
    return np.where(moved == time, time, moved + (random.random(len(time)) * 2.5 * HOUR).astype(np.int64))


def _clicks(day: Day, random: np.random.Generator, ordinary: Array) -> Events:
    rows, org = day.rows, day.organisation
    seen = ordinary & (rows["urls"] > 0) & np.isin(rows["action"], (DELIVERED, JUNKED))
    habit = np.minimum(np.exp(np.log(org.attack_weight + 0.05) * 0.9), 6)
    habit = habit / habit.mean()
    chance = np.select(
        [rows["simulation"], rows["threat"] == CLEAN, rows["action"] == JUNKED], [0.08, 0.02, 0.035], 0.11
    )
    chance = np.where(rows["bulk"], 0.008, chance)
    inbound = np.minimum(rows["recipient"], day.book.users - 1)
    at = np.flatnonzero(seen & (random.random(len(rows)) < np.minimum(chance * habit[inbound], 0.8)))
    after = (np.minimum(9 * random.lognormal(0, 1.7, len(at)), 600) * MINUTE).astype(np.int64)
    time = at_work(rows["time"][at] + after, random)
    hostile = (rows["threat"][at] > CLEAN) & ~rows["simulation"][at]
    draw = random.random(len(at))
    code = np.where(
        hostile,
        np.select([draw < 0.57, draw < 0.62, draw < 0.66, draw < 0.68], [1, 2, 3, 4], CLICK_ALLOWED),
        CLICK_ALLOWED,
    )
    through = (code == CLICK_BLOCKED) & (random.random(len(at)) < 0.11)
    which = (random.random(len(at)) * rows["urls"][at]).astype(np.int64)
    clicks = Events(row=at, time=time, code=code, result=through.astype(np.int64), extra=which)
    clicks = clicks.keep(~_gone(day.post, clicks, len(rows)))
    # a scan that ends well shows a second record of the same click
    scans = clicks.keep(clicks.code == CLICK_SCANNING)
    allowed = Events(
        scans.row, scans.time + 20_000_000, np.full(len(scans.row), CLICK_ALLOWED), scans.result, scans.extra
    )
    return Events.concat([clicks, allowed])


def _gone(post: Events, clicks: Events, size: int) -> Array:
    """Return which clicks come after their message was taken away."""
    taken = np.full(size, np.iinfo(np.int64).max)
    removals = post.keep((post.result == SUCCESS) & (post.code != REDELIVERY))
    np.minimum.at(taken, removals.row, removals.time)
    return np.asarray(clicks.time >= taken[clicks.row])


def _submissions(random: np.random.Generator, rows: Rows, ordinary: Array) -> Events:
    chance = np.select(
        [
            rows["simulation"],
            rows["action"] == BLOCKED,
            rows["action"] == JUNKED,
            rows["threat"] > SPAM,
            rows["threat"] == SPAM,
        ],
        [0.14, 0.0, 0.002, 0.16, 0.012],
        0.0006,
    )
    at = np.flatnonzero(ordinary & (random.random(len(rows)) < chance))
    time = at_work(rows["time"][at] + _delay(random, len(at), median=0.6, spread=1.4, most=10), random)
    simulated = rows["simulation"][at]
    by_admin = ~simulated & (random.random(len(at)) < 0.07)
    return Events(
        row=at,
        time=time,
        code=np.where(simulated, OF_SIMULATION, np.where(by_admin, BY_ADMIN, BY_USER)),
        result=np.where(simulated, 0, rows["threat"][at]),
        extra=(random.random(len(at)) < 0.06).astype(np.int64),
    )
