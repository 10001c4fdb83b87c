"""Offline look-ups: country and network of an address, registered domain, free and disposable mail domains.

The tables are built by ``build_assets/enrichment.py`` from public packages. Without them ingest works and the columns
stay empty.
"""

import csv
import ipaddress
import itertools
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
from publicsuffixlist import PublicSuffixList

from dashapp.data.coded import spread
from dashapp.data.schema import FLAG, TEXT, WHOLE
from dashapp.ingest.normalise.network import ip_key
from dashapp.ingest.normalise.unique import by_unique

NETWORKS = "networks.csv"
NETWORK_COLUMNS = ("network", "country", "asn", "organisation")
COUNTRY_FILE, NETWORK_FILE, MAIL_FILE, SOURCES_FILE = "country.feather", "asn.feather", "mail.feather", "sources.json"
_MOST_REMEMBERED = 200_000


class EnrichmentError(Exception):
    """A table of networks given by hand cannot be read; the message is one line that names the file and the place."""


@dataclass(frozen=True)
class Ranges:
    """Address ranges that do not overlap, sorted.

    Attributes:
        first: First address of each, 16 bytes (dtype S16; numpy drops trailing zero bytes, which sorts the same).
        last: Last address of each.
        values: What is known of each.
    """

    first: np.ndarray[Any, np.dtype[np.bytes_]]
    last: np.ndarray[Any, np.dtype[np.bytes_]]
    values: pa.Table

    def places(self, keys: np.ndarray[Any, np.dtype[np.bytes_]]) -> pa.Array:
        """Index into ``values`` for each key (int64); null where no range has it."""
        found = np.searchsorted(self.first, keys, side="right") - 1
        inside = (found >= 0) & (self.last[np.maximum(found, 0)] >= keys) if len(self.first) else found >= 0
        return pa.array(found, mask=~inside)


_NONE = Ranges(np.array([], "S16"), np.array([], "S16"), pa.table({}))


@dataclass(frozen=True)
class Enrichment:
    """Everything ingest can add to a row by itself.

    Attributes:
        country: Country by address.
        network: Autonomous system by address.
        given: Networks given beside the events; they win over both.
        free: Domains of free mail services.
        disposable: Domains of throw-away mailboxes.
        missing: Names of the tables that are not there.
    """

    country: Ranges = _NONE
    network: Ranges = _NONE
    given: Ranges = _NONE
    free: frozenset[str] = frozenset()
    disposable: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    _registered: dict[str, str | None] = field(default_factory=dict, repr=False)

    @cached_property
    def _suffixes(self) -> PublicSuffixList:
        return PublicSuffixList(accept_unknown=False)

    def of_addresses(self, keys: pa.Array) -> dict[str, pa.Array]:
        """What is known of sender addresses.

        Args:
            keys: 16-byte keys (binary), as ``ip_key`` makes them.

        Returns:
            ``sender_country`` (string, ISO alpha-2), ``sender_asn`` (int64), ``sender_as_org`` (string).
        """
        encoded = keys.dictionary_encode()
        uniques = np.array(encoded.dictionary.to_pylist(), "S16")
        given, country, network = (each.places(uniques) for each in (self.given, self.country, self.network))

        def column(name: str, places: pa.Array, source: Ranges, type_: pa.DataType) -> pa.Array:
            own = _taken(self.given, name, given, type_)
            return spread(pc.coalesce(own, _taken(source, name, places, type_)), encoded.indices)

        return {
            "sender_country": column("country", country, self.country, TEXT),
            "sender_asn": column("asn", network, self.network, WHOLE),
            "sender_as_org": column("organisation", network, self.network, TEXT),
        }

    def registered_domains(self, domains: pa.Array) -> pa.Array:
        """The registered domain of each lower-cased host name (string); null for addresses and bare suffixes."""
        return by_unique(domains, lambda found: pa.array([self._registered_domain(value) for value in found], TEXT))

    def is_free_mail(self, domains: pa.Array) -> pa.Array:
        """Whether each lower-cased domain is of a free mail service (bool); null for null or without a table."""
        return self._within(domains, self.free)

    def is_disposable(self, domains: pa.Array) -> pa.Array:
        """Whether each lower-cased domain gives throw-away mailboxes (bool); null for null or without a table."""
        return self._within(domains, self.disposable)

    def _within(self, domains: pa.Array, names: frozenset[str]) -> pa.Array:
        if not names:
            return pa.nulls(len(domains), FLAG)

        def flags(found: list[str]) -> pa.Array:
            return pa.array([value in names or self._registered_domain(value) in names for value in found], FLAG)

        return by_unique(domains, flags)

    def _registered_domain(self, domain: str) -> str | None:
        if domain in self._registered:
            return self._registered[domain]
        if len(self._registered) >= _MOST_REMEMBERED:
            self._registered.clear()
        found = self._suffixes.privatesuffix(domain.strip(".")) if len(domain) <= 253 and "." in domain else None
        self._registered[domain] = found
        return found


