"""The generator's own count of what it made: the expected numbers of a day, from the model and not from the files.

Messages count for the day of their ``Timestamp``; clicks, reports, post-delivery events and files for their own. A
planted duplicate counts once. Only what reached us in the stretch ``since`` to ``until`` is counted, so that stretches
add up.
"""

from collections import Counter
from datetime import date

import numpy as np

from dashapp.demo import addresses, after_delivery, files, verdicts
from dashapp.demo.day import Day, Events
from dashapp.demo.plan import day_of
from dashapp.demo.rows import BLOCKED, DELIVERED, INBOUND, JUNKED, MALWARE, PHISH, REPLACED, SPAM, Array

DIRECTIONS = ("Inbound", "Outbound", "Intra-org")
THREATS = ("None", "Spam", "Phish", "Malware")
DELIVERIES = ("Delivered", "Delivered to junk", "Blocked", "Replaced")
KINDS = ("clean", "spam", "phish", "malware")

Counts = dict[date, Counter[str]]


def count(day: Day, since: int, until: int) -> Counts:
    """Return expected numbers by day; names are ``group/name``.

    Groups: ``volume`` (direction|threat|delivery, simulations apart under ``simulation``), ``metric``, ``efficacy``,
    ``share`` (inbound kinds), ``country``, ``country-ipv4``, ``zap``, ``remediation``, ``override``, ``table``.
    """
    counts: Counts = {day.date: Counter()}
    rows = day.rows
    here = ~rows["duplicate"] & (rows["arrival"] >= since) & (rows["arrival"] < until)
    counts[day.date].update(_volume(day, here))
    counts[day.date].update(_messages(day, here))
    counts[day.date].update(_efficacy(day, since, until))
    _events(counts, day, since, until)
    found = files.found_at(day)
    counts[day.date]["table/FileMaliciousContentInfo"] += int(((found >= since) & (found < until)).sum())
    return counts


def per_user(day: Day, since: int, until: int) -> Array:
    """Return attacks per user among the inbound, unsimulated rows that reached us in the stretch, int64."""
    chosen = _attacks(day) & (day.rows["arrival"] >= since) & (day.rows["arrival"] < until)
    return np.bincount(day.rows["recipient"][chosen], minlength=day.book.users)


def _attacks(day: Day) -> Array:
    rows = day.rows
    found = (rows["direction"] == INBOUND) & (rows["threat"] >= PHISH) & ~rows["simulation"] & ~rows["duplicate"]
    return np.asarray(found)


def _volume(day: Day, here: Array) -> Counter[str]:
    rows = day.rows
    code = (rows["direction"].astype(np.int64) * 4 + rows["threat"]) * 4 + rows["action"]
    found: Counter[str] = Counter()
    for group, chosen in (("volume", here & ~rows["simulation"]), ("simulation", here & rows["simulation"])):
        numbers = np.bincount(code[chosen], minlength=48)
        for position in np.flatnonzero(numbers):
            rest, action = divmod(int(position), 4)
            direction, threat = divmod(rest, 4)
            found[f"{group}/{DIRECTIONS[direction]}|{THREATS[threat]}|{DELIVERIES[action]}"] = int(numbers[position])
    return found


def _messages(day: Day, here: Array) -> Counter[str]:
    rows = day.rows
    inbound = here & (rows["direction"] == INBOUND) & ~rows["simulation"]
    attacks = inbound & (rows["threat"] >= PHISH)
    stopped = np.isin(rows["action"], (BLOCKED, REPLACED))
    found: Counter[str] = Counter()
    for name, threat in (("malware", MALWARE), ("phish", PHISH)):
        found[f"metric/{name}-blocked"] = int((inbound & (rows["threat"] == threat) & stopped).sum())
        junked = inbound & (rows["threat"] == threat) & (rows["action"] == JUNKED)
        found[f"metric/{name}-blocked-junked"] = int(junked.sum())
    zero_day = attacks & (rows["detection"] >= 0) & verdicts.IS_ZERO_DAY[rows["detection"]]
    found["metric/attacks"] = int(attacks.sum())
    found["metric/zero-day"] = int(zero_day.sum())
    found["share/bulk"] = int((inbound & rows["bulk"]).sum())
    for code, kind in enumerate(KINDS):
        found[f"share/{kind}"] = int((inbound & (rows["threat"] == code) & ~rows["bulk"]).sum())
    found.update(_countries(day, here))
    allowed = inbound & (rows["action"] == DELIVERED) & np.isin(rows["override"], list(verdicts.ORG_ALLOW))
    found["override/phish"] = int((allowed & (rows["threat"] == PHISH)).sum())
    found["override/spam"] = int((allowed & (rows["threat"] == SPAM)).sum())
    found["table/EmailEvents"] = int(here.sum())
    return found


