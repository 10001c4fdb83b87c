"""The page on the filter language tells of every field and shows only what works."""

import re
from pathlib import Path

import pytest

from dashapp.query import limits
from dashapp.query.fields import FIELDS, Field
from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from dashapp.query.subjects import CLICKS, DOCUMENTS, REPORTS, Subject

PAGE = (Path(__file__).parents[2] / "docs/filters.md").read_text()
EXAMPLES = re.findall(r"^\| `([^`]+)` \| [^`|]", PAGE.split("## Fields")[0], re.MULTILINE)


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_field_is_described(field: Field):
    names = ", ".join(f"`{alias}`" for alias in field.aliases)
    assert f"| `{field.name}` | {names} | {field.kind} | {field.help} |" in PAGE


@pytest.mark.parametrize("subject", [CLICKS, REPORTS, DOCUMENTS], ids=repr)
def test_every_field_of_other_rows_is_described(subject: Subject):
    for name, field in subject.own.items():
        described = (
            f"| `{name}` | {field.kind} | {field.help} |" if name == field.name else f"`{name}` means `{field.name}`"
        )
        assert described in PAGE


def test_no_other_field_is_described():
    assert set(re.findall(r"^\| `(\w+)` \| .* \| .* \| .* \|$", PAGE, re.MULTILINE)) == set(FIELDS)


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_work(text: str):
    node = parse(text)
    assert parse(to_text(node)) == node


def test_the_examples_are_there_and_the_limits_are_right():
    assert len(EXAMPLES) > 10
    for number in (limits.MOST_CHARACTERS, limits.MOST_DEPTH, limits.MOST_TERMS, limits.MOST_VALUES):
        assert f"{number:,}" in PAGE
