"""Serve the app: on this machine (``run``) or in production (``serve``)."""


def run() -> None:
    """Serve on this machine, with a demonstration while there is no data."""
