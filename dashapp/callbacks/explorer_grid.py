"""What the grid's tools do; most of it happens in the browser (``assets/js/export.js``)."""

from dash import Input

from dashapp.callbacks._registry import CallbackSet
from dashapp.ids import Shell

callbacks = CallbackSet()

# Dash names a callback without outputs after its inputs: these must be no other one's.
callbacks.clientside("keepView", Input(Shell.VIEW, "data"), Input(Shell.SHOWN, "data"))
