"""Building the offline tables from the packages."""

import json
from pathlib import Path

import pytest

from build_assets.enrichment import credits_of, mail_domains, merged, networks
from dashapp.ingest.normalise.network import ip_key


def test_neighbours_of_the_same_country_are_one_range() -> None:
    ranges = [(0, 9, "DE"), (10, 19, "DE"), (21, 29, "DE"), (30, 39, "FR")]
    assert list(merged(ranges)) == [(0, 19, "DE"), (21, 29, "DE"), (30, 39, "FR")]


def test_networks_of_both_families_are_in_one_sorted_table(tmp_path: Path) -> None:
    (tmp_path / "asn-ipv4-num.csv").write_text('16777216,16777471,13335,"Cloudflare, Inc."\n')
    (tmp_path / "asn-ipv6-num.csv").write_text(
        "42540488161975842760550356425300246528,42540488241204005274814694018844196863,6939,HE\n"
    )
    rows = networks(tmp_path).to_pylist()
    assert [row["asn"] for row in rows] == [13335, 6939]
    assert (rows[0]["first"], rows[0]["last"]) == (ip_key("1.0.0.0"), ip_key("1.0.0.255"))
    assert rows[1]["first"] == ip_key("2001::")


def test_a_throw_away_domain_is_not_called_free(tmp_path: Path) -> None:
    (tmp_path / "domains.json").write_text(json.dumps(["Gmail.com", "mailinator.com"]))
    rows = mail_domains(tmp_path).to_pylist()
    assert [row["domain"] for row in rows if row["kind"] == "free"] == ["gmail.com"]
    assert "mailinator.com" in {row["domain"] for row in rows if row["kind"] == "disposable"}


def test_every_source_is_credited(tmp_path: Path) -> None:
    for name in ("@ip-location-db/geo-whois-asn-country-mmdb", "@ip-location-db/asn", "free-email-domains"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "package.json").write_text('{"version": "2.3.2026061719"}')
    entries = credits_of(tmp_path)
    assert all(entry["licence"] and entry["credit"] and entry["url"].startswith("https://") for entry in entries)
    by_name = {entry["name"]: entry for entry in entries}
    assert by_name["@ip-location-db/asn"]["date"] == "2026-06-17"
    assert by_name["@ip-location-db/asn"]["url"] == "https://db-ip.com/"  # its licence asks for the link


def test_a_package_that_is_not_installed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        mail_domains(tmp_path / "missing")
