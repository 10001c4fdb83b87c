"""Accounts: what administrators do to them and what people do to their own. Every change is audited with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from dashapp.identity import passwords, throttling
from dashapp.identity.permissions import Actor, Permission, Role, ensure
from dashapp.identity.sign_ins import Clock, WrongCredentials, utc_now
from dashapp.settings import Settings
from dashapp.storage import Storage, sessions, users
from dashapp.storage.sessions import Session
from dashapp.storage.users import User

THEMES = ("auto", "light", "dark")


class AccountError(ValueError):
    """A change to an account is not possible; the message says why, to the person who asked."""


class Accounts:
    """Services over users.

    Args:
        storage: Where they are.
        settings: Default time zone, and the organisation's names, which are no good as passwords.
        clock: Tells the time, aware.
    """

    def __init__(self, storage: Storage, settings: Settings, clock: Clock = utc_now) -> None:
        self.storage = storage
        self.settings = settings
        self.clock = clock

    # what an administrator does

    def add(
        self,
        actor: Actor,
        *,
        login: str,
        display_name: str,
        roles: Iterable[Role],
        password: str | None = None,
        demo: bool = False,
    ) -> tuple[User, str]:
        """Create an account.

        Returns:
            The user, and the password: the given one, or a random one.

        Raises:
            PermissionDenied: The actor may not manage people.
            AccountError: The login is taken or empty.
            WeakPassword: The given password is not accepted.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        with self.storage.write() as connection:
            return self.insert(
                connection,
                actor,
                login=login,
                display_name=display_name,
                roles=roles,
                password=password,
                demo=demo,
            )

    def insert(
        self,
        connection: sa.Connection,
        actor: Actor,
        *,
        login: str,
        display_name: str,
        roles: Iterable[Role],
        password: str | None = None,
        demo: bool = False,
    ) -> tuple[User, str]:
        """``add`` inside a transaction, without the permission check: the first account has nobody to allow it."""
        name, held = users.normal_login(login), frozenset(roles)
        if not name or not login.strip().isprintable() or " " in name:
            raise AccountError("A login name is one word, such as a mail address.")
        if password is not None:
            passwords.ensure_strong(password, words=self._words(name, display_name))
        if users.by_login(connection, name):
            raise AccountError(f"There is an account {name} already.")
        chosen = password or passwords.random_password()
        user = users.add(
            connection,
            login=name,
            display_name=display_name.strip() or name,
            password_hash=passwords.hash_of(chosen),
            roles=held,
            time_zone=self.settings.time_zone,
            now=self.clock(),
            demo=demo,
        )
        detail = {"login": name, "roles": sorted(held), "demo": demo}
        self.storage.audit.record(connection, actor, "user.add", f"user:{user.id}", detail)
        return user, chosen

    def every(self, actor: Actor) -> list[User]:
        """All users by login.

        Raises:
            PermissionDenied: The actor may not manage people.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        with self.storage.read() as connection:
            return users.every(connection)

    def set_disabled(self, actor: Actor, login: str, *, disabled: bool) -> None:
        """Close or open an account; its sessions end.

        Raises:
            PermissionDenied: The actor may not manage people.
            AccountError: There is no such account, or it is the last administrator's.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        with self.storage.write() as connection:
            user = self._existing(connection, login)
            if disabled:
                self._ensure_administrator_remains(connection, without=user.id)
            users.change(connection, user.id, self.clock(), disabled=disabled)
            sessions.end(connection, user_id=user.id)
            action = "user.disable" if disabled else "user.enable"
            self.storage.audit.record(connection, actor, action, f"user:{user.id}")

    def set_roles(self, actor: Actor, login: str, *, grant: Sequence[Role] = (), revoke: Sequence[Role] = ()) -> User:
        """Give and take roles; the user's sessions end, so that the next one starts with the new rights.

        Raises:
            PermissionDenied: The actor may not manage people.
            AccountError: There is no such account, or the last administrator would be gone.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        with self.storage.write() as connection:
            user = self._existing(connection, login)
            after = (user.roles | set(grant)) - set(revoke)
            if Role.GLOBAL_ADMINISTRATOR in user.roles - after:
                self._ensure_administrator_remains(connection, without=user.id)
            if after != user.roles:
                users.set_roles(connection, user.id, after, self.clock())
                sessions.end(connection, user_id=user.id)
                detail = {"before": sorted(user.roles), "after": sorted(after)}
                self.storage.audit.record(connection, actor, "user.roles", f"user:{user.id}", detail)
            return self._existing(connection, login)

    def reset_password(self, actor: Actor, login: str) -> str:
        """Give the user a random password, which is returned once; their sessions end.

        Raises:
            PermissionDenied: The actor may not manage people.
            AccountError: There is no such account.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        chosen = passwords.random_password()
        with self.storage.write() as connection:
            user = self._existing(connection, login)
            self._store_password(connection, user, chosen)
            sessions.end(connection, user_id=user.id)
            self.storage.audit.record(connection, actor, "user.reset", f"user:{user.id}")
        return chosen

    def end_sessions(self, actor: Actor, login: str) -> int:
        """End every session of a user; returns how many.

        Raises:
            PermissionDenied: The actor may not manage people.
            AccountError: There is no such account.
        """
        ensure(actor, Permission.PEOPLE_MANAGE)
        with self.storage.write() as connection:
            user = self._existing(connection, login)
            ended = sessions.end(connection, user_id=user.id)
            self.storage.audit.record(connection, actor, "user.end_sessions", f"user:{user.id}", {"ended": ended})
        return ended

    # what people do to their own

    def own(self, actor: Actor) -> User:
        """The actor's own account.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
        """
        ensure(actor, Permission.ACCOUNT_OWN)
        with self.storage.read() as connection:
            return self._own(connection, actor)

    def change_password(self, actor: Actor, current: str, new: str, *, keep: str = "") -> None:
        """Replace the actor's password; their sessions end, but for the one whose ``id_hash`` is ``keep``.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
            TooManyAttempts: ``current`` was wrong too often.
            WrongCredentials: ``current`` is wrong.
            WeakPassword: ``new`` is not accepted.
        """
        user = self.own(actor)
        limit = throttling.account_limit(user.login)
        attempt = throttling.Attempt(actor, "account.throttle", f"user:{user.id}")
        throttling.reserve(self.storage, [limit], self.clock(), attempt)
        if not passwords.matches(user.password_hash, current):
            with self.storage.write() as connection:
                self.storage.audit.record(connection, actor, "account.refuse", f"user:{user.id}", {"reason": "wrong"})
            raise WrongCredentials
        throttling.forgive(self.storage, limit, limit, self.clock())
        passwords.ensure_strong(new, words=self._words(user.login, user.display_name))
        with self.storage.write() as connection:
            self._store_password(connection, user, new)
            sessions.end(connection, user_id=user.id, keep=keep)
            self.storage.audit.record(connection, actor, "account.password", f"user:{user.id}")

    def set_time_zone(self, actor: Actor, time_zone: str) -> None:
        """Set the zone the actor's times are shown in.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
            AccountError: There is no such zone.
        """
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise AccountError(f"There is no time zone {time_zone[:64]!r}.") from error
        self._set_own(actor, time_zone=time_zone)

    def set_theme(self, actor: Actor, theme: str) -> None:
        """Set light, dark or auto.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
            AccountError: There is no such theme.
        """
        if theme not in THEMES:
            raise AccountError(f"There is no theme {theme[:8]!r}.")
        self._set_own(actor, theme=theme)

    def set_look(self, actor: Actor, look: Mapping[str, Any]) -> None:
        """Remember how the actor likes lists: density and widths. That is no change worth a record.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
        """
        ensure(actor, Permission.ACCOUNT_OWN)
        with self.storage.write() as connection:
            users.change(connection, actor.user_id, self.clock(), look=json.dumps(look))

    def own_sessions(self, actor: Actor) -> list[Session]:
        """The actor's sessions, last seen first.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
        """
        ensure(actor, Permission.ACCOUNT_OWN)
        with self.storage.read() as connection:
            return sessions.of_user(connection, actor.user_id, self.clock())

    def end_own_sessions(self, actor: Actor, public_ids: Sequence[str] | None = None, *, keep: str = "") -> int:
        """End some of the actor's sessions, or all but the one whose ``id_hash`` is ``keep``; returns how many.

        Raises:
            PermissionDenied: Nobody is signed in, or only a wall screen.
        """
        ensure(actor, Permission.ACCOUNT_OWN)
        with self.storage.write() as connection:
            ended = sessions.end(connection, user_id=actor.user_id, public_ids=public_ids, keep=keep)
            object_ = f"user:{actor.user_id}"
            self.storage.audit.record(connection, actor, "account.end_sessions", object_, {"ended": ended})
        return ended

    def _set_own(self, actor: Actor, **columns: Any) -> None:
        ensure(actor, Permission.ACCOUNT_OWN)
        with self.storage.write() as connection:
            users.change(connection, actor.user_id, self.clock(), **columns)
            self.storage.audit.record(connection, actor, "account.settings", f"user:{actor.user_id}", columns)

    def _store_password(self, connection: sa.Connection, user: User, password: str) -> None:
        now: datetime = self.clock()
        stored = passwords.hash_of(password)
        users.change(connection, user.id, now, password_hash=stored, password_changed=now)

    def _words(self, login: str, display_name: str) -> list[str]:
        return [login, *display_name.split(), *self.settings.own_domains]

    @staticmethod
    def _existing(connection: sa.Connection, login: str) -> User:
        if (user := users.by_login(connection, login)) is None:
            raise AccountError(f"There is no account {users.normal_login(login)}.")
        return user

    @staticmethod
    def _own(connection: sa.Connection, actor: Actor) -> User:
        if (user := users.by_id(connection, actor.user_id)) is None:
            raise AccountError("Your account does not exist any more.")
        return user

    @staticmethod
    def _ensure_administrator_remains(connection: sa.Connection, *, without: str) -> None:
        left = [
            user
            for user in users.every(connection)
            if user.id != without and not user.disabled and Role.GLOBAL_ADMINISTRATOR in user.roles
        ]
        if not left:
            raise AccountError("This is the last Global Administrator; make another one first.")
