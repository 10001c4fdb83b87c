"""Long pasted lists: kept once, named in the query, looked up when it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashapp.domain.kept_lists import list_id, size_of
from dashapp.identity.permissions import Actor, Permission, ensure
from dashapp.identity.sign_ins import Clock, utc_now
from dashapp.query.errors import QueryError
from dashapp.query.lists import needs_stored_list, store_long_lists
from dashapp.storage import Storage, lists

MOST_A_DAY = 200


@dataclass(frozen=True)
class KeptLists:
    """The lists queries refer to; whoever may see messages and knows a list's name may use it.

    Attributes:
        storage: Where they are.
        clock: Tells the time, aware.
    """

    storage: Storage
    clock: Clock = utc_now

    def values(self, name: str) -> tuple[str, ...] | None:
        """What is in a list, in the order it was pasted; None if there is none."""
        if size_of(name) is None:
            return None
        with self.storage.read() as connection:
            return lists.values_of(connection, name)

    def shortened(self, actor: Actor, text: str) -> str:
        """The query with each list of more than 50 values kept and named; the text itself where nothing is to be kept.

        Raises:
            PermissionDenied: ``actor`` may not see messages, or is a wall screen, which keeps nothing.
            QueryError: They have kept as many lists today as they may.
        """
        if not needs_stored_list(text):
            return text
        ensure(actor, Permission.MESSAGE_READ)
        ensure(actor, Permission.ACCOUNT_OWN)
        return store_long_lists(text, lambda about, values: self._keep(actor, about, values))

    def _keep(self, actor: Actor, about: str, values: Sequence[str]) -> str:
        name, now = list_id(values), self.clock()
        with self.storage.write() as connection:
            if lists.values_of(connection, name) is None:
                if lists.kept_since(connection, actor.user_id, now - timedelta(days=1)) >= MOST_A_DAY:
                    raise QueryError(f"you have kept {MOST_A_DAY} long lists today; try again tomorrow", 0)
                lists.add(connection, name, values, keeper_id=actor.user_id, now=now)
                detail = {"field": about, "values": len(values)}
                self.storage.audit.record(connection, actor, "list.keep", f"list:{name}", detail)
        return name


def as_named(text: str) -> str:
    """The query as ``KeptLists.shortened`` would write it; nothing is kept."""
    return store_long_lists(text, lambda _about, values: list_id(values)) if needs_stored_list(text) else text
