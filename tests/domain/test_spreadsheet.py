"""No text starts a formula, and every text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain.spreadsheet import formula_proof, formula_restored

DANGEROUS = (
    "=HYPERLINK(1)",
    "+1",
    "-2+3|x",
    "@SUM",
    "\t=1",
    "\rx",
    "\nx",
    "  =1",
    "\uff1d1",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "\u00a0=1",
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_formula_gets_an_apostrophe(text: str):
    assert formula_proof(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'quoted'", ";=1", "a@b.example", "invoice"])
def test_plain_text_stays(text: str):
    assert formula_proof(text) == text


@given(st.text(alphabet="'=+-@ \t\r\n\uff1da1") | st.text())
def test_every_text_comes_back(text: str):
    assert formula_restored(formula_proof(text)) == text
    assert formula_proof(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
