"""Day by day: builds the model, renders it, writes it, counts it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from dashapp.demo import (
    addresses,
    after_delivery,
    alerts,
    attacks,
    counting,
    details,
    files,
    follow_up,
    identities,
    legitimate,
    mess,
    planted,
    simulations,
    tables,
    verdicts,
)
from dashapp.demo.day import Day
from dashapp.demo.manifest import FILE_NAME, Manifest
from dashapp.demo.organisation import Organisation, organisation
from dashapp.demo.plan import HORIZON_DAYS, Plan, day_of, microseconds, midnight
from dashapp.demo.rows import MALWARE, PHISH, SPAM, Rows
from dashapp.demo.tables import Rendered
from dashapp.demo.writer import DayFiles

Progress = Callable[[date, int], None]  # called after each day with the rows of mail made
EVENTS = "events"
NETWORKS = "networks.csv"


def generate(
    out: Path,
    *,
    messages: int,
    days: int,
    seed: int,
    until: datetime,
    users: int | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Write ``events/<Table>/<day>.parquet``, ``networks.csv`` and ``manifest.json`` into a new folder.

    Args:
        out: Made if missing.
        messages: About how many rows of mail (message times recipient) to make.
        days: Days up to ``until``; the last may be a running one.
        seed: Not negative.
        until: Aware; nothing that arrives at or after this moment is written.
        users: People in the organisation; by default in keeping with the mail.
        progress: Told about each day.

    Raises:
        FileExistsError: If ``out`` holds a demonstration already.
        ValueError: If a number makes no sense or ``until`` has no zone.
    """
    if until.tzinfo is None:
        raise ValueError(f"{until} has no time zone")
    if (out / FILE_NAME).exists() or (out / EVENTS).exists():
        raise FileExistsError(f"{out} holds a demonstration already; top it up, or choose another folder")
    until = until.astimezone(UTC)
    plan = Plan.of(messages=messages, days=days, seed=seed, until=until, users=users)
    people = organisation(plan)
    out.mkdir(parents=True, exist_ok=True)
    addresses.write_side_table(out / NETWORKS)
    nobody = np.zeros(plan.users, np.int64)
    manifest = Manifest(plan, until, [user.address for user in people.users], nobody)
    _carry_on(out, manifest, people, midnight(plan.first), progress)
    return manifest


def top_up(out: Path, until: datetime, *, progress: Progress | None = None) -> Manifest:
    """Carry a demonstration on to ``until``; what is there stays as it is. An earlier ``until`` changes nothing.

    Raises:
        FileNotFoundError: If ``out`` holds no demonstration.
        ValueError: If ``until`` has no zone.
    """
    if until.tzinfo is None:
        raise ValueError(f"{until} has no time zone")
    manifest = Manifest.read(out)
    if until <= manifest.until:
        return manifest
    since = microseconds(manifest.until)
    manifest.until = until.astimezone(UTC)
    _carry_on(out, manifest, organisation(manifest.plan), since, progress)
    return manifest


def _carry_on(out: Path, manifest: Manifest, people: Organisation, since: int, progress: Progress | None) -> None:
    plan, until = manifest.plan, microseconds(manifest.until)
    writer = DayFiles(out / EVENTS, since=since, until=until)
    last = day_of(until - 1)
    # mail of the last days still has consequences to come
    day = max(plan.first, day_of(since) - timedelta(days=HORIZON_DAYS))
    while day <= last:
        built, cases = build(plan, people, day)
        for name, rows in render(built):
            writer.add(name, rows, day, last=day == last)
        manifest.add(counting.count(built, since, until))
        manifest.truths |= planted.truths(built, cases, since, until)
        manifest.attacks_per_user = manifest.attacks_per_user + counting.per_user(built, since, until)
        if progress:
            progress(day, len(built.rows))
        day += timedelta(days=1)
    manifest.write(out)


def build(plan: Plan, people: Organisation, day: date) -> tuple[Day, list[planted.Case]]:
    """Return a whole day of mail and what followed, in the model, with its planted cases; the same at every call."""
    built = Day.start(plan, people, day)
    parts = [legitimate.honest_rows(built, kind) for kind in ("clean", "bulk", "intra", "outbound")]
    parts += [attacks.attack_rows(built, threat) for threat in (SPAM, PHISH, MALWARE)]
    parts.append(simulations.simulation_rows(built))
    rows = Rows.concat(parts)
    verdicts.override_clean(plan.random("override", day), rows)
    built.rows = rows
    cases = planted.plant(built)
    built.rows = built.rows.take(np.argsort(built.rows["time"], kind="stable"))
    mess.make_mess(built)
    after_delivery.follow(built)
    planted.follow(built, cases)
    return built, cases


def render(day: Day) -> Iterator[tuple[str, Rendered]]:
    """Yield each table of a day, one at a time so that one is in memory."""
    yield "EmailEvents", mess.drift(day.plan, day.date.toordinal(), tables.email_events(day))
    yield "EmailUrlInfo", details.email_url_info(day)
    yield "EmailAttachmentInfo", details.email_attachment_info(day)
    yield "CampaignInfo", details.campaign_info(day)
    yield "EmailPostDeliveryEvents", follow_up.post_delivery(day)
    yield "UrlClickEvents", follow_up.url_clicks(day)
    yield "UserSubmissions", follow_up.user_submissions(day)
    yield "FileMaliciousContentInfo", files.file_malicious_content_info(day)
    yield from alerts.alert_tables(day)
    snapshot = identities.identity_info(day.plan, day.organisation, day.date)
    if snapshot:
        yield "IdentityInfo", snapshot