def _taken(ranges: Ranges, name: str, places: pa.Array, type_: pa.DataType) -> pa.Array:
    if name not in ranges.values.column_names:
        return pa.nulls(len(places), type_)
    return ranges.values[name].combine_chunks().take(places).cast(type_)


def load_enrichment(folder: Path, networks: Path | None = None) -> Enrichment:
    """Read the tables of ``folder``; those that are not there are named in ``missing``.

    Args:
        folder: Where ``build_assets/enrichment.py`` wrote them.
        networks: A CSV file with the columns of ``NETWORK_COLUMNS``, whose networks win over the tables.

    Raises:
        EnrichmentError: ``networks`` cannot be read.
    """
    missing = tuple(name for name in (COUNTRY_FILE, NETWORK_FILE, MAIL_FILE) if not (folder / name).is_file())
    mail = feather.read_table(folder / MAIL_FILE) if MAIL_FILE not in missing else None
    return Enrichment(
        country=_ranges(folder / COUNTRY_FILE),
        network=_ranges(folder / NETWORK_FILE),
        given=read_networks(networks) if networks else _NONE,
        free=_names(mail, "free"),
        disposable=_names(mail, "disposable"),
        missing=missing,
    )


def _names(mail: pa.Table | None, kind: str) -> frozenset[str]:
    return frozenset() if mail is None else frozenset(mail.filter(pc.equal(mail["kind"], kind))["domain"].to_pylist())


def _ranges(path: Path) -> Ranges:
    if not path.is_file():
        return _NONE
    table = feather.read_table(path)
    first, last = (_keys(table[name].combine_chunks()) for name in ("first", "last"))
    return Ranges(first, last, table.drop_columns(["first", "last"]))


def _keys(values: pa.Array) -> np.ndarray[Any, np.dtype[np.bytes_]]:
    """The bytes of a fixed-size binary column, without a Python object for each."""
    return np.frombuffer(values.buffers()[1], "S16", count=len(values), offset=values.offset * 16)


def read_networks(path: Path) -> Ranges:
    """Read networks given by hand.

    Raises:
        EnrichmentError: The file cannot be read, lacks a column, or a network is none or overlaps another.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [_network(row) for row in csv.DictReader(lines)]
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise EnrichmentError(f"cannot read the networks of {path}: {error}") from error
    rows.sort(key=lambda row: row[0])
    for before, after in itertools.pairwise(rows):
        if after[0] <= before[1]:
            raise EnrichmentError(f"two networks of {path} overlap, at {ipaddress.ip_address(after[0])}")
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    values = pa.table(
        {
            "country": pa.array(columns[2], TEXT),
            "asn": pa.array(columns[3], WHOLE),
            "organisation": pa.array(columns[4], TEXT),
        }
    )
    return Ranges(np.array(columns[0], "S16"), np.array(columns[1], "S16"), values)


def _network(row: dict[str, str]) -> tuple[bytes, bytes, str | None, int | None, str | None]:
    network = ipaddress.ip_network(row["network"].strip())
    first, last = ip_key(str(network[0])), ip_key(str(network[-1]))
    if first is None or last is None:
        raise ValueError(f"{row['network']!r} is no network")
    asn = (row.get("asn") or "").strip().upper().removeprefix("AS")
    country = (row.get("country") or "").strip().upper()
    return first, last, country or None, int(asn) if asn else None, (row.get("organisation") or "").strip() or None


def sources(folder: Path) -> list[dict[str, str]]:
    """The credits of the tables in ``folder``: name, version, date, licence, credit, url, use; empty without tables."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    return [{str(key): str(value) for key, value in entry.items()} for entry in found]
