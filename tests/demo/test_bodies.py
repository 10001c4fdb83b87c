"""A body agrees with its row, is the same each time, and survives hostile text."""

import email
from email.policy import default

from dashapp.demo.bodies import body
from dashapp.demo.mess import HOSTILE_SUBJECTS
from tests.demo.conftest import read


def test_bodies_agree_with_their_rows(demo):
    mail, urls, files = (read(demo, table) for table in ("EmailEvents", "EmailUrlInfo", "EmailAttachmentInfo"))
    interesting = mail[mail.AttachmentCount.gt(0) & mail.UrlCount.gt(0) & mail.Subject.notna()].head(40)
    assert len(interesting) == 40
    urls = urls[urls.NetworkMessageId.isin(interesting.NetworkMessageId)].groupby("NetworkMessageId").Url.apply(list)
    files = files[files.NetworkMessageId.isin(interesting.NetworkMessageId)]
    files = files.groupby("NetworkMessageId").FileName.apply(lambda names: sorted(set(names)))
    for row in interesting.to_dict("records"):
        name = row["NetworkMessageId"]
        raw = body(name, row, urls=urls[name], attachments=files[name])
        assert raw == body(name, row, urls=urls[name], attachments=files[name])
        parsed = email.message_from_bytes(raw, policy=default)
        assert parsed["From"].addresses[0].addr_spec == row["SenderFromAddress"]
        assert parsed["To"].addresses[0].addr_spec == row["RecipientEmailAddress"]
        assert parsed["Message-ID"] == row["InternetMessageId"]
        assert parsed["X-MS-Exchange-Organization-Network-Message-Id"] == name
        assert sorted(part.get_filename() for part in parsed.iter_attachments()) == files[name]
        text = parsed.get_body(("plain",)).get_content()
        assert all(url in text for url in urls[name])
        assert parsed["Date"].datetime.timestamp() == int(row["Timestamp"].timestamp())


def test_hostile_subjects_stay_in_their_header():
    row = {"SenderFromAddress": "a@b.example", "RecipientEmailAddress": "c@d.example"}
    instant = email.utils.parsedate_to_datetime("Mon, 23 Nov 2026 10:00:00 +0000")
    for subject in (*HOSTILE_SUBJECTS, "x\r\nBcc: all@d.example\r\n\r\nbody"):
        parsed = email.message_from_bytes(body("id", row | {"Subject": subject, "Timestamp": instant}), policy=default)
        assert "Bcc" not in parsed
        assert parsed["To"].addresses[0].addr_spec == "c@d.example"
        assert parsed.get_body(("plain",)).get_content().startswith("Hello C")
