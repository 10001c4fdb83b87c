"""What the grid's tools do; most of it happens in the browser (``assets/js/export.js``)."""

from dash import Input

from dashapp.callbacks._registry import CallbackSet
from dashapp.ids import Shell

callbacks = CallbackSet()

callbacks.clientside("keepView", Input(Shell.VIEW, "data"))
