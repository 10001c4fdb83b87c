"""What a callback may reach for. One object per app, attached to its Flask server; nothing global."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Flask, current_app

from dashapp.data.engine import Engine
from dashapp.data.lake import Lake
from dashapp.identity.permissions import Actor
from dashapp.identity.web import current_actor
from dashapp.jobs.runner import JobRunner
from dashapp.kept_lists import KeptLists
from dashapp.pages._page import Page, find_page
from dashapp.saved_queries import SavedQueries
from dashapp.settings import Settings
from dashapp.storage import Storage

_KEY = "threatboard.services"


@dataclass
class Services:
    """The objects behind the pages.

    Attributes:
        settings: Where things are and how strict to be.
        storage: Users, sessions, records.
        lake: The data on disk; pages ask the engine, only the freshness of the data is read here.
        whole_engine: The engine before anyone's scope; callbacks use ``engine``.
        demo: The data is the demonstration's.
        pages: What the app shows; set by the factory.
        jobs: Where work for the background is queued; None: nowhere.
    """

    settings: Settings
    storage: Storage
    lake: Lake
    whole_engine: Engine
    demo: bool = False
    pages: Sequence[Page] = ()
    jobs: JobRunner | None = None

    @property
    def actor(self) -> Actor:
        """Who is asking. Only inside a request."""
        return current_actor()

    @property
    def engine(self) -> Engine:
        """The engine inside the scope of whoever is asking. Only inside a request."""
        return replace(self.whole_engine, lists=self.kept_lists.values).for_viewer(self.actor)

    @property
    def saved_queries(self) -> SavedQueries:
        """The queries people keep."""
        return SavedQueries(self.storage)

    @property
    def kept_lists(self) -> KeptLists:
        """The long lists that queries name."""
        return KeptLists(self.storage)

    def page_at(self, path: str) -> Page | None:
        """The page at ``path``; None if there is none."""
        return find_page(self.pages, path)

    def attach(self, server: Flask) -> None:
        """Make these the services of ``server``."""
        server.extensions[_KEY] = self


def services() -> Services:
    """The services of the app that serves the current request."""
    return services_of(current_app)


def services_of(server: Flask) -> Services:
    """The services that were attached to ``server``."""
    found = server.extensions[_KEY]
    if not isinstance(found, Services):
        raise TypeError("the services of this server were replaced")
    return found
