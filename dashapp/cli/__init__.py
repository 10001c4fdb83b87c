"""``python -m dashapp …``: one module per group of commands, thin over the services.

Each module defines ``register(root)``, which adds its commands. Only the module of the command that was asked for is
imported, so that ``user add`` does not wait for Dash.
"""

import importlib
import os
import sys

import typer

from dashapp.settings import SettingsError

COMMANDS = {  # first word of the command -> module that registers it; one line each, in the order of the help
    "serve": "dashapp.cli.serve",
    "worker": "dashapp.cli.worker",
    "ingest": "dashapp.cli.ingest",
    "demo": "dashapp.cli.demo",
    "lake": "dashapp.cli.lake",
    "user": "dashapp.cli.user",
    "audit": "dashapp.cli.audit",
    "query": "dashapp.cli.query",
}


def build(first_word: str | None = None) -> typer.Typer:
    """The command tree: whole, or only the branch that starts with ``first_word``."""
    root = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
    root.callback(help="Threatboard: threat investigation and response for an organisation's email.")(_nothing)
    wanted = [first_word] if first_word in COMMANDS else list(COMMANDS)
    for module in dict.fromkeys(COMMANDS[word] for word in wanted):
        importlib.import_module(module).register(root)
    return root


def main() -> None:
    """Run the command of this process; a wrong setting is one line on standard error and exit code 2."""
    keep_files_private()
    try:
        build(sys.argv[1] if len(sys.argv) > 1 else None)()
    except SettingsError as error:
        typer.echo(f"threatboard: {error}", err=True)
        raise SystemExit(2) from None


def keep_files_private() -> None:
    """What this process creates only its own user may read: people's mail, password hashes, the record of who did what.

    SQLite and Delta make files as the umask says; there is no other way to tell them.
    """
    os.umask(0o077)


def _nothing() -> None:
    """Typer keeps command names, even when there is one command, if the root has a callback."""
