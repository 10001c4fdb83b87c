"""``worker``: run the jobs in a process of their own, beside a web process that has THREATBOARD_JOBS=worker."""

import signal
import threading
from typing import Annotated

import typer

from dashapp.launch import plan_launch
from dashapp.logs import set_up_logs
from dashapp.settings import SettingsError, load_settings


def register(root: typer.Typer) -> None:
    """Add ``worker``."""
    root.command()(worker)


def worker(
    *,
    development: Annotated[bool, typer.Option(help="For trying it on this machine.")] = False,
    demo: Annotated[bool, typer.Option(help="Work for the demonstration (with --development).")] = False,
) -> None:
    """Run the jobs until SIGTERM or Ctrl+C; those under way are finished first."""
    launch = plan_launch(load_settings(), development=development, demo=demo)
    set_up_logs(launch.settings.log_level, as_json=not development)
    from dashapp.assembly import assemble_jobs
    from dashapp.data.engine import open_engine
    from dashapp.data.lake import Lake, LakeError
    from dashapp.storage import StorageError, open_storage

    wanted = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wanted.set())
    try:
        storage = open_storage(launch.settings, launch.folder)
        engine = open_engine(Lake.open(launch.folder / "lake", codec=launch.settings.parquet_codec), launch.settings)
    except (StorageError, LakeError) as error:
        raise SettingsError(str(error).splitlines()[0]) from error
    jobs = assemble_jobs(launch, storage, engine)
    jobs.start()
    typer.echo("The job runner is at work.")
    wanted.wait()
    jobs.stop()
    engine.close()
    storage.close()
