"""What the rows may say: vocabulary, addresses, names, shares; and that a day is made without its neighbours."""

import ipaddress
import json
import re
import tracemalloc
from datetime import timedelta

import pandas as pd
import pytest

from dashapp.data.schema import TABLES
from dashapp.demo import addresses, generator
from dashapp.demo.plan import Plan
from dashapp.query.fields.message import TECHNOLOGIES
from tests.demo.conftest import UNTIL, read

DOCUMENTATION = [ipaddress.ip_network(text) for text in (*addresses.IPV4_RANGES, addresses.IPV6_RANGE)]
SPAM = {
    "Advanced filter", "Bulk", "Domain reputation", "Fingerprint matching", "General filter", "IP reputation",
    "Mixed analysis detection", "URL malicious reputation",
}  # fmt: skip
NOT_PHISH = {"Antimalware protection", "Bulk", "Domain reputation", "IP reputation"}
MALWARE = {
    "Antimalware protection", "File detonation", "File detonation reputation", "File reputation",
    "Fingerprint matching", "Campaign", "URL malicious reputation", "URL detonation",
}  # fmt: skip
VALID = {"Spam": SPAM, "Phish": set(TECHNOLOGIES) - NOT_PHISH, "Malware": MALWARE}


@pytest.fixture(scope="module")
def mail(demo):
    return read(demo, "EmailEvents")


def test_technologies_are_valid_for_their_threat(mail):
    found = mail.dropna(subset=["DetectionMethods"])
    assert (found.ThreatTypes.notna()).all()
    assert mail[mail.ThreatTypes.isna()].DetectionMethods.isna().all()
    for threats, text in found[["ThreatTypes", "DetectionMethods"]].drop_duplicates().itertuples(index=False):
        methods = json.loads(text)
        assert set(methods) == set(threats.split(", "))
        for threat, names in methods.items():
            assert names
            assert set(names) <= VALID[threat], (threat, names)


def test_documented_words_only_but_for_the_planted_mess(mail):
    assert set(mail.EmailDirection) == {"Inbound", "Outbound", "Intra-org"}
    assert (
        {"Delivered", "Junked", "Blocked"} <= set(mail.DeliveryAction) <= {"Delivered", "Junked", "Blocked", "Replaced"}
    )
    assert set(mail.OrgLevelAction.dropna()) | set(mail.UserLevelAction.dropna()) <= {"Allow", "Block"}
    odd = mail.EmailAction == "Send to quarantine and notify"
    assert 0 < odd.sum() < 0.002 * len(mail)
    where = mail.groupby("DeliveryAction").DeliveryLocation.agg(set)
    assert where["Junked"] == {"Junk folder"}
    assert where["Blocked"] <= {"Quarantine", "Dropped", "Failed"}
    assert where["Delivered"] == {"Inbox/folder", "On-premises/external"}


def test_every_address_is_for_documentation(demo, mail):
    texts = pd.concat([mail.SenderIPv4, mail.SenderIPv6, read(demo, "UrlClickEvents").IPAddress]).dropna().unique()
    assert any(":" in text for text in texts)
    for text in texts:
        assert any(ipaddress.ip_address(text) in network for network in DOCUMENTATION), text


def test_the_side_table_knows_every_sender(demo, mail):
    table = pd.read_csv(demo / "networks.csv")
    assert list(table.columns) == ["network", "country", "asn", "organisation"]
    networks = [ipaddress.ip_network(text) for text in table.network]
    for text in pd.concat([mail.SenderIPv4, mail.SenderIPv6]).dropna().unique():
        assert sum(ipaddress.ip_address(text) in network for network in networks) == 1, text


