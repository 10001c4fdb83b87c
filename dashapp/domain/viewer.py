"""For whom a question is asked: what they may read and which messages they may see at all."""

from dataclasses import dataclass

from dashapp.identity.permissions import Actor, Permission
from dashapp.query.tree import Node


@dataclass(frozen=True)
class Viewer:
    """One person in front of the data.

    Attributes:
        actor: Who it is and what they may do.
        restrict: Messages outside this filter do not exist for them; None: no such limit.
    """

    actor: Actor
    restrict: Node | None = None

    @property
    def user_id(self) -> str:
        """Of the actor."""
        return self.actor.user_id

    @property
    def reads_messages(self) -> bool:
        """Whether names, addresses and subjects may be shown, rather than numbers only."""
        return self.actor.may(Permission.MESSAGE_READ)


@dataclass(frozen=True)
class LicencePlan:
    """Which licences give a recipient the product; without a plan nobody is left out.

    Attributes:
        licences: Names as in ``IdentityInfo.AssignedLicenses``.
    """

    licences: frozenset[str]
