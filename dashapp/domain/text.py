"""What an attacker wrote, made honest to show: marks for the invisible, labels a chart cannot turn into links.

The lake keeps the raw text; only what is displayed passes through here.
"""

import unicodedata
from html import escape

SHOWN_LENGTH = 500
LABEL_LENGTH = 60
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # control, direction, zero-width, tags, private, separators


def visible(text: str, *, most: int = SHOWN_LENGTH) -> str:
    """``text`` with every control, bidirectional, zero-width and tag character written out, such as ``⟦U+202E⟧``.

    Args:
        text: As stored.
        most: Characters of ``text`` that are shown; a cut is shown as ``…``.
    """
    return "".join(_mark(character) for character in text[:most]) + ("…" if len(text) > most else "")


def _mark(character: str) -> str:
    if character in {"\n", "\t"}:
        return " "
    return f"⟦U+{ord(character):04X}⟧" if unicodedata.category(character) in _HIDDEN else character


def plot_text(text: str) -> str:
    """``text`` as a Plotly label: no markup, no template, one line, at most 60 characters.

    Plotly turns ``<a href>`` in labels into live links and expands ``%{…}``, so both are broken here.
    """
    cleaned = " ".join(visible(text, most=LABEL_LENGTH).split())
    return escape(cleaned, quote=False).replace("%{", "%&#123;")
