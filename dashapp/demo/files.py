"""Malicious files in shared storage: FileMaliciousContentInfo."""

import json

import numpy as np
import pyarrow as pa

from dashapp.demo import ids, lures, tables
from dashapp.demo.day import Day
from dashapp.demo.rows import pick

_HOUR = 3_600_000_000
DOCUMENT = 400  # purpose of identifiers


def file_malicious_content_info(day: Day) -> tables.Rendered:
    """Return the day's finds, a handful for an organisation of a few hundred people."""
    random = day.plan.random("files", day.date)
    size = int(random.poisson(day.book.users / 260))
    family = pick(random, np.array([one.weight for one in lures.FAMILIES]), size)
    owner = random.integers(0, day.book.users, size)
    users = [day.organisation.users[number] for number in owner]
    names = [_name(random, int(number)) for number in family]
    time = day.begin + random.integers(0, 24 * _HOUR, size)
    changed = time - random.integers(_HOUR // 60, 5 * _HOUR, size)
    workloads = [("SharePoint", "OneDrive", "Teams")[number] for number in pick(random, np.array([35, 55, 10.0]), size)]
    methods = [("Antimalware protection", "File detonation", "File reputation")[n] for n in random.integers(0, 3, size)]
    folders = [f"https://aldermoor.example/personal/{user.address.partition('@')[0]}/Documents" for user in users]
    columns = {
        "Timestamp": tables.times(time),
        "Workload": pa.array(workloads, pa.string()),
        "FileName": pa.array(names, pa.string()),
        "FolderPath": pa.array(folders, pa.string()),
        "FileSize": pa.array(random.integers(10_000, 4_000_000, size)),
        "SHA256": pa.array([random.bytes(32).hex() for _ in range(size)], pa.string()),
        "FileOwnerDisplayName": pa.array([user.name for user in users], pa.string()),
        "FileOwnerUpn": pa.array([user.address for user in users], pa.string()),
        "DocumentId": ids.guids(day.plan, DOCUMENT, day.date.toordinal(), np.arange(size)),
        "ThreatTypes": pa.array(["Malware"] * size, pa.string()),
        "ThreatNames": pa.array([lures.FAMILIES[number].threat_name for number in family], pa.string()),
        "DetectionMethods": pa.array(
            [json.dumps({"Malware": [one]}, separators=(",", ":")) for one in methods], pa.string()
        ),
        "LastModifyingAccountUpn": pa.array([user.address for user in users], pa.string()),
        "LastModifiedTime": tables.times(changed),
        "FileCreationTime": tables.times(changed - _HOUR),
        "ReportId": ids.guids(day.plan, DOCUMENT + 4, day.date.toordinal(), np.arange(size)),
    }
    return tables.rendered("FileMaliciousContentInfo", columns, time)


def _name(random: np.random.Generator, family: int) -> str:
    names = lures.FAMILIES[family].files
    return names[int(random.integers(0, len(names)))].replace("{n}", str(int(random.integers(1000, 99_999))))
