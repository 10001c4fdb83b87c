"""One module per page: what is on it. What it does is in ``dashapp.callbacks``."""

from dashapp.pages import account, dashboard, data_sources, entity, explorer, hunts, message, trackers
from dashapp.pages._page import Page

ALL_PAGES: tuple[Page, ...] = (
    dashboard.PAGE,
    explorer.PAGE,
    message.PAGE,
    entity.PAGE,
    trackers.PAGE,
    hunts.PAGE,
    data_sources.PAGE,
    account.PAGE,
)
