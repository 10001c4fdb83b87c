"""Results of authentication in words."""

import pytest

from dashapp.domain.authentication_words import checks
from dashapp.ingest.normalise.verdicts import _RESULTS

NAMES = ("SPF", "DKIM", "DMARC", "Composite")
# schema.md §10
RESULTS = {
    "spf": ("Pass", "Fail", "SoftFail", "Neutral", "None", "PermError", "TempError"),
    "dkim": ("Pass", "Fail", "None", "Error", "Ignore", "Test", "Timeout"),
    "dmarc": ("Pass", "Fail", "BestGuessPass", "SelectorPass", "None", "PermError", "TempError"),
    "compauth": ("Pass", "Fail", "SoftPass", "None"),
}


@pytest.mark.parametrize(("name", "result"), [(name, one) for name, some in RESULTS.items() for one in some])
def test_every_result_has_words(name: str, result: str) -> None:
    found = next(one for one in checks(**{name: result}) if one.result)

    assert found.result == result
    assert "not known here" not in found.meaning
    assert found.meaning.endswith(".")
    assert found.meaning[0].isupper()


def test_all_four_are_told_in_order_and_missing_ones_are_not_invented() -> None:
    found = checks()

    assert tuple(one.name for one in found) == NAMES
    assert {(one.result, one.tone, one.meaning) for one in found} == {(None, "quiet", "Not in this data.")}


def test_an_unknown_result_is_shown_and_not_interpreted() -> None:
    found = checks(spf="Maybe")[0]

    assert (found.result, found.tone) == ("Maybe", "warn")
    assert "not known here" in found.meaning


def test_domains_are_named_where_they_are_known() -> None:
    found = checks(spf="Fail", dmarc="None", sender="bank[.]example", envelope="evil[.]example")

    assert "evil[.]example" in found[0].meaning
    assert "bank[.]example" in found[2].meaning
    assert "the sender's domain" in checks(dmarc="Fail")[2].meaning


def test_a_domain_is_text_not_a_pattern() -> None:
    assert "{envelope}" in checks(dmarc="None", sender="{envelope}", envelope="x")[2].meaning


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ('{"CompAuth":"fail reason=000"}', "Reason 000: DMARC failed"),
        ("compauth=fail reason=001", "Reason 001:"),
        ("compauth=pass reason=109", "Reason 109: DMARC or an equal check passed."),
        ("compauth=pass reason=555", "Reason 555."),
        ('{"CompAuth":"fail"}', ""),
        (None, ""),
    ],
)
def test_the_reason_of_the_composite_result(details: str | None, said: str) -> None:
    meaning = checks(compauth="Fail", details=details)[3].meaning

    assert said in meaning
    assert ("Reason" in meaning) is bool(said)


def test_ingest_spells_results_as_they_are_known_here() -> None:
    spelled = set(_RESULTS.values())

    assert {one for some in RESULTS.values() for one in some} <= spelled
