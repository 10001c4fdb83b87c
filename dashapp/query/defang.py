"""Indicators made harmless for showing, and the harmless forms people paste turned back."""

import re

_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|[\[({]dot[\])}]", re.IGNORECASE)
_AT = re.compile(r"\[@\]|\(@\)|\{@\}|[\[({]at[\])}]", re.IGNORECASE)
_COLON = re.compile(r"\[:\]|\(:\)|\{:\}")
_SLASHES = re.compile(r"\[(:?)//\]")
_SLASH = re.compile(r"\[/\]")
_SCHEME = re.compile(r"^(?:hxxp|h\*\*p|htxp|httx)(s?)(?=:)", re.IGNORECASE)
_FTP = re.compile(r"^fxp(?=:)", re.IGNORECASE)
_PAIRS = ((r"\[", r"\]"), (r"\(", r"\)"), (r"\{", r"\}"))
# What the lexer must not take for a bracket of the grammar: pairs, or the end of a list would be the second of one.
BRACKETED = re.compile("|".join(rf"{left}(?:\.|dot|@|at|:){right}" for left, right in _PAIRS), re.IGNORECASE)


def refang(text: str) -> str:
    """Undo the usual ways of making an address, URL or host harmless; other text comes back as it was.

    ``hxxps://evil[.]example`` gives ``https://evil.example``, ``user[at]evil(dot)example`` gives
    ``user@evil.example``.
    """
    text = _SLASH.sub("/", _SLASHES.sub(r"\1//", text))
    text = _AT.sub("@", _DOT.sub(".", _COLON.sub(":", text)))
    return _FTP.sub("ftp", _SCHEME.sub(r"http\1", text))


def defang(text: str) -> str:
    """Write a URL, address or host so that no program takes it for one that can be opened.

    ``https://evil.example/a.html`` gives ``hxxps://evil[.]example/a.html``. ``refang`` undoes it.
    """
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "", text
    host, slash, path = rest.partition("/")
    safe_host = host.replace("@", "[@]").replace(".", "[.]")
    safe_scheme = re.sub("^http", "hxxp", re.sub("^ftp", "fxp", scheme, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return f"{safe_scheme}{separator}{safe_host}{slash}{path}"
