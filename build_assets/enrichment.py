"""Build the offline tables of ``dashapp.ingest.enrichment`` from public packages, with the credits their licences ask.

Reads npm packages from ``node_modules`` and Python packages from this environment; nothing is downloaded.
"""

import argparse
import csv
import ipaddress
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import maxminddb
import pyarrow as pa
from disposable_email_domains import blocklist
from pyarrow import feather

COUNTRY_PACKAGE = "@ip-location-db/geo-whois-asn-country-mmdb"
NETWORK_PACKAGE = "@ip-location-db/asn"
FREE_PACKAGE = "free-email-domains"
V4_IN_V6 = 0xFFFF << 32
KEY = pa.binary(16)
PROJECT = "https://github.com/sapics/ip-location-db"
# Its readme says so since June 2026; no corrected release is on npm yet.
KNOWN_ERRORS = "The publisher says that this release holds some wrong entries."

Range = tuple[int, int, str]


def main() -> None:
    """Build every table into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node-modules", type=Path, default=Path("node_modules"))
    parser.add_argument("--out", type=Path, default=Path("build/enrichment"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    build(arguments.node_modules, arguments.out)


def build(packages: Path, out: Path) -> None:
    """Write ``country.feather``, ``asn.feather``, ``mail.feather`` and ``sources.json``.

    Raises:
        FileNotFoundError: A package is not installed.
    """
    _write(countries(packages / COUNTRY_PACKAGE), out / "country.feather")
    _write(networks(packages / NETWORK_PACKAGE), out / "asn.feather")
    _write(mail_domains(packages / FREE_PACKAGE), out / "mail.feather")
    text = json.dumps(credits_of(packages), indent=1, ensure_ascii=False)
    (out / "sources.json").write_text(text + "\n", encoding="utf-8")


def _write(table: pa.Table, path: Path) -> None:
    part = path.with_suffix(".part")
    feather.write_feather(table, str(part), compression="lz4")
    part.replace(path)


def countries(package: Path) -> pa.Table:
    """``first``, ``last`` (16-byte keys, sorted, inclusive), ``country`` (ISO alpha-2)."""
    ranges: list[Range] = []
    for name in ("geo-whois-asn-country-ipv4.mmdb", "geo-whois-asn-country-ipv6.mmdb"):
        with maxminddb.open_database(package / name) as reader:
            ranges += merged(_country_ranges(reader))
    ranges.sort()
    return _ranges(ranges).append_column("country", pa.array([name for _, _, name in ranges]).dictionary_encode())


def _country_ranges(reader: Iterable[tuple[object, object]]) -> Iterator[Range]:
    for network, record in reader:
        if isinstance(record, dict) and isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network):
            base = V4_IN_V6 if network.version == 4 else 0
            yield base + int(network[0]), base + int(network[-1]), str(record["country_code"])


def merged(ranges: Iterable[Range]) -> Iterator[Range]:
    """Neighbours with the same value as one."""
    held: Range | None = None
    for first, last, value in ranges:
        if held is not None and held[2] == value and held[1] + 1 == first:
            held = (held[0], last, value)
            continue
        if held is not None:
            yield held
        held = (first, last, value)
    if held is not None:
        yield held


def _ranges(ranges: list[Range]) -> pa.Table:
    return pa.table(
        {
            "first": pa.array([first.to_bytes(16, "big") for first, _, _ in ranges], KEY),
            "last": pa.array([last.to_bytes(16, "big") for _, last, _ in ranges], KEY),
        }
    )


def networks(package: Path) -> pa.Table:
    """``first``, ``last`` (16-byte keys, sorted, inclusive), ``asn`` (int64), ``organisation``."""
    rows = [
        (base + int(first), base + int(last), int(number), name)
        for file, base in (("asn-ipv4-num.csv", V4_IN_V6), ("asn-ipv6-num.csv", 0))
        for first, last, number, name in _csv(package / file)
    ]
    rows.sort()
    table = _ranges([(first, last, "") for first, last, _, _ in rows])
    table = table.append_column("asn", pa.array([number for *_, number, _ in rows], pa.int64()))
    return table.append_column("organisation", pa.array([name for *_, name in rows]).dictionary_encode())


def _csv(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines)


def mail_domains(package: Path) -> pa.Table:
    """``domain`` (lower case), ``kind``: ``free`` or ``disposable``; what is throw-away is not free."""
    free = {str(name).lower() for name in json.loads((package / "domains.json").read_text(encoding="utf-8"))}
    kinds = {"free": sorted(free - set(blocklist)), "disposable": sorted(name.lower() for name in blocklist)}
    return pa.table(
        {
            "domain": [name for names in kinds.values() for name in names],
            "kind": [kind for kind, names in kinds.items() for _ in names],
        }
    )


def credits_of(packages: Path) -> list[dict[str, str]]:
    """What the page of data sources shows: one entry per source, in the order of use."""
    return [
        {
            "name": COUNTRY_PACKAGE,
            "use": "Country of a sender's address",
            "version": _version(packages / COUNTRY_PACKAGE),
            "date": _date(_version(packages / COUNTRY_PACKAGE)),
            "licence": "CC0-1.0; NRO statistics CC BY 4.0",
            "credit": "ip-location-db by sapics; delegation statistics by the Number Resource Organization (nro.net)",
            "url": "https://www.nro.net/",
            "note": KNOWN_ERRORS,
        },
        {
            "name": NETWORK_PACKAGE,
            "use": "Autonomous system of a sender's address",
            "version": _version(packages / NETWORK_PACKAGE),
            "date": _date(_version(packages / NETWORK_PACKAGE)),
            "licence": "CC BY 4.0",
            "credit": "IP Geolocation by DB-IP; RouteViews, University of Oregon; NRO; merged by ip-location-db",
            "url": "https://db-ip.com/",
            "note": KNOWN_ERRORS,
        },
        {
            "name": FREE_PACKAGE,
            "use": "Free mail services",
            "version": _version(packages / FREE_PACKAGE),
            "date": "",
            "licence": "MIT",
            "credit": "free-email-domains by Kiko Beats",
            "url": "https://github.com/Kikobeats/free-email-domains",
            "note": "",
        },
        {
            "name": "disposable-email-domains",
            "use": "Throw-away mailboxes",
            "version": version("disposable-email-domains"),
            "date": "",
            "licence": "MIT",
            "credit": "disposable-email-domains and its contributors",
            "url": "https://github.com/disposable-email-domains/disposable-email-domains",
            "note": "",
        },
        {
            "name": "publicsuffixlist",
            "use": "Registered domain of a host",
            "version": version("publicsuffixlist"),
            "date": _date(version("publicsuffixlist")),
            "licence": "MPL-2.0",
            "credit": "Public Suffix List by Mozilla and its contributors; packaged by ko-zu",
            "url": "https://publicsuffix.org/",
            "note": "",
        },
    ]


def _version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])


def _date(text: str) -> str:
    """The day in versions such as ``2.3.2026061719``."""
    digits = text.rsplit(".", 1)[-1][:8]
    return datetime.strptime(digits, "%Y%m%d").date().isoformat()  # noqa: DTZ007  # only its date is used


if __name__ == "__main__":
    main()
