"""The organisation's people as IdentityInfo: a snapshot on the first day and on the first of each month."""

from datetime import date

import numpy as np
import pyarrow as pa

from dashapp.demo import ids, words
from dashapp.demo.organisation import Organisation
from dashapp.demo.plan import Plan, midnight
from dashapp.demo.tables import PERSON, Rendered, rendered, times

LICENCE = "Microsoft Defender for Office 365 (Plan 2)"


def identity_info(plan: Plan, organisation: Organisation, day: date) -> Rendered | None:
    """Return the snapshot of a day, None on most days."""
    if day != plan.first and day.day != 1:
        return None
    users, size = organisation.users, len(organisation.users)
    names = [user.name.partition(" ") for user in users]
    accounts = [user.address.partition("@")[0] for user in users]
    departments = [words.DEPARTMENTS[number] for number in organisation.department]
    sites = [words.SITES[number] for number in organisation.site]
    tags = [["Priority account"] if flag else [] for flag in organisation.is_priority.tolist()]
    instant = np.full(size, midnight(day))
    licensed = plan.random("licences").random(size) < 0.96
    columns = {
        "Timestamp": times(instant),
        "ReportId": ids.guids(plan, PERSON + 8, day.toordinal(), np.arange(size)),
        "AccountObjectId": ids.guids(plan, PERSON, 0, np.arange(size)),
        "AccountUpn": pa.array([user.address for user in users]),
        "AccountDisplayName": pa.array([user.name for user in users]),
        "AccountName": pa.array(accounts),
        "AccountDomain": pa.array([words.OWN_DOMAIN] * size),
        "Type": pa.array(["User"] * size),
        "GivenName": pa.array([name[0] for name in names]),
        "Surname": pa.array([name[2] for name in names]),
        "Department": pa.array([name for name, _, _ in departments]),
        "JobTitle": pa.array([titles[number % len(titles)] for number, (_, _, titles) in enumerate(departments)]),
        "EmailAddress": pa.array([user.address for user in users]),
        "City": pa.array([city for _, city, _ in sites]),
        "Country": pa.array([country for country, _, _ in sites]),
        "IsAccountEnabled": pa.array(np.full(size, True)),
        "CompanyName": pa.array([words.COMPANY] * size),
        "Tags": pa.array(tags, pa.list_(pa.string())),
        "UserTags": pa.array(tags, pa.list_(pa.string())),
        "AssignedLicenses": pa.array([[LICENCE] if flag else [] for flag in licensed.tolist()], pa.list_(pa.string())),
        "LicensedFrom": pa.array(np.full(size, midnight(plan.first)).astype("datetime64[us]"), mask=~licensed),
        "TenantMembershipType": pa.array(["Member"] * size),
        "IdentityEnvironment": pa.array(["CloudOnly"] * size),
    }
    return rendered("IdentityInfo", columns, instant)
