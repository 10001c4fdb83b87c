"""Attack simulations: four a year, through the same pipeline, marked by the organisation's own override."""

from datetime import date

import numpy as np

from dashapp.demo import addresses, verdicts
from dashapp.demo.day import Day
from dashapp.demo.organisation import Person
from dashapp.demo.plan import Plan
from dashapp.demo.rows import LINK, NORMAL, PHISH, Rows, pick

CYCLE_DAYS = 91
DOMAIN = "awareness-training.example"
_SUBJECTS = ("Parcel on hold: confirm your address", "New holiday policy, please acknowledge", "Your mailbox is full")


def is_simulation_day(plan: Plan, day: date) -> bool:
    """Return whether a simulation is launched on a day: a Tuesday some 20 days before the anchor, every quarter."""
    launch = plan.anchor.toordinal() - 20
    launch -= (launch - date(2024, 1, 2).toordinal()) % 7
    return (day.toordinal() - launch) % CYCLE_DAYS == 0


def simulation_rows(day: Day) -> Rows:
    """Return the simulation mail of the day, one message for each of 80 % of the users; mostly no rows."""
    if not is_simulation_day(day.plan, day.date):
        return Rows(0)
    random = day.plan.random("simulation", day.date)
    invited = np.flatnonzero(random.random(day.book.users) < 0.8)
    number = day.date.toordinal() // CYCLE_DAYS
    sender = day.book.add([Person(f"service{number}@{DOMAIN}", "Service Desk", f"service{number}@{DOMAIN}")])
    technologies = [n for n, text in enumerate(verdicts.DETECTIONS) if text == '{"Phish":["Fingerprint matching"]}']
    time = day.begin + 9 * 3_600_000_000 + random.integers(0, 2 * 3_600_000_000, len(invited))
    rows = Rows(
        len(invited),
        time=time,
        arrival=time,
        threat=PHISH,
        confidence=NORMAL,
        vector=LINK,
        detection=technologies[0],
        sender=sender,
        recipient=invited,
        subject=day.subjects.add([_SUBJECTS[number % len(_SUBJECTS)]]),
        network=1,
        ip=addresses.HOSTS.fixed(random, np.full(len(invited), 1), ipv6=0.0),
        urls=1,
        url_base=day.urls.add([f"https://portal.{DOMAIN}/s/"]),
        cluster=4_000_000_000 + number,
        override=verdicts.SIMULATION_OVERRIDE,
        auth=pick(random, np.array([1.0]), len(invited)),
        size=18_000,
        scl=-1,
        simulation=True,
    )
    day.number(rows, np.arange(len(invited)))
    return rows