def _countries(day: Day, here: Array) -> Counter[str]:
    network, host = day.rows["network"], day.rows["ip"]
    is_v4 = np.array([":" not in text for text in day.hosts.values().to_pylist()])
    found: Counter[str] = Counter()
    for group, chosen in (("country", here & (host >= 0)), ("country-ipv4", here & (host >= 0) & is_v4[host])):
        numbers = np.bincount(network[chosen], minlength=len(addresses.COUNTRIES))
        for position in np.flatnonzero(numbers):
            found[f"{group}/{addresses.COUNTRIES[position]}"] += int(numbers[position])
    return found


def _efficacy(day: Day, since: int, until: int) -> Counter[str]:
    """Count attacks by how they ended; what is known at ``until`` less what was known at ``since``."""
    now, before = _parts(day, until), _parts(day, since)
    return Counter({name: now[name] - before[name] for name in now})


def _parts(day: Day, instant: int) -> dict[str, int]:
    rows = day.rows
    attacks = _attacks(day) & (rows["arrival"] < instant)
    past = day.post.keep(day.post.time < instant)
    removed, released = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    worked = past.keep(past.result == after_delivery.SUCCESS)
    removed[worked.row[worked.code != after_delivery.REDELIVERY]] = True
    released[worked.row[worked.code == after_delivery.REDELIVERY]] = True
    early = attacks & (rows["action"] != DELIVERED) & ~released
    removed = removed & attacks
    return {
        "efficacy/before": int(early.sum()),
        "efficacy/removed": int(removed.sum()),
        "efficacy/uncaught": int(attacks.sum() - early.sum() - removed.sum()),
        "metric/removed-after-delivery": int(removed.sum()),
    }


def _events(counts: Counts, day: Day, since: int, until: int) -> None:
    for group, events, names in (
        ("table/EmailPostDeliveryEvents", day.post, after_delivery.ACTION_TYPES),
        ("table/UrlClickEvents", day.clicks, after_delivery.CLICKS),
        ("table/UserSubmissions", day.submissions, after_delivery.SUBMISSION_TYPES),
    ):
        here = events.keep((events.time >= since) & (events.time < until))
        for at, code, result in zip(here.time.tolist(), here.code.tolist(), here.result.tolist(), strict=True):
            found = counts.setdefault(day_of(at), Counter())
            found[group] += 1
            found.update(_event_names(group, names[code], code, result))
    _remediation(counts, day, since, until)


def _event_names(group: str, name: str, code: int, result: int) -> list[str]:
    if group == "table/UrlClickEvents":
        blocked = code in (after_delivery.CLICK_BLOCKED, after_delivery.CLICK_BLOCKED_TENANT)
        return [
            f"click/{name}",
            *["metric/urls-blocked"] * blocked,
            *["metric/urls-blocked-clicked-through"] * (result > 0),
        ]
    if group == "table/UserSubmissions":
        # reports of our own simulations say nothing about attacks
        return [f"submission/{name}", *["metric/user-reported"] * (code != after_delivery.OF_SIMULATION)]
    ending = after_delivery.RESULTS[result]
    return [f"zap/{name}|{ending}"] if code <= after_delivery.MALWARE_ZAP else [f"after/{name}|{ending}"]


def _remediation(counts: Counts, day: Day, since: int, until: int) -> None:
    manual: Events = day.post.keep(day.post.code == after_delivery.MANUAL)
    here = manual.keep((manual.time >= since) & (manual.time < until) & (manual.result == after_delivery.SUCCESS))
    for at, action in zip(here.time.tolist(), here.extra.tolist(), strict=True):
        counts.setdefault(day_of(at), Counter())[f"remediation/{after_delivery.ACTIONS[action]}"] += 1
