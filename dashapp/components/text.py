"""What an attacker wrote, made safe to show: marks for the invisible, defanged links, chart labels, checked hrefs.

The lake keeps the raw text; these functions run where it is displayed.
"""

import re
import unicodedata
from html import escape
from urllib.parse import urlsplit

SHOWN_LENGTH = 500
LABEL_LENGTH = 60
_SAFE_SCHEMES = {"http", "https", "mailto"}
_URL_SCHEME = re.compile(r"\b(h)(tt)(ps?)(://)", re.IGNORECASE)
_HOST_DOT = re.compile(r"(?<=[\w\]])\.(?=[\w\[])")
_VISIBLE_SPACES = {" ", "\n", "\t"}


def visible(text: str, *, most: int = SHOWN_LENGTH) -> str:
    """``text`` with every control, bidirectional, zero-width and tag character written out, such as ``⟦U+202E⟧``.

    Args:
        text: As stored.
        most: Characters of ``text`` that are shown; a cut is shown as ``…``.
    """
    return "".join(_mark(character) for character in text[:most]) + ("…" if len(text) > most else "")


def _mark(character: str) -> str:
    if character in _VISIBLE_SPACES:
        return " " if character != " " else character
    if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}:
        return f"⟦U+{ord(character):04X}⟧"
    return character


def plot_text(text: str) -> str:
    """``text`` as a Plotly label: no markup, no template, one line, at most 60 characters.

    Plotly turns ``<a href>`` in labels into live links and expands ``%{…}``, so both are broken here.
    """
    cleaned = " ".join(visible(text, most=LABEL_LENGTH).split())
    return escape(cleaned, quote=False).replace("%{", "%&#123;")


def defang(address: str) -> str:
    """A URL or host nobody can click: ``https://evil.example/x.html`` becomes ``hxxps://evil[.]example/x.html``."""
    shown = _URL_SCHEME.sub(lambda found: f"{found[1]}xx{found[3]}{found[4]}", visible(address))
    head, separator, rest = shown.rpartition("://") if "://" in shown else ("", "", shown)
    host, slash, path = rest.partition("/")
    return f"{head}{separator}{_HOST_DOT.sub('[.]', host)}{slash}{path}"


def safe_href(target: str) -> str | None:
    """``target`` if a browser may follow it, else None: http, https, mailto, or a path inside this site.

    Refused are other schemes, ``//host``, backslashes and control characters, which browsers read generously.
    """
    if any(unicodedata.category(character) in {"Cc", "Cf"} or character == "\\" for character in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme:
        return target if parts.scheme.lower() in _SAFE_SCHEMES else None
    return None if parts.netloc or target != target.strip() or ":" in target.partition("/")[0] else target
