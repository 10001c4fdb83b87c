"""Opening the database for a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError

from dashapp.identity.secret import with_local_secret
from dashapp.settings import Settings, load_settings
from dashapp.storage import Storage, StorageError, open_storage


@contextmanager
def open_records(*, demo: bool = False) -> Iterator[tuple[Storage, Settings]]:
    """The database of this installation, or of its demonstration; a failure is one line and exit code 2.

    The secret key is the setting, or the file that ``make run`` left in the data folder.
    """
    settings = load_settings()
    folder = settings.demo_dir if demo else settings.data_dir
    settings = with_local_secret(settings.model_copy(update={"data_dir": folder}), folder)
    try:
        storage = open_storage(settings)
    except StorageError as error:
        typer.echo(f"threatboard: {error}", err=True)
        raise typer.Exit(2) from None
    try:
        yield storage, settings
    except OperationalError as error:
        typer.echo(f"threatboard: the records cannot be written: {error.orig}", err=True)
        raise typer.Exit(2) from None
    finally:
        storage.close()
