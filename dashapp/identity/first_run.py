"""The first account of an installation, and the accounts of the demonstration."""

import secrets

from dashapp.identity.accounts import Accounts
from dashapp.identity.permissions import ROLE_NAMES, Actor, Role
from dashapp.identity.sign_ins import Caller, SignIns, utc_now
from dashapp.identity.throttling import Attempt, address_limit, reserve
from dashapp.settings import Settings
from dashapp.storage import Storage, setup_tokens, users
from dashapp.storage.users import User

SETUP = Actor("setup", "first-run setup", frozenset())
DEMO_DOMAIN = "demo.example"
DEMO_ROLES: dict[str, tuple[Role, ...]] = {  # login before the @ -> roles
    "admin": (Role.GLOBAL_ADMINISTRATOR,),
    "security": (Role.SECURITY_ADMINISTRATOR,),
    "reader": (Role.SECURITY_READER,),
    "executive": (Role.EXECUTIVE,),
    "purge": (Role.SEARCH_AND_PURGE,),
    "preview": (Role.PREVIEW,),
    "admin-purge": (Role.GLOBAL_ADMINISTRATOR, Role.SEARCH_AND_PURGE),
    "security-purge": (Role.SECURITY_ADMINISTRATOR, Role.SEARCH_AND_PURGE),
}


class WrongToken(Exception):
    """The setup token is not the one that was printed, was used, or there is an account already."""


def first_run_token(storage: Storage) -> str | None:
    """A new one-time token for the ``/setup`` page, to be printed; None once there is an account.

    Each call replaces the token of the one before.
    """
    with storage.write() as connection:
        if users.any_exist(connection):
            return None
        token = secrets.token_urlsafe(24)
        setup_tokens.replace(connection, token, utc_now())
    return token


def create_first_administrator(accounts: Accounts, token: str, *, login: str, display_name: str, password: str) -> User:
    """Use up ``token`` and create a Global Administrator.

    Raises:
        WrongToken: It is not valid.
        AccountError: The login cannot be used; the token stays valid.
        WeakPassword: The password is not accepted; the token stays valid.
    """
    with accounts.storage.write() as connection:
        if users.any_exist(connection) or not setup_tokens.consume(connection, token):
            raise WrongToken
        user, _ = accounts.insert(
            connection,
            SETUP,
            login=login,
            display_name=display_name,
            roles=[Role.GLOBAL_ADMINISTRATOR],
            password=password,
        )
    return user


def reserve_attempt(sign_ins: SignIns, caller: Caller) -> None:
    """Count an attempt at the token before it is made.

    Raises:
        TooManyAttempts: The address must wait; the token was not looked at.
    """
    attempt = Attempt(SETUP, "setup.throttle", "setup:token")
    reserve(sign_ins.storage, [address_limit(caller.ip)], sign_ins.clock(), attempt)


def record_wrong_token(storage: Storage) -> None:
    """Keep that somebody tried a token that is not valid, without the token."""
    with storage.write() as connection:
        storage.audit.record(connection, SETUP, "setup.refuse", "setup:token", {"reason": "wrong"})


def create_demo_accounts(storage: Storage, settings: Settings) -> list[tuple[str, str, tuple[Role, ...]]]:
    """Create the accounts of the demonstration that are missing.

    Returns:
        Login, password and roles of each one created: this is the only time the password is known.
    """
    accounts, created = Accounts(storage, settings), []
    for name, roles in DEMO_ROLES.items():
        login = f"{name}@{DEMO_DOMAIN}"
        label = " + ".join(ROLE_NAMES[role] for role in roles)
        with storage.write() as connection:
            if users.by_login(connection, login) is None:
                _, password = accounts.insert(
                    connection, SETUP, login=login, display_name=f"Demo {label}", roles=roles, demo=True
                )
                created.append((login, password, roles))
    return created
