"""Serve the app: on this machine (``run``) or in production (``serve``)."""

import typer


def register(root: typer.Typer) -> None:
    """Add ``serve``."""
    root.command()(serve)


def serve() -> None:
    """Serve the app."""


def run() -> None:
    """Serve on this machine, with a demonstration while there is no data."""
