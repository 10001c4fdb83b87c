"""What an attacker wrote, made safe to show: marks for the invisible, defanged links, chart labels, checked hrefs.

The lake keeps the raw text; these functions run where it is displayed.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from dashapp.domain.text import plot_text, visible

__all__ = ["defang", "plot_text", "safe_href", "visible"]

_SAFE_SCHEMES = {"http", "https", "mailto"}
_URL_SCHEME = re.compile(r"\b(h)(tt)(ps?)(://)", re.IGNORECASE)
_HOST_DOT = re.compile(r"(?<=[\w\]])\.(?=[\w\[])")


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
