"""What a filter means, said a second time in plain Python over pandas frames.

Written from the design's description of the filter language; shares no code with the compiler
(``dashapp.data.filtering``), so that the two can be compared. Slow and obvious on purpose.
"""

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from dashapp.query.fields import FIELDS, Field, Kind, Place
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
    Listed,
    Match,
    Node,
    Not,
    Or,
    Present,
    Regex,
    Value,
    Word,
)

WORD_FIELDS = (
    "Subject",
    "SenderFromAddress",
    "SenderDisplayName",
    "RecipientEmailAddress",
    "InternetMessageId",
    "NetworkMessageId",
)
RECIPIENT_COLUMN = {
    Place.URL: None,
    Place.ALERT: None,
    Place.ATTACHMENT: "recipient",
    Place.CLICK: "account",
    Place.POST_DELIVERY: "recipient",
    Place.CAMPAIGN: "recipient",
    Place.SUBMISSION: "recipient",
}


@dataclass(frozen=True)
class Oracle:
    """Tells which rows of ``frames["EmailEvents"]`` a tree keeps.

    Attributes:
        frames: Table to frame with the stored columns; cells are Python objects, None for a missing value.
        now: What "now" means.
        zone: Where days begin.
        lists: Stored lists.
    """

    frames: dict[str, pd.DataFrame]
    now: datetime
    zone: str
    lists: dict[str, tuple[str, ...]]

    def kept(self, node: Node) -> set[tuple[str, str]]:
        """(``NetworkMessageId``, ``recipient``) of the messages ``node`` keeps."""
        messages = self.frames["EmailEvents"].to_dict("records")
        return {(row["NetworkMessageId"], row["recipient"]) for row in messages if self.holds(node, row)}

    def holds(self, node: Node, row: dict) -> bool:
        match node:
            case Everything():
                return True
            case And(children):
                return all(self.holds(child, row) for child in children)
            case Or(children):
                return any(self.holds(child, row) for child in children)
            case Not(child):
                return not self.holds(child, row)
            case Word(value):
                return any(contains(cell, value) for name in WORD_FIELDS for cell in self.cells(FIELDS[name], row))
            case _:
                field = FIELDS[node.field]
                return any(self.suits(node, field, cell) for cell in self.cells(field, row))

    # values

    def cells(self, field: Field, row: dict) -> list[object]:
        """Every value of ``field`` that belongs to a message; a missing one is no value."""
        if field.place is Place.LATEST:
            return present([self.latest(field, row)])
        if field.place is Place.IDENTITY:
            return present([cell for person in self.person(row) for cell in flat(person[field.column])])
        if field.place in RECIPIENT_COLUMN:
            return present([cell for other in self.joined(field.place, row) for cell in flat(other[field.column])])
        return present(flat(row[field.column]))

    def joined(self, place: Place, row: dict) -> list[dict]:
        column = RECIPIENT_COLUMN[place]
        found = []
        for other in self.frames[place.value].to_dict("records"):
            if other["NetworkMessageId"] != row["NetworkMessageId"]:
                continue
            anyone = column is None or (place is Place.SUBMISSION and other[column] is None)
            if anyone or other[column] == row["recipient"]:
                found.append(other)
        return found

    def person(self, row: dict) -> list[dict]:
        people = [
            person
            for person in self.frames["IdentityInfo"].to_dict("records")
            if row["recipient"] in (person["account"], person["email_address"])
        ]
        return [max(people, key=lambda person: person["Timestamp"])] if people else []

    def latest(self, field: Field, row: dict) -> object:
        done = [
            event
            for event in self.joined(Place.POST_DELIVERY, row)
            if (event["ActionResult"] or "").lower() in {"success", "adminpolicy"}
        ]
        event_column, original = {
            "LatestDeliveryLocation": ("DeliveryLocation", "DeliveryLocation"),
            "LatestDeliveryAction": ("Action", "DeliveryAction"),
        }[field.column]
        last = max(done, key=lambda event: event["Timestamp"])[event_column] if done else None
        return next((value for value in (last, row[field.column], row[original]) if value is not None), None)

    # conditions

    def suits(self, node: Node, field: Field, cell: object) -> bool:
        match node:
            case Present():
                return cell != ""
            case Match(_, values):
                return any(self.matches(field, value, cell) for value in values)
            case Listed(_, list_id):
                return any(self.matches(field, Value(text, literal=True), cell) for text in self.lists[list_id])
            case Exact(_, values):
                return any(self.equals(field, value, cell) for value in values)
            case Regex(_, pattern):
                return re.search(pattern, str(cell), re.IGNORECASE) is not None
            case Compare(_, operator, value):
                return self.compares(field, operator, value, cell)
            case Between(_, low, high):
                return (low == Value("*") or self.compares(field, ">=", low, cell)) and (
                    high == Value("*") or self.compares(field, "<=", high, cell)
                )
        raise AssertionError(node)

    def matches(self, field: Field, value: Value, cell: object) -> bool:
        if field.kind is Kind.TEXT:
            return contains(cell, value)
        if field.kind is Kind.KEYWORD and is_pattern(value):
            return re.fullmatch(glob(value.text), str(cell), re.IGNORECASE | re.DOTALL) is not None
        return self.equals(field, value, cell)

    def equals(self, field: Field, value: Value, cell: object) -> bool:
        match field.kind:
            case Kind.NUMBER:
                return cell == float(value.text)
            case Kind.FLAG:
                return cell == (value.text.lower() in {"true", "yes", "1"})
            case Kind.IP:
                return in_block(str(cell), value.text)
            case Kind.TIME:
                start, end = self.span(value.text)
                return cell == start if start == end else start <= cell < end
        return str(cell).lower() == value.text.lower()

    def compares(self, field: Field, operator: str, value: Value, cell: object) -> bool:
        if field.kind is Kind.NUMBER:
            first = last = float(value.text)
        else:
            first, last = self.span(value.text)
            if last > first:
                last -= timedelta(microseconds=1)
        return {">": cell > last, ">=": cell >= first, "<": cell < first, "<=": cell <= last}[operator]

    def span(self, text: str) -> tuple[datetime, datetime]:
        """A bare date is that whole local day, anything else one instant; naive UTC."""
        here = ZoneInfo(self.zone)
        if text == "now":
            return (naive(self.now), naive(self.now))
        if days := re.fullmatch(r"now-(\d+)d", text):
            instant = naive(self.now - timedelta(days=int(days[1])))
            return instant, instant
        instant = datetime.fromisoformat(text)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            following = instant + timedelta(days=1)
            return naive(instant.replace(tzinfo=here)), naive(following.replace(tzinfo=here))
        instant = naive(instant if instant.tzinfo else instant.replace(tzinfo=here))
        return instant, instant


def naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def flat(cell: object) -> list[object]:
    return list(cell) if isinstance(cell, list | tuple) else [cell]


def present(cells: list[object]) -> list[object]:
    return [cell for cell in cells if cell is not None]


def is_pattern(value: Value) -> bool:
    return not value.literal and any(sign in value.text for sign in "*?")


def glob(text: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in text)


def contains(cell: object, value: Value) -> bool:
    if is_pattern(value):
        return re.search(glob(value.text), str(cell), re.IGNORECASE | re.DOTALL) is not None
    return value.text.lower() in str(cell).lower()


def in_block(address: str, block: str) -> bool:
    """IPv4 written as IPv6 is that IPv4 address; a block of IPv6 around all of IPv4 does not mean it."""
    one = ipaddress.ip_address(address)
    one = getattr(one, "ipv4_mapped", None) or one
    network = ipaddress.ip_network(block, strict=False)
    mapped = ipaddress.ip_network("::ffff:0:0/96")
    if network.version == 6 and network.subnet_of(mapped):
        inside = int(network.network_address) - int(mapped.network_address)
        network = ipaddress.ip_network((inside, network.prefixlen - 96))
    return one.version == network.version and one in network
