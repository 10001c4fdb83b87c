"""Every component id, once. Pages put them in layouts; callbacks read and write them."""

from enum import StrEnum


class Shell(StrEnum):
    """Ids of the frame around every page. Every value starts with ``shell-``.

    ``VIEW`` is what a page's callbacks listen to: ``{"path", "search", "now", …}``, set once per committed change of
    the address, so that all charts of a page resolve ``now`` alike. Read it with ``dashapp.callbacks._view.read_view``.
    """

    URL = "shell-url"
    PAGE = "shell-page"
    SHOWN = "shell-shown"
    RELAID = "shell-relaid"
    VIEW = "shell-view"
    REFRESH = "shell-refresh"
    TICK = "shell-tick"
    PROVIDER = "shell-provider"
    APP = "shell-app"
    ARRIVED = "shell-arrived"
    BURGER = "shell-burger"
    THEME = "shell-theme"
    THEME_WANTED = "shell-theme-wanted"
    THEME_SAVED = "shell-theme-saved"
    NOTICES = "shell-notices"
    SEARCH = "shell-search"
    SEARCH_FOUND = "shell-search-found"
    FRESHNESS = "shell-freshness"
    NO_DATA = "shell-no-data"
    RANGE_LABEL = "shell-range-label"
    RANGE_POPOVER = "shell-range-popover"
    RANGE_FROM = "shell-range-from"
    RANGE_TO = "shell-range-to"
    RANGE_ZONE = "shell-range-zone"
    RANGE_APPLY = "shell-range-apply"
    RANGE_ERROR = "shell-range-error"
    RANGE_CHECKED = "shell-range-checked"
    ALERTS = "shell-alerts"


class Account(StrEnum):
    """Ids on the account page. Every value starts with ``account-``."""

    PASSWORD_NOW = "account-password-now"  # noqa: S105  # the id of a field, not a password
    PASSWORD_NEW = "account-password-new"  # noqa: S105
    PASSWORD_AGAIN = "account-password-again"  # noqa: S105
    PASSWORD_SAVE = "account-password-save"  # noqa: S105
    PASSWORD_RESULT = "account-password-result"  # noqa: S105
    ZONE = "account-zone"
    THEME = "account-theme"
    THEME_LABEL = "account-theme-label"
    PREFERENCES_SAVE = "account-preferences-save"
    PREFERENCES_RESULT = "account-preferences-result"
    SESSIONS = "account-sessions"
    SESSIONS_CHANGED = "account-sessions-changed"
    SESSIONS_END_OTHERS = "account-sessions-end-others"
    SESSIONS_RESULT = "account-sessions-result"


def end_session_button(public_id: object) -> dict[str, object]:
    """Id of the button that ends one session; ``ALL`` matches every one."""
    return {"type": "account-session-end", "index": public_id}


class Sources(StrEnum):
    """Ids on the data sources page. Every value starts with ``sources-``."""

    TABLES = "sources-tables"
    CREDITS = "sources-credits"


class Dashboard(StrEnum):
    """Ids on the threat dashboard. Every value starts with ``dashboard-``."""

    HEADLINE = "dashboard-headline"
    TILES = "dashboard-tiles"
    BREAKDOWN = "dashboard-breakdown"
    VOLUME = "dashboard-volume"
    VOLUME_BOX = "dashboard-volume-box"
    VOLUME_CONTROLS = "dashboard-volume-controls"
    VOLUME_LEGEND = "dashboard-volume-legend"
    VOLUME_TABLE = "dashboard-volume-table"
    EFFICACY = "dashboard-efficacy"
    THREATS = "dashboard-threats"
    TECHNOLOGIES = "dashboard-technologies"
    TARGETED = "dashboard-targeted"
    FAMILIES = "dashboard-families"
    RISERS = "dashboard-risers"


