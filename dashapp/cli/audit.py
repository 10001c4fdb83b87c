"""``audit verify``: is the record of who did what still whole?"""

from typing import Annotated

import typer

from dashapp.cli.records import open_records


def register(root: typer.Typer) -> None:
    """Add the ``audit`` group."""
    group = typer.Typer(no_args_is_help=True, help="The record of who did what.")
    group.callback()(_group)
    group.command()(verify)
    root.add_typer(group, name="audit")


def verify(
    demo: Annotated[bool, typer.Option("--demo", help="That of the demonstration.")] = False,
) -> None:
    """Recompute the chain and compare it with the exported heads; exit code 1 if something is wrong."""
    with open_records(demo=demo) as (storage, _), storage.read() as connection:
        verdict = storage.audit.verify(connection)
    for problem in verdict.problems:
        typer.echo(problem)
    if verdict.problems:
        typer.echo(f"{verdict.rows} rows read: the record is NOT whole.")
        raise typer.Exit(1)
    typer.echo(f"{verdict.rows} rows read: the record is whole.")


def _group() -> None:
    """Keep the command's name although the group has only one."""
