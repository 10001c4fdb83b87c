"""Small random lakes as plain frames: nulls, mixed case, lists, joined rows that fit and that do not."""

import ipaddress
import random
from datetime import datetime, timedelta

import pandas as pd

from dashapp.data.schema import TABLES
from dashapp.query.fields import FIELDS, Field, Kind, Place

DAY = datetime(2026, 3, 1)
IDS = [f"{number:08x}-0000-4000-8000-00000000000{number % 10}" for number in range(24)]
RECIPIENTS = ["Ann@corp.example", "bob@corp.example", "Cy@sub.corp.example", "dé@corp.example"]
WORDS = [
    "Alpha",
    "alpha beta",
    "ALPHA%beta",
    "Ärger",
    "evil.example",
    "mail.EVIL.example",
    "x@Evil.example",
    "a*b",
    "a?b",
    "axxb",
    "100%_x",
    'quo"te',
    "back\\slash",
    "O'Neil (x) [y]",
    "None",
    "=1+1",
    "line\nbreak",
    "\u200dzero",
]
NUMBERS = [0, 1, 2, 3, 10, -1, 4134]
ADDRESSES = ["203.0.113.7", "203.0.113.200", "10.1.2.3", "2001:db8::1", "2001:DB8:1::2", "::1", "0.0.0.0"]
TIMES = [DAY + timedelta(hours=hour) for hour in range(0, 72, 5)] + [DAY, DAY + timedelta(microseconds=1)]


def random_frames(seed: int) -> dict[str, pd.DataFrame]:
    """Table to frame, every stored column but ``batch_id`` and ``ingested_at``; cells are Python objects or None."""
    dice = random.Random(seed)
    frames = {name: _frame(name, dice, rows) for name, rows in _row_keys(dice).items()}
    return {name: frame.astype(object).where(frame.notna(), None) for name, frame in frames.items()}


def _row_keys(dice: random.Random) -> dict[str, list[dict[str, object]]]:
    pairs = dice.sample([(message, to) for message in IDS[:16] for to in RECIPIENTS], 40)
    rows = {"EmailEvents": [_keys(message, to) for message, to in pairs]}
    for place in Place:
        if place.joined and place is not Place.IDENTITY:
            rows[place.value] = [_keys(dice.choice(IDS), dice.choice([*RECIPIENTS, None])) for _ in range(30)]
    rows["IdentityInfo"] = [_person(dice) for _ in range(8)]
    return rows


def _keys(message: str, to: str | None) -> dict[str, object]:
    folded = to.lower() if to else None
    return {
        "NetworkMessageId": message,
        "RecipientEmailAddress": to,
        "recipient": folded,
        "AccountUpn": to,
        "account": folded,
    }


def _person(dice: random.Random) -> dict[str, object]:
    upn, mail = dice.choice([*RECIPIENTS, None]), dice.choice([*RECIPIENTS, None])
    return {
        "AccountUpn": upn,
        "account": upn and upn.lower(),
        "EmailAddress": mail,
        "email_address": mail and mail.lower(),
    }


def _frame(name: str, dice: random.Random, keys: list[dict[str, object]]) -> pd.DataFrame:
    table = TABLES[name]
    columns = [column for column in table.schema.names if column not in {"batch_id", "ingested_at"}]
    fields = [field for field in FIELDS.values() if field.place.table == name]
    rows = []
    for number, given in enumerate(keys):
        row: dict[str, object] = dict.fromkeys(columns)
        row |= {"Timestamp": TIMES[number % len(TIMES)] + timedelta(minutes=number // len(TIMES))}
        for field in fields:
            _fill(row, field, dice)
        for column in table.key:  # whatever makes a row its own
            if row.get(column) is None or column not in given:
                row[column] = row[column] if isinstance(row[column], datetime) else f"{row[column]}-{number}"
        row |= {key: value for key, value in given.items() if key in columns}
        for field in fields:
            if field.folded and field.display != field.column:  # the twin of what it is now
                shown = row[field.display]
                row[field.column] = shown.lower() if isinstance(shown, str) else None
        rows.append(row)
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _fill(row: dict[str, object], field: Field, dice: random.Random) -> None:
    if field.column == "Timestamp":
        return
    value = None if dice.random() < 0.2 else _value(field, dice)
    row[field.display] = value
    if field.display != field.column:
        row[field.column] = value.lower() if field.folded and isinstance(value, str) else value
    elif field.folded and isinstance(value, str):
        row[field.column] = value.lower()
    if field.place is Place.LIST or field.column == "UserTags":
        row[field.column] = (
            None if value is None else [value, *dice.sample([*field.values, *WORDS], dice.randint(0, 2))]
        )
        row[field.display] = value if field.display != field.column else row[field.column]
    if field.key:
        row[field.key] = None if value is None else packed(str(value))


def _value(field: Field, dice: random.Random) -> object:
    if field.kind is Kind.NUMBER:
        return dice.choice(NUMBERS)
    if field.kind is Kind.FLAG:
        return dice.random() < 0.5
    if field.kind is Kind.TIME:
        return dice.choice(TIMES)
    if field.kind is Kind.IP:
        return dice.choice(ADDRESSES)
    return _cased(dice.choice([*(field.values * 2)[:8], *WORDS]), dice)


def _cased(text: str, dice: random.Random) -> str:
    return dice.choice([text, text, text.upper(), text.lower()]) if text.isascii() else text


def packed(text: str) -> bytes:
    """16 sortable bytes, IPv4 mapped into IPv6."""
    address = ipaddress.ip_address(text)
    return address.packed if address.version == 6 else b"\0" * 10 + b"\xff\xff" + address.packed
