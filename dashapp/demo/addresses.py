"""Networks of the made-up internet: blocks of the documentation ranges, with invented operators in real countries.

The documentation ranges have no country or operator of their own, so the demonstration brings a side table
(``networks.csv``: ``network,country,asn,organisation``) that enrichment reads beside its real tables. Numbers of the
operators are those reserved for documentation and private use. Weights of hostile countries: our own count of 7,682
public phishing messages (US 50 %, RU 6.5, DE 6, JP 5.4 …, most of it from reputable clouds).
"""

import csv
import ipaddress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from dashapp.demo.rows import Array

IPV4_RANGES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
IPV6_RANGE = "2001:db8::/32"
_HOSTS_PER_NETWORK = 16
_IPV6_PER_NETWORK = 64  # fixed IPv6 hosts of each network; attackers use fresh ones besides

# operator, number, country, weight in hostile mail, weight in honest mail. The first 48 also have an IPv4 block.
_OPERATORS: list[tuple[str, int, str, float, float]] = [
    ("Nimbus Cloud", 64496, "US", 21.7, 18), ("Harborlight Mail", 64497, "US", 16.4, 16),
    ("Tidewater Compute", 64498, "US", 5.2, 2), ("Copperline Hosting", 64499, "US", 5.0, 2),
    ("Postwind Delivery", 64500, "US", 2.8, 9), ("Basalt Web Services", 64501, "US", 4.9, 7),
    ("Severka Telekom", 64502, "RU", 3.9, 0.1), ("Polyarny Hosting", 64503, "RU", 2.6, 0.1),
    ("Rheinwolke Hosting", 64504, "DE", 3.4, 6), ("Nordlicht Rechenzentrum", 64505, "DE", 2.6, 5),
    ("Sakura Transit", 64506, "JP", 3.3, 1.5), ("Hoshizora Networks", 64507, "JP", 2.1, 0.7),
    ("Nusantara Data", 64508, "ID", 2.1, 0.2), ("Wisla Serwery", 64509, "PL", 2.0, 0.8),
    ("Dnipro Uplink", 64510, "UA", 2.0, 0.2), ("Garonne Hebergement", 64511, "FR", 2.7, 4),
    ("Maple Ridge Internet", 65536, "CA", 2.0, 1.5), ("Polderstroom", 65537, "NL", 2.0, 3.5),
    ("Thames Valley Online", 65538, "GB", 1.2, 9), ("Pennine Broadband", 65539, "GB", 0.6, 5),
    ("Huangpu Telecom", 65540, "CN", 1.9, 0.3), ("Lotus Broadband", 65541, "VN", 1.3, 0.2),
    ("Deccan Net", 65542, "IN", 1.5, 1.6), ("Bosphorus Link", 65543, "TR", 1.1, 0.3),
    ("Ipanema Telecom", 65544, "BR", 1.6, 0.5), ("Pampa Redes", 65545, "AR", 0.7, 0.2),
    ("Azteca Conexiones", 65546, "MX", 0.7, 0.3), ("Iberia Nube", 65547, "ES", 0.9, 2),
    ("Lusitania Redes", 65548, "PT", 0.4, 0.5), ("Dolomiti Server", 65549, "IT", 1.0, 1.4),
    ("Helvetia Datacenter", 65550, "CH", 0.3, 2), ("Donau Systeme", 65551, "AT", 0.3, 0.8),
    ("Sundsvall Molntjanst", 64512, "SE", 0.4, 1.1), ("Fjordnett", 64513, "NO", 0.2, 0.6),
    ("Oresund Hosting", 64514, "DK", 0.3, 0.6), ("Suomen Pilvi", 64515, "FI", 0.2, 0.5),
    ("Carpati Hosting", 64516, "RO", 0.9, 0.3), ("Balkan Server Park", 64517, "BG", 0.8, 0.1),
    ("Vltava Hosting", 64518, "CZ", 0.5, 0.5), ("Baltic Racks", 64519, "LT", 0.5, 0.2),
    ("Lagos Internet Exchange House", 64520, "NG", 0.9, 0.1), ("Table Mountain Networks", 64521, "ZA", 0.5, 0.4),
    ("Nile Access", 64522, "EG", 0.3, 0.1), ("Han River Cloud", 64523, "KR", 1.0, 0.4),
    ("Formosa Cloud", 64524, "TW", 0.6, 0.3), ("Straits Colocation", 64525, "SG", 1.2, 0.8),
    ("Victoria Peak Hosting", 64526, "HK", 1.1, 0.3), ("Southern Cross Cloud", 64527, "AU", 0.6, 1.2),
    ("Kiwi Rack", 64528, "NZ", 0.1, 0.2), ("Andes Fibra", 64529, "CL", 0.2, 0.1),
    ("Bogota Enlace", 64530, "CO", 0.3, 0.1), ("Chao Phraya Net", 64531, "TH", 0.5, 0.1),
    ("Manila Bay Telecom", 64532, "PH", 0.4, 0.1), ("Persepolis Data", 64533, "IR", 0.2, 0.0),
    ("Steppe Telecom", 64534, "KZ", 0.2, 0.0), ("Aegean Hosting", 64535, "GR", 0.2, 0.1),
    ("Emerald Isle Data", 64536, "IE", 0.4, 1.6), ("Levant Networks", 64537, "IL", 0.2, 0.3),
    ("Gulf Gateway", 64538, "AE", 0.3, 0.2), ("Moldova Server", 64539, "MD", 0.4, 0.0),
]  # fmt: skip

