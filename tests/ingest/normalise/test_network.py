"""Sortable address keys, hosts of URLs, domains of addresses; the hostile hosts of the corpus."""

import ipaddress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.ingest.normalise import network


@given(st.lists(st.ip_addresses(), min_size=2, max_size=20))
def test_keys_sort_as_addresses_do(addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> None:
    def number(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
        return int(address) + (0xFFFF << 32 if address.version == 4 else 0)

    keys = network.ip_keys(pa.array([str(address) for address in addresses])).to_pylist()
    assert [int.from_bytes(key, "big") for key in keys] == [number(address) for address in addresses]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "256.1.1.1",
        "1.2.3",
        "a.b.c.d",
        ":::",
        "1.2.3.4/8",
        "1.2.3.4\0",
        "\uff11.2.3.4",
        "x" * 5_000,
    ],
)
def test_what_is_no_address_has_no_key(text: str) -> None:
    assert network.ip_key(text) is None


def test_unusual_addresses() -> None:
    assert network.ip_key("::FFFF:192.0.2.1") == network.ip_key("192.0.2.1")
    assert network.ip_key("fe80::1%eth0") == network.ip_key("FE80::1")
    assert network.ip_key("[2001:db8::1]") == network.ip_key("2001:db8::1")


@pytest.mark.parametrize(
    ("v4", "v6", "wanted"),
    [
        ("192.0.2.1", "2001:db8::1", "192.0.2.1"),
        ("0.0.0.0", "2001:db8::1", "2001:db8::1"),
        (None, "2001:db8::1", "2001:db8::1"),
        ("", "::", None),
        ("nonsense", None, None),
        ("2001:db8::2", None, "2001:db8::2"),
    ],
)
def test_sender_address(v4: str | None, v6: str | None, wanted: str | None) -> None:
    found = network.sender_ip(pa.array([v4], pa.string()), pa.array([v6], pa.string()))
    assert found.to_pylist() == [wanted]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://User:pw@Sub.Evil.example:8443/a?b=http://other.example#c", "Sub.Evil.example"),
        ("http://evil.example\\@good.example/", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("https:evil.example", "evil.example"),
        ("evil.example/path@x", "evil.example"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("  http://evil.example", "evil.example"),
        ("http://evil.example?u=a@b", "evil.example"),
        ("#only", None),
        ("", None),
        ("/", None),
    ],
)
def test_host_of_a_url(url: str, host: str | None) -> None:
    assert network.host_of(pa.array([url])).to_pylist() == [host]


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("A@B.example", "B.example"),
        ('"x@y"@z.example', "z.example"),
        ("<a@b.example>", "b.example"),
        ("none", None),
        ("a@", None),
        (None, None),
    ],
)
def test_domain_of_an_address(address: str | None, domain: str | None) -> None:
    assert network.domain_of(pa.array([address], pa.string())).to_pylist() == [domain]
