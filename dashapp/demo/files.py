"""Malicious files in shared storage: FileMaliciousContentInfo. Some came by mail and were saved there."""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dashapp.demo import ids, lures, tables, words
from dashapp.demo.day import Day
from dashapp.demo.rows import MALWARE, Array, pick

_HOUR = 3_600_000_000
DOCUMENT = 400  # purpose of identifiers
MAILED = 0.4  # share of the finds that are an earlier attachment of the day, where there is one


@dataclass(frozen=True)
class File:
    """What was found: one malicious file.

    Attributes:
        family: Position in ``lures.FAMILIES``.
    """

    name: str
    sha256: str
    family: int


def found_at(day: Day) -> Array:
    """Return when each of the day's files was found, in microseconds since 1970; int64."""
    random = day.plan.random("file finds", day.date)
    size = int(random.poisson(day.book.users / 260))
    return day.begin + random.integers(0, 24 * _HOUR, size)


def file_malicious_content_info(day: Day) -> tables.Rendered:
    """Return the day's finds, a handful for an organisation of a few hundred people."""
    random, time = day.plan.random("files", day.date), found_at(day)
    size = len(time)
    found = _found(random, day, time)
    owner = random.integers(0, day.book.users, size)
    users = [day.organisation.users[number] for number in owner]
    changed = time - random.integers(_HOUR // 60, 5 * _HOUR, size)
    workloads = [("SharePoint", "OneDrive", "Teams")[number] for number in pick(random, np.array([35, 55, 10.0]), size)]
    methods = [("Antimalware protection", "File detonation", "File reputation")[n] for n in random.integers(0, 3, size)]
    folders = [f"https://aldermoor.example/personal/{user.address.partition('@')[0]}/Documents" for user in users]
    columns = {
        "Timestamp": tables.times(time),
        "Workload": pa.array(workloads, pa.string()),
        "FileName": pa.array([one.name for one in found], pa.string()),
        "FolderPath": pa.array(folders, pa.string()),
        "FileSize": pa.array(random.integers(10_000, 4_000_000, size)),
        "SHA256": pa.array([one.sha256 for one in found], pa.string()),
        "FileOwnerDisplayName": pa.array([user.name for user in users], pa.string()),
        "FileOwnerUpn": pa.array([user.address for user in users], pa.string()),
        "DocumentId": ids.guids(day.plan, DOCUMENT, day.date.toordinal(), np.arange(size)),
        "ThreatTypes": pa.array(["Malware"] * size, pa.string()),
        "ThreatNames": pa.array([lures.FAMILIES[one.family].threat_name for one in found], pa.string()),
        "DetectionMethods": pa.array(
            [json.dumps({"Malware": [one]}, separators=(",", ":")) for one in methods], pa.string()
        ),
        "LastModifyingAccountUpn": pa.array([user.address for user in users], pa.string()),
        "LastModifiedTime": tables.times(changed),
        "FileCreationTime": tables.times(changed - _HOUR),
        "ReportId": ids.guids(day.plan, DOCUMENT + 4, day.date.toordinal(), np.arange(size)),
    }
    return tables.rendered("FileMaliciousContentInfo", columns, time)


def _found(random: np.random.Generator, day: Day, time: Array) -> list[File]:
    family = pick(random, np.array([one.weight for one in lures.FAMILIES]), len(time))
    files = [File(_name(random, int(number)), random.bytes(32).hex(), int(number)) for number in family]
    came_by_mail = random.random(len(time)) < MAILED
    rows, mailed = day.rows, _mailed(day)
    for place in np.flatnonzero(came_by_mail):
        earlier = mailed[rows["time"][mailed] < time[place]]
        if len(earlier):
            files[place] = _attached(day, int(random.choice(earlier)))
    return files


def _mailed(day: Day) -> Array:
    """Positions of the day's rows with a malicious attachment; int64."""
    rows = day.rows
    hostile = (rows["threat"] == MALWARE) & (rows["files"] > 0) & ~rows["duplicate"]
    return np.flatnonzero(hostile & (rows["file"] >= len(words.WORK_FILES)) & (rows["threat_name"] >= 0))


def _attached(day: Day, row: int) -> File:
    code, family = int(day.rows["file"][row]), int(day.rows["threat_name"][row])
    return File(day.file_names.values()[code].as_py(), day.file_hashes.values()[code].as_py(), family)


def _name(random: np.random.Generator, family: int) -> str:
    names = lures.FAMILIES[family].files
    return names[int(random.integers(0, len(names)))].replace("{n}", str(int(random.integers(1000, 99_999))))