class Explorer(StrEnum):
    """Ids on the explorer. Every value starts with ``explorer-``."""

    VIEWS = "explorer-views"
    QUERY = "explorer-query"
    RUN = "explorer-run"
    ERROR = "explorer-error"
    TOTAL = "explorer-total"
    VOLUME = "explorer-volume"
    VOLUME_BOX = "explorer-volume-box"
    VOLUME_CONTROLS = "explorer-volume-controls"
    VOLUME_LEGEND = "explorer-volume-legend"
    VOLUME_TABLE = "explorer-volume-table"
    GRID = "explorer-grid"
    GRID_NOTE = "explorer-grid-note"
    ROWS = "explorer-rows"
    EXPORT = "explorer-export"
    PILLS = "explorer-pills"
    SUGGESTIONS = "explorer-suggestions"
    TYPED = "explorer-typed"
    SUGGESTED = "explorer-suggested"
    NARROW = "explorer-narrow"
    NARROWED = "explorer-narrowed"
    COLUMNS = "explorer-columns"
    SELECTION = "explorer-selection"
    LOOK = "explorer-look"
    LOOK_SAVED = "explorer-look-saved"
    SAVED = "explorer-saved"


class Trackers(StrEnum):
    """Ids on the page of saved queries. Every value starts with ``trackers-``."""

    TABS = "trackers-tabs"
    ALERTS = "trackers-alerts"
    LIST = "trackers-list"


class Builder(StrEnum):
    """Ids of the explorer's filter builder, and of running what the bar holds. Every value starts with ``builder-``."""

    OPEN = "builder-open"
    ASKED = "builder-asked"
    TOLD = "builder-told"
    VALUES_WANTED = "builder-values-wanted"
    VALUES = "builder-values"
    RUN = "builder-run"
    RAN = "builder-ran"
    PROBLEM = "builder-problem"


class Hunts(StrEnum):
    """Ids on the page of one hunt. Every value starts with ``hunts-``."""

    HEAD = "hunts-head"
    ANSWER = "hunts-answer"


class Tabs(StrEnum):
    """Ids of the explorer's tabs below the chart. Every value starts with ``tabs-``.

    Each tab but the first has a ``…_VIEW``: what ``Shell.VIEW`` holds, while that tab is the open one. What fills the
    tab listens to it, so that no other tab asks anything.
    """

    ROWS = "tabs-rows"
    CLICKS_VIEW = "tabs-clicks-view"
    CLICKS = "tabs-clicks"
    CLICKS_BOX = "tabs-clicks-box"
    CLICKS_CONTROLS = "tabs-clicks-controls"
    CLICKS_LEGEND = "tabs-clicks-legend"
    CLICKS_TABLE = "tabs-clicks-table"
    LATEST = "tabs-latest"
    URLS_VIEW = "tabs-urls-view"
    URLS = "tabs-urls"
    CLICKED_VIEW = "tabs-clicked-view"
    CLICKED = "tabs-clicked"
    TARGETED_VIEW = "tabs-targeted-view"
    TARGETED = "tabs-targeted"
    FAMILIES_VIEW = "tabs-families-view"
    FAMILIES = "tabs-families"
    ORIGIN_VIEW = "tabs-origin-view"
    ORIGIN = "tabs-origin"
    ORIGIN_BOX = "tabs-origin-box"
    ORIGIN_LIST = "tabs-origin-list"


class Flyout(StrEnum):
    """Ids in the explorer's flyout of one message. Every value starts with ``flyout-``."""

    PANEL = "flyout-panel"
    CONTENT = "flyout-content"
    AROUND = "flyout-around"
    WANTED = "flyout-wanted"


class Message(StrEnum):
    """Ids on the page of one message. Every value starts with ``message-``."""

    CONTENT = "message-content"
    AROUND = "message-around"


class EntityPanel(StrEnum):
    """Ids in the panel about a user, domain, address, link or file. Every value starts with ``entity-``."""

    PANEL = "entity-panel"
    HEAD = "entity-head"
    MAIN = "entity-main"
    REST = "entity-rest"
    WANTED = "entity-wanted"
    CHART = "entity-chart"


class EntityPage(StrEnum):
    """Ids on the page about such a thing. Every value starts with ``details-``."""

    HEAD = "details-head"
    MAIN = "details-main"
    REST = "details-rest"


ID_ENUMS: tuple[type[StrEnum], ...] = (
    *(Shell, Account, Sources, Dashboard, Explorer, Tabs, Builder, Trackers, Hunts, Flyout, Message),
    *(EntityPanel, EntityPage),
)
