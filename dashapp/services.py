"""What a callback may reach for. One object per app, attached to its Flask server; nothing global."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from dashapp.identity.permissions import Actor
from dashapp.settings import Settings

_KEY = "threatboard"


@dataclass
class Services:
    """The objects behind the pages.

    Attributes:
        settings: Where things are and how strict to be.
        actor: Who is asking, inside a request.
        whole_engine: The engine before anyone's scope; callbacks use ``engine``.
        demo: The data is the demonstration's.
    """

    settings: Settings
    actor: Callable[[], Actor]
    whole_engine: Any
    demo: bool = False

    @property
    def engine(self) -> Any:
        """The engine inside the scope of whoever is asking. Only inside a request."""
        return self.whole_engine.for_viewer(self.actor())

    def attach(self, server: Flask) -> None:
        """Make these the services of ``server``."""
        server.extensions[_KEY] = self


def services() -> Services:
    """The services of the app that serves the current request."""
    found = current_app.extensions[_KEY]
    if not isinstance(found, Services):
        raise TypeError("the services of this server were replaced")
    return found
