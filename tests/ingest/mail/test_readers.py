"""Files of mail: which reader takes them, how an mbox is split, and what a Maildir's folders tell."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.mail import MBOX, MESSAGE
from dashapp.ingest.readers import Context, Source, source_of

ONE = b"From: a@x.example\nTo: b@y.example\nDate: Mon, 23 Nov 2026 10:00:00 +0000\nSubject: one\n\nHello\n"
LINE = b"From a@x.example  Mon Nov 23 10:00:00 2026\n"


def source(data: bytes, path: Path | None = None) -> Source:
    return source_of(io.BytesIO(data), str(path or "mail"), path)


def given(data: bytes, path: Path | None = None) -> Iterator[Chunk | Refused]:
    found = source(data, path)
    reader = next(reader for reader in (MBOX, MESSAGE) if reader.recognise(found.head, found.path))
    context = Context(datetime(2026, 11, 23, 12, tzinfo=UTC), lambda _source: iter(()), None, {}, Path())
    return reader.read(found, context)


def subjects(data: bytes) -> list[str]:
    return [
        subject
        for each in given(data)
        if isinstance(each, Chunk) and each.table == "EmailEvents"
        for subject in each.rows["Subject"].to_pylist()
    ]


@pytest.mark.parametrize(
    ("data", "mbox", "message"),
    [
        (ONE, False, True),
        (LINE + ONE, True, False),
        (b"\n\n" + ONE, False, True),
        (b'{"Timestamp": 1}', False, False),
        (b"Timestamp,Subject\n1,2\n", False, False),
        (b"From here to there\n\n", False, False),
        (b"PAR1", False, False),
    ],
)
def test_recognised_by_content(data: bytes, mbox: bool, message: bool) -> None:
    assert (MBOX.recognise(data, None), MESSAGE.recognise(data, None)) == (mbox, message)


def test_mbox_is_split_at_its_separators() -> None:
    two = LINE + ONE + b"\n" + LINE + ONE.replace(b"one", b"two")
    assert subjects(two) == ["one", "two"]


def test_a_line_of_text_that_looks_like_a_separator_stays_text() -> None:
    quoted = ONE + b"\n" + LINE + b"is what it said.\n\n"
    assert subjects(LINE + quoted + LINE + ONE.replace(b"one", b"two")) == ["one", "two"]


def test_the_separator_gives_the_envelope_sender() -> None:
    events = next(each for each in given(LINE + ONE) if isinstance(each, Chunk))
    assert events.rows["SenderMailFromAddress"].to_pylist() == ["a@x.example"]


def test_one_broken_message_does_not_stop_the_rest() -> None:
    broken = ONE.replace(b"2026", b"1969")
    found = list(given(LINE + broken + b"\n" + LINE + ONE))
    refused = [each for each in found if isinstance(each, Refused)]
    assert [(each.row, each.reason[:17]) for each in refused] == [(1, "no plausible time")]
    assert [each.origin(0) for each in found if isinstance(each, Chunk)] == [("mail", 2)]


@pytest.mark.parametrize(
    ("path", "recipient", "action", "location"),
    [
        ("/mail/rui@corp.example/Maildir/cur/1.a:2,S", "rui@corp.example", "Delivered", "Inbox/folder"),
        ("/mail/rui@corp.example/.Junk/new/1.a", "rui@corp.example", "Junked", "Junk folder"),
        ("/mail/rui@corp.example.mbox", "rui@corp.example", None, None),
    ],
)
def test_the_folder_tells_owner_and_delivery(path: str, recipient: str, action: object, location: object) -> None:
    hidden = ONE.replace(b"To: b@y.example\n", b"")
    data = LINE + hidden if path.endswith("mbox") else hidden
    events = next(each for each in given(data, Path(path)) if isinstance(each, Chunk))
    row = events.rows.to_pylist()[0]
    assert (row["RecipientEmailAddress"], row["DeliveryAction"], row["DeliveryLocation"]) == (
        recipient,
        action,
        location,
    )


def test_judged_and_unjudged_messages_come_in_chunks_of_their_own() -> None:
    judged = ONE.replace(b"Subject", b"X-Spam-Flag: YES\nSubject")
    chunks = [each for each in given(LINE + judged + b"\n" + LINE + ONE) if isinstance(each, Chunk)]
    assert sorted("ThreatTypes" in each.rows.column_names for each in chunks) == [False, True]
