"""Conditions made from values that were seen."""

import pytest

from dashapp.query.conditions import having
from dashapp.query.fields import FIELDS
from dashapp.query.printing import to_text


@pytest.mark.parametrize(
    ("field", "values", "texts"),
    [
        ("SenderFromDomain", ["a.example"], ['SenderFromDomain:"a.example"']),
        ("SenderFromDomain", ["*"], ['SenderFromDomain:"*"']),
        ("Subject", ['say "hi"'], ['Subject="say \\"hi\\""']),
        ("ThreatTypes", ["Phish", "Malware", "Phish"], ['ThreatTypes:"Phish"', 'ThreatTypes:"Malware"']),
        ("ThreatFamily", [], ["NOT ThreatFamily:*"]),
    ],
)
def test_terms_find_exactly_what_has_the_values(field: str, values: list[str], texts: list[str]) -> None:
    assert [to_text(node) for node in having(FIELDS[field], values)] == texts
