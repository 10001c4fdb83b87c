"""Making what an attacker wrote safe and honest to show; storage keeps the raw text."""

import re
import unicodedata

LONGEST_LABEL = 60
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # control, bidi, zero-width, private, separators


def plot_text(value: str, limit: int = LONGEST_LABEL) -> str:
    """``value`` as a label of a Plotly figure, where ``<a>`` would be a live link and ``%{`` a template.

    Line breaks become spaces, invisible and direction-changing characters are dropped, long text is cut.
    """
    plain = one_line(value, limit).replace("%{", "% {")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(value: str, limit: int = LONGEST_LABEL) -> str:
    """``value`` on one line, without characters that hide or reorder text, at most ``limit`` long."""
    spaced = re.sub(r"\s+", " ", value)
    seen = "".join(character for character in spaced if unicodedata.category(character) not in _INVISIBLE).strip()
    return seen if len(seen) <= limit else seen[: limit - 1].rstrip() + "…"
