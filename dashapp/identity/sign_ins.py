"""Signing in and out: credentials to sessions, cookies to people."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import OperationalError

from dashapp.identity import passwords, throttling
from dashapp.identity.permissions import ANONYMOUS, Actor, Permission, Role
from dashapp.identity.throttling import Attempt
from dashapp.settings import Settings
from dashapp.storage import Storage, sessions, users
from dashapp.storage.sessions import Session, SessionKind
from dashapp.storage.users import User

_LOG = logging.getLogger(__name__)

KIOSK_LIFE = timedelta(days=30)
TOUCH_EVERY = timedelta(seconds=60)  # a write per click would be a waste; idle time is exact to this
Clock = Callable[[], datetime]


class WrongCredentials(Exception):
    """The login or the password is wrong, or the account is disabled; nobody is told which."""


@dataclass(frozen=True)
class Caller:
    """Where a request comes from, for counting and for the record."""

    ip: str
    user_agent: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A good session and whose it is."""

    actor: Actor
    login: str
    session: Session
    cookie: str


def utc_now() -> datetime:
    """The present; tests hand in another clock."""
    return datetime.now(UTC)


class SignIns:
    """Opens, checks and ends sessions.

    Args:
        storage: Where they are.
        settings: How long they last.
        clock: Tells the time, aware.
    """

    def __init__(self, storage: Storage, settings: Settings, clock: Clock = utc_now) -> None:
        self.storage = storage
        self.clock = clock
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._life = timedelta(hours=settings.session_hours)

    def sign_in(self, login: str, password: str, caller: Caller, kind: SessionKind = SessionKind.NORMAL) -> SignedIn:
        """Open a session for who knows the password.

        Raises:
            TooManyAttempts: The account or the address must wait; the password was not looked at.
            WrongCredentials: No.
        """
        name = users.normal_login(login)
        account, address = throttling.account_limit(name), throttling.address_limit(caller.ip)
        with self.storage.read() as connection:
            found = users.by_login(connection, name)
        attempt = Attempt(ANONYMOUS, "session.throttle", _object(found))
        throttling.reserve(self.storage, [account, address], self.clock(), attempt)
        right = passwords.matches(found.password_hash if found else None, password)
        if found is None or not right or found.disabled:
            self._record_refusal(found)
            raise WrongCredentials
        throttling.forgive(self.storage, account, address, self.clock())
        self._renew_hash(found, password)
        return self.open_session(found, caller, kind, how="password")

    def open_session(self, user: User, caller: Caller, kind: SessionKind, *, how: str) -> SignedIn:
        """A new session of ``user``, whose identity was checked by ``how``."""
        now = self.clock()
        if kind is SessionKind.KIOSK and not user.actor.may(Permission.DASHBOARD_READ):
            kind = SessionKind.NORMAL
        cookie = secrets.token_urlsafe(32)
        with self.storage.write() as connection:
            sessions.end_expired(connection, now, idle_before=now - self._idle)
            opened = sessions.add(
                connection,
                cookie,
                user.id,
                kind=kind,
                now=now,
                expires=now + (KIOSK_LIFE if kind is SessionKind.KIOSK else self._life),
                ip=caller.ip,
                user_agent=caller.user_agent,
            )
            detail = {"how": how, "kind": kind.value}
            self.storage.audit.record(connection, user.actor, "session.open", f"session:{opened.public_id}", detail)
        return SignedIn(_actor(user, kind), user.login, opened, cookie)

    def find(self, cookie: str) -> SignedIn | None:
        """Who ``cookie`` belongs to, if the session and the account are still good."""
        with self.storage.read() as connection:
            found = sessions.find(connection, cookie)
        if found is None:
            return None
        session, user = found
        now = self.clock()
        idle = session.kind is SessionKind.NORMAL and now - session.last_seen >= self._idle
        if user.disabled or idle or session.expires <= now:
            return None
        return SignedIn(_actor(user, session.kind), user.login, session, cookie)

    def touch(self, signed_in: SignedIn) -> None:
        """Note that a person, not a timer, used the session.

        Where nothing can be written they may go on reading; at worst the session ends as an idle one.
        """
        now = self.clock()
        if now - signed_in.session.last_seen < min(TOUCH_EVERY, self._idle / 10):
            return
        try:
            with self.storage.write() as connection:
                sessions.touch(connection, signed_in.session.id_hash, now)
        except OperationalError as error:
            _LOG.warning("the use of a session was not noted: %s", error.orig)

    def sign_out(self, signed_in: SignedIn) -> None:
        """End the session."""
        session = signed_in.session
        with self.storage.write() as connection:
            sessions.end(connection, user_id=session.user_id, public_ids=[session.public_id])
            self.storage.audit.record(connection, signed_in.actor, "session.close", f"session:{session.public_id}")

    def renew(self, signed_in: SignedIn, caller: Caller) -> SignedIn:
        """Replace the session by one with a new id and the same expiry rules."""
        with self.storage.read() as connection:
            user = users.by_id(connection, signed_in.session.user_id)
        if user is None:
            raise WrongCredentials
        renewed = self.open_session(user, caller, signed_in.session.kind, how="renewal")
        self.sign_out(signed_in)
        return renewed

    def _record_refusal(self, user: User | None) -> None:
        # An unknown login may be a password typed into the wrong field, so it is not kept.
        with self.storage.write() as connection:
            reason = "disabled" if user and user.disabled else "wrong"
            self.storage.audit.record(connection, ANONYMOUS, "session.refuse", _object(user), {"reason": reason})

    def _renew_hash(self, user: User, password: str) -> None:
        if user.password_hash and passwords.is_outdated(user.password_hash):
            renewed = passwords.hash_of(password)
            with self.storage.write() as connection:
                users.change(connection, user.id, self.clock(), password_hash=renewed)


def _object(user: User | None) -> str:
    return f"user:{user.id}" if user else "user:unknown"


def _actor(user: User, kind: SessionKind) -> Actor:
    if kind is SessionKind.KIOSK:
        return replace(user.actor, roles=frozenset({Role.EXECUTIVE}), read_only=True)
    return user.actor
