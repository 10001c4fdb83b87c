"""Each analyst question has an answer in the manifest that the files bear out."""

import json

import pandas as pd
import pytest

from dashapp.demo import generate
from tests.demo.conftest import UNTIL, read


@pytest.fixture(scope="module")
def truths(demo):
    return json.loads((demo / "manifest.json").read_text(encoding="utf-8"))["truths"]


def keys(case):
    return {(row["NetworkMessageId"], row["RecipientEmailAddress"]) for row in case["rows"]}


def found(rows):
    return set(zip(rows.NetworkMessageId, rows.RecipientEmailAddress, strict=True))


@pytest.fixture(scope="module")
def mail(demo):
    return read(demo, "EmailEvents").drop_duplicates(["NetworkMessageId", "RecipientEmailAddress"])


def test_every_question_has_an_answer(truths):
    assert sorted(truths, key=int) == [str(number) for number in range(1, 16)]


def test_names_differ_for_each_seed(tmp_path, truths):
    generate(tmp_path / "a", messages=2000, days=14, seed=8, until=UNTIL, users=60)
    other = json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))["truths"]
    for number in ("2", "3", "5", "8", "9", "11", "14", "15"):
        assert not keys(truths[number]) & keys(other[number])
    assert truths["2"]["sender"] != other["2"]["sender"]


def test_bad_sender_that_still_gets_mail_through(truths, mail):
    of_sender = mail[mail.SenderFromAddress == truths["2"]["sender"]]
    assert of_sender.ThreatTypes.eq("Phish").mean() == truths["2"]["share"]
    assert found(of_sender[of_sender.DeliveryAction == "Delivered"]) == keys(truths["2"])


def test_mail_delivered_from_a_bad_address(truths, mail):
    of_host = mail[mail.SenderIPv4 == truths["3"]["ip"]]
    assert of_host.ThreatTypes.isin(["Malware", "Phish"]).sum() == truths["3"]["malware_or_phish"] > 5
    assert found(of_host[of_host.DeliveryAction == "Delivered"]) == keys(truths["3"])


def test_bombing(truths, mail):
    inbound = mail[mail.EmailDirection == "Inbound"]
    hourly = inbound.groupby([inbound.RecipientEmailAddress, inbound.Timestamp.dt.floor("h")]).size()
    assert hourly.idxmax() == (truths["4"]["recipient"], pd.Timestamp(truths["4"]["hour"]).tz_localize(None))
    assert hourly.max() >= truths["4"]["at_least"]


def test_reply_from_a_new_domain(truths, mail):
    start, end = (pd.Timestamp(truths["5"]["window"][name]).tz_localize(None) for name in ("from", "to"))
    replies = mail[mail.Timestamp.between(start, end) & mail.Subject.str.startswith("RE: Change of delivery")]
    earlier = mail[mail.Timestamp < start]
    assert found(replies[~replies.SenderFromDomain.isin(earlier.SenderFromDomain)]) == keys(truths["5"])


def test_codes_from_rare_senders(demo, truths, mail):
    urls = read(demo, "EmailUrlInfo")
    codes = mail[
        mail.NetworkMessageId.isin(urls[urls.UrlLocation == "QRCode"].NetworkMessageId)
        & (mail.DeliveryAction == "Delivered")
    ]
    once = mail.groupby("SenderFromAddress").size().eq(1)
    assert keys(truths["6"]) <= found(codes[codes.SenderFromAddress.map(once)])


def test_clicks_on_phish(demo, truths):
    clicks = read(demo, "UrlClickEvents").set_index("NetworkMessageId")
    for one in truths["8"]["followed"]:
        click = clicks.loc[one["NetworkMessageId"]]
        assert (click.ActionType, click.IsClickedThrough) == (one["ActionType"], one["IsClickedThrough"])


def test_clicked_before_it_was_purged(demo, truths):
    clicks = read(demo, "UrlClickEvents").set_index("NetworkMessageId").Timestamp
    zaps = read(demo, "EmailPostDeliveryEvents").set_index("NetworkMessageId").Timestamp
    alerts = read(demo, "AlertInfo")
    removed = alerts[alerts.Title.str.contains("removed after delivery")].AlertId
    evidence = read(demo, "AlertEvidence")
    for row in truths["9"]["rows"]:
        name = row["NetworkMessageId"]
        assert (zaps[name] - clicks[name]).total_seconds() == truths["9"]["seconds_from_click_to_removal"]
        assert evidence[evidence.NetworkMessageId == name].AlertId.isin(removed).any()


def test_remediation_of_one_user(demo, truths):
    after = read(demo, "EmailPostDeliveryEvents")
    mine = after[
        (after.RecipientEmailAddress == truths["11"]["recipient"]) & (after.ActionType == "Manual remediation")
    ]
    assert mine.Action.value_counts().to_dict() == truths["11"]["counts"]


def test_detonation(truths, mail):
    of_sender = mail[mail.SenderFromAddress == truths["14"]["sender"]]
    assert of_sender.DetectionMethods.str.contains("File detonation").all()
    assert found(of_sender) == keys(truths["14"])


def test_cluster_of_rare_senders(truths, mail):
    cluster = mail[mail.EmailClusterId == truths["15"]["EmailClusterId"]]
    assert set(cluster.Subject) == set(truths["15"]["subjects"])
    assert set(cluster.SenderFromAddress) == set(truths["15"]["senders"])
    assert mail.groupby("SenderFromDomain").size()[cluster.SenderFromDomain.unique()].max() <= 20
