"""What exists to be allowed, which roles allow it, and the check itself. Knows nothing of Flask."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """One thing a user may do, named ``<resource>:<action>``. Keep sorted."""

    ACCOUNT_OWN = "account:own"
    ACTION_MANAGE = "action:manage"
    ACTION_PROPOSE = "action:propose"
    APP_OPEN = "app:open"
    AUDIT_READ = "audit:read"
    CONNECTOR_MANAGE = "connector:manage"
    DASHBOARD_READ = "dashboard:read"
    EXPORT_CREATE = "export:create"
    INCIDENT_ADD = "incident:add"
    INCIDENT_COMMENT = "incident:comment"
    INCIDENT_READ = "incident:read"
    INCIDENT_WRITE = "incident:write"
    INTEL_READ = "intel:read"
    INTEL_WRITE = "intel:write"
    LICENCE_MANAGE = "licence:manage"
    MAIL_PURGE = "mail:purge"
    MESSAGE_PREVIEW = "message:preview"
    MESSAGE_READ = "message:read"
    PEOPLE_MANAGE = "people:manage"
    QUERY_SAVE = "query:save"
    QUERY_SHARE = "query:share"
    SYSTEM_READ = "system:read"
    TRENDS_READ = "trends:read"


class Role(StrEnum):
    """A named set of permissions; a user may hold several."""

    GLOBAL_ADMINISTRATOR = "GA"
    SECURITY_ADMINISTRATOR = "SA"
    SECURITY_READER = "SR"
    EXECUTIVE = "EX"
    SEARCH_AND_PURGE = "SP"
    PREVIEW = "PV"


ROLE_NAMES = {
    Role.GLOBAL_ADMINISTRATOR: "Global Administrator",
    Role.SECURITY_ADMINISTRATOR: "Security Administrator",
    Role.SECURITY_READER: "Security Reader",
    Role.EXECUTIVE: "Executive",
    Role.SEARCH_AND_PURGE: "Search and Purge",
    Role.PREVIEW: "Preview",
}

_AGGREGATES = {Permission.DASHBOARD_READ, Permission.TRENDS_READ, Permission.INTEL_READ}
_READING = _AGGREGATES | {
    Permission.MESSAGE_READ,
    Permission.EXPORT_CREATE,
    Permission.QUERY_SAVE,
    Permission.INCIDENT_READ,
    Permission.INCIDENT_ADD,
    Permission.INCIDENT_COMMENT,
    Permission.ACTION_PROPOSE,
}
_MANAGING = _READING | {
    Permission.INCIDENT_WRITE,
    Permission.INTEL_WRITE,
    Permission.QUERY_SHARE,
    Permission.CONNECTOR_MANAGE,
    Permission.AUDIT_READ,
    Permission.SYSTEM_READ,
    Permission.ACTION_MANAGE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.GLOBAL_ADMINISTRATOR: frozenset(_MANAGING | {Permission.PEOPLE_MANAGE, Permission.LICENCE_MANAGE}),
    Role.SECURITY_ADMINISTRATOR: frozenset(_MANAGING),
    Role.SECURITY_READER: frozenset(_READING),
    Role.EXECUTIVE: frozenset(_AGGREGATES),
    Role.SEARCH_AND_PURGE: frozenset({Permission.MAIL_PURGE}),
    Role.PREVIEW: frozenset({Permission.MESSAGE_PREVIEW}),
}


@dataclass(frozen=True)
class Actor:
    """Who asks: a signed-in person, or the operating-system user of a command.

    ``look`` is how they like lists: JSON with ``density`` and ``widths`` of columns, or empty. ``read_only`` marks a
    wall screen's session, which may not touch the account it was opened with.
    """

    user_id: str
    name: str
    roles: frozenset[Role]
    time_zone: str = "UTC"
    theme: str = "auto"
    look: str = ""
    read_only: bool = False
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "permissions", permissions_of(self.roles) - ({Permission.ACCOUNT_OWN} if self.read_only else set())
        )

    def may(self, permission: Permission) -> bool:
        """Whether any of the actor's roles grants ``permission``."""
        return permission in self.permissions


class PermissionDenied(Exception):
    """``actor`` asked for something none of their roles allows."""

    def __init__(self, actor: Actor, permission: Permission) -> None:
        super().__init__(f"{actor.name} ({', '.join(sorted(actor.roles)) or 'no role'}) lacks {permission}")
        self.actor = actor
        self.permission = permission


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything ``roles`` grant together; whoever has a role may open the app and manage their own account."""
    granted = frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
    return granted | {Permission.ACCOUNT_OWN, Permission.APP_OPEN} if granted else granted


def ensure(actor: Actor, permission: Permission) -> None:
    """Return quietly if ``actor`` holds ``permission``.

    Raises:
        PermissionDenied: None of the actor's roles grants it.
    """
    if not actor.may(permission):
        raise PermissionDenied(actor, permission)


ANONYMOUS = Actor("", "nobody", frozenset())
"""Whoever has not signed in; may do nothing."""
