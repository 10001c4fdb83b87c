"""What the grid's tools do; most of it happens in ``assets/js``: ``grid.js``, ``columns.js``, ``export.js``."""

from typing import Any

from dash import Input, Output
from dash.exceptions import PreventUpdate

from dashapp.callbacks._registry import CallbackSet
from dashapp.identity.permissions import Permission
from dashapp.identity.web import current_guard
from dashapp.ids import Explorer, Shell
from dashapp.query.fields import NAMES
from dashapp.services import services

DENSITIES = ("comfortable", "compact")
NARROWEST, WIDEST = 40, 2000  # pixels

callbacks = CallbackSet()


@callbacks(
    Output(Explorer.LOOK_SAVED, "data"),
    Input(Explorer.LOOK, "data"),
    permission=Permission.MESSAGE_READ,
    prevent_initial_call=True,
)
def save_look(wanted: object) -> bool:
    """Remember the density and the widths of columns; a wall screen has no account to remember them in."""
    actor = services().actor
    if not isinstance(wanted, dict) or not actor.may(Permission.ACCOUNT_OWN):
        raise PreventUpdate
    current_guard().accounts.set_look(actor, read_look(wanted))
    return True


def read_look(wanted: dict[str, Any]) -> dict[str, Any]:
    """What of ``wanted`` is a density or the width of a column, in pixels."""
    density, widths = wanted.get("density"), wanted.get("widths")
    return {
        "density": density if density in DENSITIES else DENSITIES[0],
        "widths": {
            name: width
            for name, width in (widths if isinstance(widths, dict) else {}).items()
            if name in NAMES and type(width) is int and NARROWEST <= width <= WIDEST
        },
    }


# Dash names a callback without outputs after its inputs: these must be no other one's.
callbacks.clientside("keepView", Input(Shell.VIEW, "data"), Input(Shell.SHOWN, "data"))
