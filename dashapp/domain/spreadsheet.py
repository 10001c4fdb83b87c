"""Text that a spreadsheet cannot take for a formula, and the way back."""

import re

# Spelt out, because "white space" is not the same everywhere this pattern is read.
_SPACES = " \t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# What Excel, LibreOffice and Sheets start a formula with, also behind spaces and in full width.
FORMULA_START = f"'*(?:[\t\r\n]|[{_SPACES}]*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""The beginning of such a text, as Python and RE2 both read it."""
_START = re.compile(FORMULA_START)


def formula_proof(text: str) -> str:
    """``text`` with a leading apostrophe if a spreadsheet might run it.

    Text that has such an apostrophe already gets another, so that ``formula_restored`` gives every text back.
    """
    return f"'{text}" if _START.match(text) else text


def formula_restored(text: str) -> str:
    """What ``formula_proof`` was given."""
    return text[1:] if text.startswith("'") and _START.match(text) else text