OWN_NETWORK = "Aldermoor Group"


@dataclass(frozen=True)
class Network:
    """One operator's blocks.

    Attributes:
        country: ISO 3166 alpha-2.
        asn: Number of the operator.
        ipv4: A /28 of a documentation range, or None.
        ipv6: A /40 of ``2001:db8::/32``.
    """

    organisation: str
    asn: int
    country: str
    ipv4: ipaddress.IPv4Network | None
    ipv6: ipaddress.IPv6Network


def _blocks() -> list[ipaddress.IPv4Network]:
    return [block for text in IPV4_RANGES for block in ipaddress.IPv4Network(text).subnets(new_prefix=28)]


def _networks() -> list[Network]:
    ipv4, ipv6 = _blocks(), list(ipaddress.IPv6Network(IPV6_RANGE).subnets(new_prefix=40))
    # the last IPv4 block is the organisation's own
    found = [
        Network(name, asn, country, ipv4[number] if number < len(ipv4) - 1 else None, ipv6[number + 1])
        for number, (name, asn, country, _, _) in enumerate(_OPERATORS)
    ]
    return [*found, Network(OWN_NETWORK, 65000, "GB", ipv4[-1], ipv6[0])]


NETWORKS = _networks()
OWN = len(NETWORKS) - 1
HOSTILE_WEIGHTS: Array = np.array([row[3] for row in _OPERATORS] + [0.0])
HONEST_WEIGHTS: Array = np.array([row[4] for row in _OPERATORS] + [0.0])
COUNTRIES: list[str] = [network.country for network in NETWORKS]


class Hosts:
    """The fixed hosts of every network: 16 IPv4 (where it has a block) and 64 IPv6 each.

    The last address of each IPv4 block is kept for planted cases.
    """

    @cached_property
    def texts(self) -> pa.Array:
        """Every host as text; a host's code is its position."""
        return pa.array([text for network in NETWORKS for text in _hosts(network)])

    @cached_property
    def _starts(self) -> Array:
        sizes = [_IPV6_PER_NETWORK + (_HOSTS_PER_NETWORK if network.ipv4 else 0) for network in NETWORKS]
        return np.concatenate(([0], np.cumsum(sizes)))[:-1]

    def fixed(self, random: np.random.Generator, networks: Array, *, ipv6: float) -> Array:
        """Return one host code for each network number; a share ``ipv6`` of them IPv6 (all, where there is no IPv4)."""
        has_v4 = np.array([network.ipv4 is not None for network in NETWORKS])[networks]
        v4 = has_v4 & (random.random(len(networks)) >= ipv6)
        low = np.where(v4, 0, np.where(has_v4, _HOSTS_PER_NETWORK, 0))
        span = np.where(v4, _HOSTS_PER_NETWORK - 1, _IPV6_PER_NETWORK)
        return self._starts[networks] + low + (random.random(len(networks)) * span).astype(np.int64)

    def reserved(self, network: int) -> int:
        """Return the code of the IPv4 address of a network that only planted cases use."""
        return int(self._starts[network]) + _HOSTS_PER_NETWORK - 1


def _hosts(network: Network) -> list[str]:
    v4 = [str(address) for address in network.ipv4] if network.ipv4 else []
    base = int(network.ipv6.network_address)
    v6 = [str(ipaddress.IPv6Address(base + (number << 64) + 0x19 + number)) for number in range(_IPV6_PER_NETWORK)]
    return v4 + v6


HOSTS = Hosts()


def fresh_ipv6(random: np.random.Generator, networks: Array) -> list[str]:
    """Return an IPv6 address never used before for each network number."""
    subnets, hosts = random.integers(256, 1 << 24, len(networks)), random.integers(1, 1 << 32, len(networks))
    blocks = (networks.astype(np.int64) + 1) << 8 | subnets >> 16
    parts = (blocks, subnets & 0xFFFF, hosts >> 16, hosts & 0xFFFF)
    return [f"2001:db8:{a:x}:{b:x}::{c:x}:{d:x}" for a, b, c, d in zip(*(part.tolist() for part in parts), strict=True)]


def side_table() -> list[dict[str, str | int]]:
    """Return the rows ``network, country, asn, organisation`` of every block."""
    return [
        {"network": str(block), "country": network.country, "asn": network.asn, "organisation": network.organisation}
        for network in NETWORKS
        for block in (network.ipv4, network.ipv6)
        if block is not None
    ]


def write_side_table(path: Path) -> None:
    """Write ``side_table`` as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ("network", "country", "asn", "organisation"))
        writer.writeheader()
        writer.writerows(side_table())
