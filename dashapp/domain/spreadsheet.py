"""Text that a spreadsheet cannot take for a formula, and the way back."""

import re

# What Excel, LibreOffice and Sheets start a formula with, also behind spaces and in full width.
_START = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def formula_proof(text: str) -> str:
    """``text`` with a leading apostrophe if a spreadsheet might run it.

    Text that has such an apostrophe already gets another, so that ``formula_restored`` gives every text back.
    """
    return f"'{text}" if _START.match(text) else text


def formula_restored(text: str) -> str:
    """What ``formula_proof`` was given."""
    return text[1:] if text.startswith("'") and _START.match(text) else text
