"""The manifest's numbers, by the generator's own model, are those one counts in the files."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from dashapp.demo import generate
from dashapp.demo.manifest import Manifest
from dashapp.demo.report import report
from tests.demo.conftest import UNTIL, read

THREATS = ("Malware", "Phish", "Spam")
DELIVERY = {"Delivered": "Delivered", "Junked": "Delivered to junk", "Blocked": "Blocked", "Replaced": "Replaced"}
REMOVAL = ("Phish ZAP", "Malware ZAP", "Spam ZAP", "Automated remediation", "Manual remediation")


@pytest.fixture(scope="module")
def manifest(demo):
    return json.loads((demo / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mail(demo):
    rows = read(demo, "EmailEvents")
    rows = rows.assign(recipient=rows.RecipientEmailAddress.str.lower(), day=rows.Timestamp.dt.strftime("%Y-%m-%d"))
    rows = rows.drop_duplicates(["NetworkMessageId", "recipient"])
    threat = rows.ThreatTypes.fillna("").map(lambda text: next((one for one in THREATS if one in text), "None"))
    simulated = rows.OrgLevelPolicy == "Phishing Simulation"
    return rows.assign(threat=threat, delivery=rows.DeliveryAction.map(DELIVERY), simulated=simulated)


@pytest.fixture(scope="module")
def attacks(mail):
    return mail[(mail.EmailDirection == "Inbound") & ~mail.simulated & mail.threat.isin(["Malware", "Phish"])]


@pytest.fixture(scope="module")
def endings(demo, attacks):
    """Attacks with how they ended."""
    after = read(demo, "EmailPostDeliveryEvents")
    after = after[after.ActionResult == "Success"].assign(recipient=after.RecipientEmailAddress.str.lower())
    keys = attacks.set_index(["NetworkMessageId", "recipient"]).index

    def had(kinds):
        return keys.isin(after[after.ActionType.isin(kinds)].set_index(["NetworkMessageId", "recipient"]).index)

    early = (attacks.DeliveryAction != "Delivered") & ~had(["Redelivery"])
    return attacks.assign(early=early, removed=had(REMOVAL))


def by_day(manifest, group, name):
    return {day: numbers[group][name] for day, numbers in manifest["days"].items() if numbers.get(group, {}).get(name)}


def test_volume_by_day_direction_threat_and_delivery(manifest, mail):
    counted = mail[~mail.simulated].groupby(["day", "EmailDirection", "threat", "delivery"]).size()
    expected = {
        (day, *name.split("|")): number
        for day, numbers in manifest["days"].items()
        for name, number in numbers["volume"].items()
    }
    assert counted.to_dict() == expected
    assert mail.groupby("day").size().to_dict() == by_day(manifest, "table", "EmailEvents")


def test_files_in_shared_storage(demo, manifest):
    found = read(demo, "FileMaliciousContentInfo")
    days = found.Timestamp.dt.strftime("%Y-%m-%d")
    assert found.groupby(days).size().to_dict() == by_day(manifest, "table", "FileMaliciousContentInfo")


def test_some_files_in_shared_storage_came_by_mail_before(tmp_path):
    generate(tmp_path / "out", messages=12_000, days=2, seed=7, until=UNTIL, users=5_000)
    found, mailed = read(tmp_path / "out", "FileMaliciousContentInfo"), read(tmp_path / "out", "EmailAttachmentInfo")
    both = found.merge(mailed, on=["SHA256", "FileName", "ThreatNames"], suffixes=("", "_mail"))
    assert 0 < both.SHA256.nunique() < len(found)
    assert (both.groupby("SHA256").Timestamp_mail.min() < both.groupby("SHA256").Timestamp.max()).all()


def test_simulations_stand_apart(manifest, mail):
    counted = mail[mail.simulated].groupby("day").size().to_dict()
    assert counted == {
        day: sum(numbers["simulation"].values()) for day, numbers in manifest["days"].items() if "simulation" in numbers
    }
    assert counted


def test_metrics_of_mail(manifest, attacks):
    stopped = attacks.delivery.isin(["Blocked", "Replaced"])
    fresh = attacks.DetectionMethods.str.contains('"File detonation"|"URL detonation"')
    for name, chosen in {
        "attacks": attacks,
        "malware-blocked": attacks[stopped & (attacks.threat == "Malware")],
        "phish-blocked": attacks[stopped & (attacks.threat == "Phish")],
        "phish-blocked-junked": attacks[(attacks.delivery == "Delivered to junk") & (attacks.threat == "Phish")],
        "zero-day": attacks[fresh],
    }.items():
        assert chosen.groupby("day").size().to_dict() == by_day(manifest, "metric", name), name
        assert len(chosen), name


def test_efficacy(manifest, endings):
    rest = endings[~endings.early & ~endings.removed]
    assert not (endings.early & endings.removed).any()
    for name, chosen in {
        "before": endings[endings.early],
        "removed": endings[endings.removed],
        "uncaught": rest,
    }.items():
        assert chosen.groupby("day").size().to_dict() == by_day(manifest, "efficacy", name), name
        assert len(chosen), name
    assert by_day(manifest, "metric", "removed-after-delivery") == by_day(manifest, "efficacy", "removed")


def test_clicks_and_reports(demo, manifest, mail):
    clicks = read(demo, "UrlClickEvents")
    assert not clicks.duplicated(["ReportId", "ActionType"]).any()
    clicks["day"] = clicks.Timestamp.dt.strftime("%Y-%m-%d")
    blocked = clicks[clicks.ActionType.str.startswith("ClickBlocked")]
    assert blocked.groupby("day").size().to_dict() == by_day(manifest, "metric", "urls-blocked")
    through = clicks[clicks.IsClickedThrough]
    assert through.groupby("day").size().to_dict() == by_day(manifest, "metric", "urls-blocked-clicked-through")
    plain = mail[(mail.EmailDirection == "Inbound") & ~mail.simulated]
    assert blocked.NetworkMessageId.isin(plain.NetworkMessageId).all()
    reports = read(demo, "UserSubmissions")
    assert not reports.duplicated("SubmissionId").any()
    reports["day"] = reports.Timestamp.dt.strftime("%Y-%m-%d")
    real = reports[reports.NetworkMessageId.isin(plain.NetworkMessageId)]
    assert real.groupby("day").size().to_dict() == by_day(manifest, "metric", "user-reported")


def test_zap_by_day_and_kind(demo, manifest):
    after = read(demo, "EmailPostDeliveryEvents")
    after["day"] = after.Timestamp.dt.strftime("%Y-%m-%d")
    for kind in ("Phish ZAP", "Spam ZAP"):
        chosen = after[(after.ActionType == kind) & (after.ActionResult == "Success")]
        assert chosen.groupby("day").size().to_dict() == by_day(manifest, "zap", f"{kind}|Success")
        assert len(chosen)
    assert not after.duplicated(["NetworkMessageId", "RecipientEmailAddress", "Timestamp", "ActionType"]).any()


def test_countries(demo, manifest, mail):
    import ipaddress

    table = pd.read_csv(demo / "networks.csv", keep_default_na=False)
    networks = [(ipaddress.ip_network(row.network), row.country) for row in table.itertuples()]

    def country(text):
        return next(name for network, name in networks if ipaddress.ip_address(text) in network)

    v4 = mail.dropna(subset=["SenderIPv4"])
    known = {text: country(text) for text in v4.SenderIPv4.unique()}
    counted = v4.groupby(v4.SenderIPv4.map(known)).size().to_dict()
    assert counted == manifest["totals"]["range"]["country-ipv4"]


def test_overrides_that_let_attacks_in(manifest, mail):
    let_in = mail[(mail.OrgLevelAction == "Allow") & ~mail.simulated & (mail.delivery == "Delivered")]
    for name in ("Phish", "Spam"):
        counted = let_in[let_in.threat == name].groupby("day").size().to_dict()
        assert counted == by_day(manifest, "override", name.lower())


def test_attacks_per_user(manifest, attacks):
    counted = attacks.groupby("recipient").size().to_dict()
    assert counted == {user: number for user, number in manifest["attacks_per_user"].items() if number}


def test_totals_add_up(manifest):
    for span in manifest["totals"].values():
        days = [numbers for day, numbers in manifest["days"].items() if span["from"] <= day <= span["to"]]
        for name, number in span["metric"].items():
            assert number == sum(day.get("metric", {}).get(name, 0) for day in days)


def test_children_have_parents(demo, mail):
    for table in ("EmailAttachmentInfo", "CampaignInfo", "EmailPostDeliveryEvents"):
        rows = read(demo, table)
        keys = mail.set_index(["NetworkMessageId", "recipient"]).index
        orphans = ~rows.assign(recipient=rows.RecipientEmailAddress.str.lower()).set_index(
            ["NetworkMessageId", "recipient"]
        ).index.isin(keys)
        # parents that come late may be missing at the very end
        assert orphans.sum() <= 0.01 * len(rows) + 2, table
    evidence = read(demo, "AlertEvidence")
    assert evidence.AlertId.isin(read(demo, "AlertInfo").AlertId).all()
    assert evidence.NetworkMessageId.dropna().isin(mail.NetworkMessageId).all()


def test_the_report_finds_the_data_believable(demo):
    lines = {line.what: line for line in report(Manifest.read(demo))}
    assert lines["inbound clean"].holds
    assert lines["inbound spam"].holds
    assert not replace(lines["inbound spam"], found=0.2).holds
