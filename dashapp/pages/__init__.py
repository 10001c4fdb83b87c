"""One module per page: what is on it. What it does is in ``dashapp.callbacks``."""

from dashapp.pages import account, data_sources
from dashapp.pages._page import Page

ALL_PAGES: tuple[Page, ...] = (data_sources.PAGE, account.PAGE)
