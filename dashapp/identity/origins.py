"""Whether a request was meant by the person whose cookie it carries, and where it may send them next."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Request

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
CSRF_COOKIE = "_csrf_token"  # Dash's renderer sends this cookie's value …
CSRF_HEADER = "X-CSRFToken"  # … in this header; both are the defaults of Dash(csrf_token_name=, csrf_header_name=)
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfTokens:
    """Tokens that only a page of ours can send: bound to the session, or before sign-in to a cookie of its own.

    Args:
        secret: The app's secret key; the tokens' own key is derived from it.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"threatboard csrf 1", "sha256")

    def of_session(self, cookie: str) -> str:
        """The token of the session that ``cookie`` opens."""
        return self._mac(f"session {cookie}")

    def anonymous(self) -> str:
        """A new token for somebody who has not signed in."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._mac(f'nonce {nonce}')}"

    def is_anonymous(self, token: str) -> bool:
        """Whether ``token`` came from ``anonymous``."""
        nonce, _, mac = token.partition(".")
        return hmac.compare_digest(mac.encode(), self._mac(f"nonce {nonce}").encode())

    def accepts(self, request: Request, session_cookie: str | None) -> bool:
        """Whether ``request`` carries the right token in its header or form."""
        sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
        if session_cookie is not None:
            return hmac.compare_digest(sent.encode(), self.of_session(session_cookie).encode())
        return sent == request.cookies.get(CSRF_COOKIE) and self.is_anonymous(sent)

    def _mac(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser says that a page of ours sent ``request``; silence counts as no.

    ``Sec-Fetch-Site`` decides where a browser sends it, because no page can forge it and a proxy that hides the
    address cannot upset it; otherwise ``Origin`` must be ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    ours = {f"{request.scheme}://{request.host}"} | ({origin_of(public_url)} if public_url else set())
    return request.headers.get("Origin") in ours


def origin_of(url: str) -> str:
    """Scheme, host and port of ``url``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host_name(host: str) -> str:
    """The name in a ``Host`` header, without port."""
    return host_name_of(f"//{host}")


def host_name_of(url: str) -> str:
    """The host's name in ``url``; empty if it has none or is no URL."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def safe_next(wanted: str | None, home: str) -> str:
    """``wanted`` if it is a path on this server, else ``home``.

    Browsers drop tabs and line ends and read a backslash as a slash, so none of those may be in it.
    """
    text = wanted or ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or len(text) > 4000:
        return home
    if any(letter < " " or letter == "\x7f" for letter in text):
        return home
    parts = urlsplit(text)
    return home if parts.scheme or parts.netloc else text
