"""Serve the app: on this machine (``run``) or in production (``serve``)."""

import multiprocessing
from typing import Annotated

import typer

from dashapp.cli import keep_files_private
from dashapp.identity.permissions import ROLE_NAMES
from dashapp.launch import Launch, ensure_port_free, plan_launch
from dashapp.logs import set_up_logs
from dashapp.private_files import tighten
from dashapp.settings import SettingsError, load_settings


def register(root: typer.Typer) -> None:
    """Add ``serve``."""
    root.command()(serve)


def serve(
    *,
    development: Annotated[bool, typer.Option(help="For trying it on this machine.")] = False,
    demo: Annotated[bool, typer.Option(help="Serve the demonstration (with --development).")] = False,
) -> None:
    """Serve the app with gunicorn: one process, many threads."""
    launch = plan_launch(load_settings(), development=development, demo=demo)
    set_up_logs(launch.settings.log_level, as_json=not development)
    ensure_port_free(launch.settings)
    if closed := tighten(launch.folder):
        typer.echo(f"{closed:,} files and folders of {launch.folder} are closed to other users of this machine now.")
    announce_accounts(launch)
    if launch.demo:
        _prepare_demo(launch)
    from dashapp.wsgi import serve_forever  # after the checks: it loads gunicorn

    serve_forever(launch)


def run() -> None:
    """What ``python app.py`` does: serve on this machine, with the demonstration while there is no data."""
    keep_files_private()
    try:
        serve(development=True)
    except SettingsError as error:
        typer.echo(f"threatboard: {error}", err=True)
        raise SystemExit(2) from None


def announce_accounts(launch: Launch) -> None:
    """Make what is missing to sign in, and print it: the demonstration's accounts, or the one-time set-up token.

    Raises:
        SettingsError: The database cannot be used.
    """
    from dashapp.identity.first_run import create_demo_accounts, first_run_token
    from dashapp.storage import StorageError, open_storage

    try:
        storage = open_storage(launch.settings, launch.folder)
    except StorageError as error:
        raise SettingsError(str(error).splitlines()[0]) from error
    try:
        if launch.demo:
            created = create_demo_accounts(storage, launch.settings)
            if created:
                typer.echo("Demo accounts (shown once; the sign-in page also has a button for each):")
            for login, password, roles in created:
                typer.echo(f"  {login:<28} {password}   {' + '.join(ROLE_NAMES[role] for role in roles)}")
        elif token := first_run_token(storage):
            typer.echo(f"No account yet. Open {launch.address}/setup and use this one-time token: {token}")
    finally:
        storage.close()


def _prepare_demo(launch: Launch) -> None:
    """Make the demonstration's lake if it is missing, in a process of its own: gunicorn must fork without threads."""
    from dashapp.launch import has_data

    if has_data(launch.folder):
        return
    typer.echo("Making the demonstration's data: 90 days of mail of an invented company.")
    child = multiprocessing.get_context("spawn").Process(target=_build_demo, args=(launch,))
    child.start()
    child.join()
    if child.exitcode:
        raise SettingsError(f"the demonstration could not be made in {launch.folder}")


def _build_demo(launch: Launch) -> None:
    from dashapp.demo.lake import bring_up_to_date

    bring_up_to_date(launch.folder, launch.settings)
