"""Addresses inside the app, right under any sub-path."""

from urllib.parse import urlencode

from flask import request


def href(path: str, **parameters: str) -> str:
    """The address of ``path`` (from the app's root, such as ``/explorer``) with a query string in stable order.

    Only inside a request: a proxy may have mounted the app under a prefix.
    """
    query = urlencode(sorted((name, value) for name, value in parameters.items() if value))
    return f"{request.script_root}{path}{'?' + query if query else ''}"
