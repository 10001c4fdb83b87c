"""Messages explained in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashapp.domain.verdict_words import TECHNOLOGIES, Case, Step, explain
from dashapp.query.fields.message import TECHNOLOGIES as KNOWN

RECEIVED = datetime(2026, 3, 1, 10, tzinfo=UTC)
PHISH = Case(
    threat="Phish",
    technologies=("URL detonation",),
    confidence="High",
    delivery="Blocked",
    location="Quarantine",
    direction="Inbound",
    received=RECEIVED,
)
DELIVERED = replace(PHISH, delivery="Delivered", location="Inbox/folder")


def zap(*, hours: float = 2, result: str = "Success", to: str = "Quarantine") -> Step:
    return Step(RECEIVED + timedelta(hours=hours), "Phish ZAP", f"Moved to {to.lower()}", result, to)


def words(case: Case) -> str:
    return " ".join(explain(case).sentences)


def test_every_technology_has_words() -> None:
    assert set(TECHNOLOGIES) == set(KNOWN)


def test_a_blocked_phish_says_how_it_was_found_and_where_it_is() -> None:
    told = explain(PHISH)

    assert told.title == "Blocked as phishing"
    assert told.tone == "good"
    assert told.sentences == (
        "It was judged phishing (high confidence): a link was opened in a sandbox and led to something harmful "
        "(URL detonation).",
        "It was kept from the recipient's mailbox and put into quarantine.",
    )


@pytest.mark.parametrize("technology", sorted(TECHNOLOGIES))
def test_each_technology_is_explained_and_named(technology: str) -> None:
    said = words(replace(PHISH, technologies=(technology,)))

    assert TECHNOLOGIES[technology] in said
    assert f"({technology})" in said


def test_every_technology_of_a_message_is_told() -> None:
    said = words(replace(PHISH, technologies=("Spoof DMARC", "File detonation")))

    assert said.index("Spoof DMARC") < said.index("Also: an attachment was opened in a sandbox")


def test_an_unknown_technology_keeps_its_name() -> None:
    assert "found by Quantum filter" in words(replace(PHISH, technologies=("Quantum filter",)))


def test_a_missing_technology_is_said_to_be_missing() -> None:
    assert "which technology found it is not in this data" in words(replace(PHISH, technologies=()))


@pytest.mark.parametrize(
    ("case", "title", "tone"),
    [
        (Case(), "No verdict in this data", "quiet"),
        (Case(delivery="Delivered"), "Delivered, no verdict in this data", "quiet"),
        (Case(threat="None", delivery="Delivered"), "No threat found, delivered", "quiet"),
        (Case(threat="None"), "No threat found", "quiet"),
        (Case(threat="Malware"), "Malware", "quiet"),
        (
            Case(threat="Spam", delivery="Delivered to junk", location="Junk folder"),
            "Delivered to junk as spam",
            "quiet",
        ),
        (
            Case(threat="Phish", delivery="Delivered to junk", location="Junk folder"),
            "Delivered to junk as phishing",
            "warn",
        ),
        (Case(threat="Malware", delivery="Replaced"), "Delivered without its attachment, which was malware", "good"),
        (Case(threat="Malware", delivery="Delivered"), "Malware that was delivered", "bad"),
        (Case(threat="Wurm", delivery="Blocked"), "Blocked as wurm", "good"),
        (DELIVERED, "Phishing that was delivered", "bad"),
        (replace(DELIVERED, steps=(zap(),)), "Phishing that was delivered, later removed", "warn"),
        (replace(DELIVERED, steps=(zap(result="Error"),)), "Phishing that was delivered, could not be removed", "bad"),
        (replace(DELIVERED, steps=(zap(),), clicks=1, through=1), "Phishing that was delivered, later removed", "bad"),
        (replace(PHISH, steps=(zap(to="Inbox/folder"),)), "Blocked as phishing, later released", "bad"),
        (replace(DELIVERED, simulation=True), "Phishing that was delivered", "quiet"),
    ],
)
def test_title_and_tone(case: Case, title: str, tone: str) -> None:
    told = explain(case)

    assert (told.title, told.tone) == (title, tone)


def test_no_verdict_is_not_innocence() -> None:
    assert "nothing is known about whether it was a threat" in words(Case(delivery="Delivered"))
    assert "No filter found a threat" in words(Case(threat="None"))


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("Quarantine", "kept from the recipient's mailbox and put into quarantine."),
        ("Dropped", "never reached the recipient's mailbox: it was dropped."),
        ("Failed", "never reached the recipient's mailbox: it could not be delivered."),
        ("Vault 7", "put into Vault 7."),
        (None, "It was kept from the recipient's mailbox."),
    ],
)
def test_where_a_blocked_message_went(location: str | None, said: str) -> None:
    assert said in words(replace(PHISH, location=location))


@pytest.mark.parametrize(
    ("delivery", "location", "said"),
    [
        ("Delivered", "Inbox/folder", "It was delivered to the inbox."),
        ("Delivered", None, "It was delivered."),
        ("Delivered to junk", "Junk folder", "It was delivered to the junk folder."),
        ("Replaced", "Inbox/folder", "a note in place of the attachment."),
        (None, None, "What happened at delivery is not in this data."),
        (None, "Quarantine", "It was put into quarantine."),
    ],
)
def test_what_happened_at_delivery(delivery: str | None, location: str | None, said: str) -> None:
    assert said in words(replace(PHISH, delivery=delivery, location=location))


def test_an_override_that_let_a_threat_in_is_named() -> None:
    case = replace(DELIVERED, override="Allowed by organization policy", override_source="Exchange transport rule")

    assert (
        "A setting of the organisation (Exchange transport rule) let it pass although it was judged phishing."
        in words(case)
    )


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("Allowed by user policy", "A setting of the recipient let it pass, whatever the filters said."),
        ("Blocked by user policy", "A setting of the recipient held it back, whatever the filters said."),
        ("None", ""),
        (None, ""),
    ],
)
def test_overrides_of_harmless_mail(override: str | None, said: str) -> None:
    told = words(Case(threat="None", delivery="Delivered", override=override))

    assert said in told
    assert ("A setting" in told) is bool(said)


def test_what_was_done_later_is_told_in_order_with_its_delay() -> None:
    manual = Step(RECEIVED + timedelta(days=3), "Manual remediation", "Hard deleted", "AdminPolicy", "Deleted items")
    case = replace(DELIVERED, steps=(zap(result="Error"), manual))

    said = words(case)
    assert "Zero-hour purge tried to act 2 hours later and did not succeed (result: Error)" in said
    assert "An administrator hard-deleted it 3 days later." in said
    assert said.index("Zero-hour") < said.index("administrator")


def test_an_action_of_an_unknown_kind_keeps_its_name() -> None:
    step = Step(RECEIVED + timedelta(seconds=10), "Reprocessed", None, "Success", None)

    assert "Reprocessed acted within a minute." in words(replace(DELIVERED, steps=(step,)))


@pytest.mark.parametrize(
    ("clicks", "through", "said"),
    [
        (1, 0, "clicked a link in it once; the link was not opened."),
        (1, 1, "clicked a link in it once; the click reached the link."),
        (3, 2, "clicked a link in it 3 times; 2 of the clicks reached the link."),
    ],
)
def test_clicks(clicks: int, through: int, said: str) -> None:
    assert said in words(replace(DELIVERED, clicks=clicks, through=through))


@pytest.mark.parametrize(("reports", "said"), [(1, "reported once."), (4, "reported 4 times.")])
def test_reports(reports: int, said: str) -> None:
    assert said in words(replace(DELIVERED, reports=reports))


def test_a_simulation_says_so_first() -> None:
    assert (
        explain(replace(DELIVERED, simulation=True))
        .sentences[0]
        .startswith("This is a message of the organisation's own")
    )


def test_where_it_is_now_is_the_last_that_worked() -> None:
    assert replace(DELIVERED, steps=(zap(), zap(result="Error", to="Deleted items"))).place == "Quarantine"
    assert replace(DELIVERED, latest="Quarantine").place == "Quarantine"
    assert DELIVERED.place == "Inbox/folder"
