"""``user add|disable|enable|grant|revoke|reset|list``: accounts, by whoever may read the secret key on this machine."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashapp.cli.records import open_records
from dashapp.identity.accounts import AccountError, Accounts
from dashapp.identity.passwords import WeakPassword
from dashapp.identity.permissions import ROLE_NAMES, Actor, Role

Login = Annotated[str, typer.Argument(help="Login name, such as ana@example.com.")]
Roles = Annotated[list[Role], typer.Argument(help=", ".join(f"{role}: {name}" for role, name in ROLE_NAMES.items()))]
Demo = Annotated[bool, typer.Option("--demo", help="The accounts of the demonstration.")]


def register(root: typer.Typer) -> None:
    """Add the ``user`` group."""
    group = typer.Typer(no_args_is_help=True, help="Accounts and their roles.")
    commands: list[Callable[..., None]] = [add, disable, enable, grant, revoke, reset]
    for command in commands:
        group.command()(command)
    group.command("list")(list_users)
    root.add_typer(group, name="user")


def command_line_actor() -> Actor:
    """The operating-system user, who may do what a Global Administrator may: they hold the key of everything."""
    name = getpass.getuser()
    return Actor(f"os:{name}", f"{name} (command line)", frozenset({Role.GLOBAL_ADMINISTRATOR}))


def add(
    login: Login,
    role: Annotated[list[Role], typer.Option("--role", help="May be given several times.")],
    name: Annotated[str, typer.Option(help="Name shown to others; the login if left out.")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
    demo: Demo = False,
) -> None:
    """Create an account and print its password."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    with _accounts(demo=demo) as accounts:
        user, chosen = accounts.add(
            command_line_actor(), login=login, display_name=name or login, roles=role, password=password
        )
    typer.echo(f"{user.login} may sign in" + ("." if ask else f" with this password, shown once: {chosen}"))


def disable(login: Login, demo: Demo = False) -> None:
    """Close an account and end its sessions."""
    with _accounts(demo=demo) as accounts:
        accounts.set_disabled(command_line_actor(), login, disabled=True)
    typer.echo(f"{login} may not sign in any more.")


def enable(login: Login, demo: Demo = False) -> None:
    """Open a closed account again."""
    with _accounts(demo=demo) as accounts:
        accounts.set_disabled(command_line_actor(), login, disabled=False)
    typer.echo(f"{login} may sign in again.")


def grant(login: Login, roles: Roles, demo: Demo = False) -> None:
    """Give roles; the user signs in again."""
    with _accounts(demo=demo) as accounts:
        held = accounts.set_roles(command_line_actor(), login, grant=roles).roles
    typer.echo(f"{login} has now: {_names(held)}.")


def revoke(login: Login, roles: Roles, demo: Demo = False) -> None:
    """Take roles away; the user signs in again."""
    with _accounts(demo=demo) as accounts:
        held = accounts.set_roles(command_line_actor(), login, revoke=roles).roles
    typer.echo(f"{login} has now: {_names(held)}.")


def reset(login: Login, demo: Demo = False) -> None:
    """Give an account a new random password, print it, and end its sessions."""
    with _accounts(demo=demo) as accounts:
        chosen = accounts.reset_password(command_line_actor(), login)
    typer.echo(f"{login} may sign in with this password, shown once: {chosen}")


def list_users(demo: Demo = False) -> None:
    """Show every account."""
    with _accounts(demo=demo) as accounts:
        found = accounts.every(command_line_actor())
    table = Table("Login", "Name", "Roles", "State", "Password set")
    for user in found:
        changed = f"{user.password_changed:%Y-%m-%d}" if user.password_changed else "never"
        state = "disabled" if user.disabled else "active"
        table.add_row(user.login, user.display_name, _names(user.roles), state, changed)
    Console().print(table)


@contextmanager
def _accounts(*, demo: bool) -> Iterator[Accounts]:
    with open_records(demo=demo) as (storage, settings):
        try:
            yield Accounts(storage, settings)
        except (AccountError, WeakPassword) as error:
            typer.echo(f"threatboard: {error}", err=True)
            raise typer.Exit(1) from None


def _names(roles: frozenset[Role]) -> str:
    return ", ".join(ROLE_NAMES[role] for role in Role if role in roles) or "no role"
