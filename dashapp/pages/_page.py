"""What a page is: a place in the navigation and a layout behind a permission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashapp.identity.permissions import Actor, Permission, ensure


@dataclass(frozen=True)
class Page:
    """One place of the app.

    Attributes:
        name: Shown in the navigation and the browser's title.
        path: Where it is, from the app's root, such as ``/explorer``.
        icon: File of ``assets/icons`` without ``.svg``.
        permission: What opens it.
        layout: What is on it; runs on every visit, gets the query string as keywords, so it takes ``**_query``.
        navigable: It has an entry in the main navigation.
        timed: The time range in the header applies to it.
        since: Where the time range starts when the address does not say.
        key: Letter that opens it after ``g``.
        badge: Id of the number beside its name in the navigation; empty: none.
        below: Which names right below ``path`` it is the page of; None: ``path`` itself, and nothing below it.
    """

    name: str
    path: str
    icon: str
    permission: Permission
    layout: Callable[..., Component]
    navigable: bool = True
    timed: bool = True
    since: str = "now-30d"
    key: str = ""
    badge: str = ""
    below: Callable[[str], bool] | None = None

    def is_at(self, path: str) -> bool:
        """Whether ``path`` (without a slash at the end) leads here."""
        if self.below is None:
            return path == self.path
        head, _, name = path.rpartition("/")
        return head == self.path and self.below(name)

    def layout_for(self, actor: Actor, query: dict[str, str]) -> Component:
        """The layout for ``actor``.

        Raises:
            PermissionDenied: None of the actor's roles opens this page; the layout is not even built.
        """
        ensure(actor, self.permission)
        return self.layout(**query)


def find_page(pages: Sequence[Page], path: str) -> Page | None:
    """The page at ``path`` (a slash at the end does not matter); None if there is none."""
    wanted = path.rstrip("/") or "/"
    return next((page for page in pages if page.is_at(wanted)), None)
