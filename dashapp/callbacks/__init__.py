"""One module per page, same name as in ``dashapp.pages``: what happens when someone uses it."""

from dashapp.callbacks import (
    account,
    dashboard,
    data_sources,
    entity,
    explorer,
    explorer_builder,
    explorer_grid,
    explorer_query,
    explorer_tabs,
    hunts,
    message,
    shell,
    trackers,
)
from dashapp.callbacks._registry import CallbackSet

ALL_SETS: tuple[CallbackSet, ...] = (
    shell.callbacks,
    dashboard.callbacks,
    explorer.callbacks,
    explorer_grid.callbacks,
    message.callbacks,
    entity.callbacks,
    explorer_query.callbacks,
    explorer_builder.callbacks,
    explorer_tabs.callbacks,
    account.callbacks,
    data_sources.callbacks,
    trackers.callbacks,
    hunts.callbacks,
)
