"""``manifest.json``: how the data was made and what is in it, by the generator's own count."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dashapp.demo.counting import Counts
from dashapp.demo.plan import Plan
from dashapp.demo.rows import Array

FILE_NAME = "manifest.json"
_FORMAT = 1


@dataclass
class Manifest:
    """What a demonstration holds.

    Attributes:
        until: Everything that arrived before this moment is in the files.
        days: Expected numbers by day, ``group/name``; see ``counting.count``.
        attacks_per_user: Expected attacks of each user over the whole range.
        users: Addresses in the order of ``attacks_per_user``.
        truths: Planted cases by analyst question, "1" to "15".
    """

    plan: Plan
    until: datetime
    users: list[str]
    attacks_per_user: Array
    days: Counts = field(default_factory=dict)
    truths: dict[str, Any] = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        """Add the expected numbers of a stretch."""
        for day, numbers in counts.items():
            self.days.setdefault(day, Counter()).update(numbers)

    def total(self, first: date, last: date) -> Counter[str]:
        """Return the expected numbers of whole days ``first`` to ``last``."""
        found: Counter[str] = Counter()
        for day, numbers in self.days.items():
            if first <= day <= last:
                found.update(numbers)
        return found

    def write(self, folder: Path) -> None:
        """Replace the manifest of a folder."""
        path = folder / FILE_NAME
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._to_json(), indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return the manifest of a folder.

        Raises:
            FileNotFoundError: If the folder holds no demonstration.
        """
        values = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        days = {date.fromisoformat(day): _flat(groups) for day, groups in values["days"].items()}
        attacked = values["attacks_per_user"]
        return cls(
            plan=Plan.from_json(values["plan"]),
            until=datetime.fromisoformat(values["until"]),
            users=list(attacked),
            attacks_per_user=np.array(list(attacked.values()), np.int64),
            days=days,
            truths=values["truths"],
        )

    def _to_json(self) -> dict[str, Any]:
        today = _last_day(self.until)
        spans = {
            "range": (self.plan.first, today),
            "last_30_days": (today - timedelta(days=29), today),
            "previous_30_days": (today - timedelta(days=59), today - timedelta(days=30)),
        }
        return {
            "format": _FORMAT,
            "plan": self.plan.to_json(),
            "until": self.until.isoformat(),
            "totals": {
                name: {"from": str(first), "to": str(last), **_nested(self.total(first, last))}
                for name, (first, last) in spans.items()
            },
            "days": {str(day): _nested(self.days[day]) for day in sorted(self.days)},
            "attacks_per_user": dict(zip(self.users, self.attacks_per_user.tolist(), strict=True)),
            "truths": self._truths(),
        }

    def _truths(self) -> dict[str, Any]:
        """Planted cases, and for the questions that counts answer, where in the manifest the counts are."""
        order = np.argsort(-self.attacks_per_user, kind="stable")[:10]
        attacked = self.attacks_per_user[self.attacks_per_user > 0]
        counted = {
            "1": {"totals": ["efficacy", "zap", "after", "submission"]},
            "7": {"totals": ["country-ipv4", "country"]},
            "10": {"days": ["zap"]},
            "12": {"days": ["override"]},
            "13": {
                "top": {self.users[number]: int(self.attacks_per_user[number]) for number in order},
                "percentile_90": float(np.percentile(attacked, 90)) if len(attacked) else 0.0,
            },
        }
        return dict(sorted((self.truths | counted).items(), key=lambda item: int(item[0])))


def _last_day(until: datetime) -> date:
    return (until.astimezone(UTC) - timedelta(microseconds=1)).date()


def _nested(numbers: Counter[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key in sorted(numbers):
        group, _, name = key.partition("/")
        found.setdefault(group, {})[name] = numbers[key]
    return found


def _flat(groups: dict[str, dict[str, int]]) -> Counter[str]:
    return Counter({f"{group}/{name}": value for group, names in groups.items() for name, value in names.items()})