def test_no_name_outside_example(demo, mail):
    people = pd.concat([mail[name] for name in ("SenderFromAddress", "SenderMailFromAddress", "RecipientEmailAddress")])
    assert people.str.lower().str.endswith(".example").all()
    assert mail.InternetMessageId.str.endswith(".example>").all()
    urls = read(demo, "EmailUrlInfo").drop_duplicates("UrlDomain")
    assert urls.Url.str.match(r"https://[a-z0-9.-]+\.example/").all()
    assert (urls.Url.str.extract(r"https://([^/]+)/")[0] == urls.UrlDomain).all()
    for table in TABLES:
        for column, values in read(demo, table).select_dtypes("str").items():
            hosts = pd.Series(values.dropna().unique(), dtype="str").str.extractall(r"https?://([^/\s\"]+)")
            assert hosts.empty or hosts[0].str.endswith(".example").all(), (table, column)


def test_shares_are_those_of_the_model(mail):
    shares = mail.EmailDirection.value_counts(normalize=True)
    assert shares["Inbound"] == pytest.approx(0.60, abs=0.04)
    assert shares["Intra-org"] == pytest.approx(0.25, abs=0.03)
    inbound = mail[(mail.EmailDirection == "Inbound") & (mail.OrgLevelPolicy != "Phishing Simulation")]
    threats = inbound.ThreatTypes.fillna("")
    assert 0.08 <= (threats == "Spam").mean() <= 0.12
    assert 0.032 <= threats.str.startswith("Phish").mean() - threats.str.contains("Malware").mean() <= 0.065
    assert 0.002 <= threats.str.contains("Malware").mean() <= 0.01
    bulk = (threats == "") & (inbound.BulkComplaintLevel >= 4)
    assert 0.09 <= bulk.mean() <= 0.14


def test_ids_look_like_the_services(mail):
    assert mail.NetworkMessageId.str.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    ).all()
    assert mail.InternetMessageId.str.fullmatch(r"<[0-9a-f]{16}@[^@>]+>").all()


def test_a_message_is_one_message_to_all_its_recipients(mail):
    ordinary = mail[mail.Subject.notna()]
    for column in ("InternetMessageId", "SenderFromAddress", "Timestamp", "EmailDirection"):
        assert (ordinary.groupby("NetworkMessageId")[column].nunique() == 1).all(), column
    assert mail.groupby("NetworkMessageId").size().max() > 5


def test_the_mess_is_there(demo, mail):
    twins = mail.assign(recipient=mail.RecipientEmailAddress.str.lower()).duplicated(["NetworkMessageId", "recipient"])
    assert 0.001 < twins.mean() < 0.006
    assert mail.SenderDisplayName.isna().any()
    assert mail.Subject.isna().any()
    assert mail.Subject.str.startswith(("=", "+", "-", "@")).any()
    assert (mail.RecipientEmailAddress != mail.RecipientEmailAddress.str.lower()).any()
    columns = {tuple(pd.read_parquet(path).columns) for path in (demo / "events" / "EmailEvents").glob("*.parquet")}
    assert len(columns) > 1
    late = [
        (pd.read_parquet(path, columns=["Timestamp"]).Timestamp.dt.strftime("%Y-%m-%d") < path.name[:10]).sum()
        for path in (demo / "events" / "EmailEvents").glob("*.parquet")
    ]
    assert sum(late) > 0


def test_files_have_microsofts_columns_and_one_day_each(demo):
    for table, fixed in TABLES.items():
        paths = sorted((demo / "events" / table).glob("*.parquet"))
        assert paths, table
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d\.parquet", path.name) for path in paths)
        if table != "EmailEvents":
            assert set(pd.read_parquet(paths[0]).columns) == set(fixed.given)


def test_a_day_does_not_depend_on_the_days_before():
    plan = Plan.of(messages=3000, days=20, seed=5, until=UNTIL, users=80)
    people = generator.organisation(plan)
    alone, _ = generator.build(plan, people, plan.anchor)
    generator.build(plan, people, plan.anchor - timedelta(days=9))
    again, _ = generator.build(plan, people, plan.anchor)
    for name in ("time", "message", "recipient", "action"):
        assert (alone.rows[name] == again.rows[name]).all()


@pytest.mark.slow
def test_memory_is_bounded_by_the_day(tmp_path):
    peaks = []
    for days in (3, 12):
        tracemalloc.start()
        generator.generate(tmp_path / str(days), messages=1000 * days, days=days, seed=1, until=UNTIL, users=50)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
