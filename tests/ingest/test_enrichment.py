"""Offline look-ups, with tables of our own."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from dashapp.ingest.enrichment import Enrichment, EnrichmentError, load_enrichment, read_networks
from dashapp.ingest.normalise.network import ip_key, ip_keys


def write_tables(folder: Path) -> None:
    key = pa.binary(16)
    bounds = [
        ("192.0.2.0", "192.0.2.127", "DE"),
        ("198.51.100.0", "198.51.100.255", "FR"),
        ("2001:db8::", "2001:db8::ff", "JP"),
    ]
    table = pa.table(
        {
            "first": pa.array([ip_key(first) for first, _, _ in bounds], key),
            "last": pa.array([ip_key(last) for _, last, _ in bounds], key),
            "country": pa.array([name for *_, name in bounds]).dictionary_encode(),
        }
    )
    feather.write_feather(table, str(folder / "country.feather"))
    mail = pa.table({"domain": ["free.example", "gone.example"], "kind": ["free", "disposable"]})
    feather.write_feather(mail, str(folder / "mail.feather"))


def countries(enrichment: Enrichment, *addresses: str | None) -> list[str | None]:
    found = enrichment.of_addresses(ip_keys(pa.array(addresses, pa.string())))
    return list(found["sender_country"].to_pylist())


def test_country_by_address_at_the_edges_of_ranges(tmp_path: Path) -> None:
    write_tables(tmp_path)
    enrichment = load_enrichment(tmp_path)
    assert countries(enrichment, "192.0.2.0", "192.0.2.127", "192.0.2.128", "198.51.100.200") == [
        "DE",
        "DE",
        None,
        "FR",
    ]
    assert countries(enrichment, "2001:db8::ff", "2001:db8::100", None, "::ffff:192.0.2.1") == ["JP", None, None, "DE"]
    assert enrichment.missing == ("asn.feather",)


def test_without_tables_everything_is_unknown(tmp_path: Path) -> None:
    enrichment = load_enrichment(tmp_path)
    assert countries(enrichment, "192.0.2.1") == [None]
    assert enrichment.is_free_mail(pa.array(["free.example"])).to_pylist() == [None]
    assert len(enrichment.missing) == 3


def test_networks_given_by_hand_win(tmp_path: Path) -> None:
    write_tables(tmp_path)
    beside = tmp_path / "networks.csv"
    beside.write_text("network,country,asn,organisation\n192.0.2.0/26,br,AS64500,Own Net\n2001:db8:1::/48,CA,64501,\n")
    enrichment = load_enrichment(tmp_path, beside)
    keys = ip_keys(pa.array(["192.0.2.63", "192.0.2.64", "2001:db8:1:ffff::1"]))
    found = {name: values.to_pylist() for name, values in enrichment.of_addresses(keys).items()}
    assert found == {
        "sender_country": ["BR", "DE", "CA"],
        "sender_asn": [64500, None, 64501],
        "sender_as_org": ["Own Net", None, None],
    }


@pytest.mark.parametrize(
    "text",
    [
        "network,country\n192.0.2.0/26,DE\n192.0.2.32/27,FR\n",
        "network,country\nnonsense,DE\n",
        "wrong,country\n192.0.2.0/26,DE\n",
    ],
)
def test_networks_that_make_no_sense_are_refused_by_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "networks.csv"
    path.write_text(text)
    with pytest.raises(EnrichmentError, match=r"networks\.csv"):
        read_networks(path)


def test_free_and_disposable_mail_also_below_the_domain(tmp_path: Path) -> None:
    write_tables(tmp_path)
    enrichment = load_enrichment(tmp_path)
    domains = pa.array(["free.example", "gone.example", "other.example", None])
    assert enrichment.is_free_mail(domains).to_pylist() == [True, False, False, None]
    assert enrichment.is_disposable(domains).to_pylist() == [False, True, False, None]


def test_registered_domains() -> None:
    domains = pa.array(["mail.shop.co.uk", "evil.duckdns.org", "co.uk", "localhost", "192.0.2.1", None])
    found = Enrichment().registered_domains(domains).to_pylist()
    assert found == ["shop.co.uk", "evil.duckdns.org", None, None, None, None]


def test_look_up_of_many_addresses_equals_one_by_one(tmp_path: Path) -> None:
    write_tables(tmp_path)
    enrichment = load_enrichment(tmp_path)
    random = np.random.default_rng(7)
    addresses = [f"192.0.2.{number}" for number in random.integers(0, 256, 300)]
    assert countries(enrichment, *addresses) == ["DE" if int(a.rsplit(".", 1)[1]) < 128 else None for a in addresses]
