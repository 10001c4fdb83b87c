"""The frame around every page: navigation by permission, header, and the stores that carry the view."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.components.links import href
from dashapp.components.range_control import range_control
from dashapp.identity.permissions import ROLE_NAMES, Actor, Permission
from dashapp.ids import Shell
from dashapp.pages._page import Page

TICK_MILLISECONDS = 60_000
THEME = {"primaryColor": "blue", "defaultRadius": "md", "cursorType": "pointer", "respectReducedMotion": True}
OWN_DATA = "python -m dashapp ingest PATH"


@dataclass(frozen=True)
class Opened:
    """The page that is in the frame from the start; nothing when the browser has yet to ask for it.

    Attributes:
        place: ``pathname`` and ``search`` as the browser's address has them.
        content: The page's layout.
        shown: What ``Shell.SHOWN`` holds of it.
    """

    place: dict[str, str] = field(default_factory=dict)
    content: Component | None = None
    shown: dict[str, Any] | None = None


def frame(
    actor: Actor, pages: Sequence[Page], *, mark: str, csrf_token: str, demo: bool, opened: Opened = Opened()
) -> Component:
    """The frame as ``actor`` may see it; it holds no data.

    Args:
        actor: Who is signed in.
        pages: All pages; those the actor may not open are left out.
        mark: Address of the product's mark.
        csrf_token: For the sign-out form.
        demo: The data is the demonstration's, and a banner says so.
        opened: The page in it.
    """
    shell = dmc.AppShell(
        [
            dmc.AppShellHeader(_header(actor, mark, csrf_token), className="tb-header"),
            dmc.AppShellNavbar(_navigation(actor, pages, mark), className="tb-nav", **{"aria-label": "Main"}),
            dmc.AppShellMain(_main(opened.content, demo=demo), className="tb-main"),
        ],
        id=Shell.APP,
        layout="alt",
        header={"height": 56},
        navbar={"width": 220, "breakpoint": "md", "collapsed": {"mobile": True}},
        padding=0,
    )
    return dmc.MantineProvider(
        [*_stores(opened), dmc.NotificationContainer(id=Shell.NOTICES, position="bottom-right", zIndex=400), shell],
        id=Shell.PROVIDER,
        theme=THEME,
        defaultColorScheme="auto",
        forceColorScheme=None if actor.theme == "auto" else actor.theme,
    )


def _stores(opened: Opened) -> list[Component]:
    stores = (
        Shell.VIEW,
        Shell.RELAID,
        Shell.ARRIVED,
        Shell.THEME_WANTED,
        Shell.THEME_SAVED,
        Shell.RANGE_CHECKED,
        Shell.SEARCH_FOUND,
    )
    return [
        dcc.Location(id=Shell.URL, refresh="callback-nav", **opened.place),
        dcc.Interval(id=Shell.TICK, interval=TICK_MILLISECONDS),
        dcc.Store(id=Shell.REFRESH, data=0),
        dcc.Store(id=Shell.SHOWN, data=opened.shown),
        *(dcc.Store(id=store) for store in stores),
    ]


def _navigation(actor: Actor, pages: Sequence[Page], mark: str) -> list[Component]:
    shown = [page for page in pages if page.navigable and actor.may(page.permission)]
    return [
        html.Div([_brand(mark), html.Span(className="tb-header-space")], className="tb-nav-top"),
        html.Div([_entry(page) for page in shown], className="tb-nav-links"),
        html.Div(", ".join(ROLE_NAMES[role] for role in sorted(actor.roles)), className="tb-nav-foot"),
    ]


def _entry(page: Page) -> Component:
    badge = [html.Span(id=page.badge, className="tb-nav-badge")] if page.badge else []
    link = dcc.Link([icon(page.icon), html.Span(page.name), *badge], href=href(page.path), className="tb-nav-link")
    return html.Div(link, **{"data-path": page.path, "data-key": page.key, "data-name": page.name})


def _brand(mark: str) -> Component:
    return dcc.Link(
        [html.Img(src=mark, alt="", width=24, height=24), html.Span("Threatboard")],
        href=href("/"),
        className="tb-brand",
    )


def _header(actor: Actor, mark: str, csrf_token: str) -> Component:
    return html.Div(
        [
            dmc.Burger(id=Shell.BURGER, opened=False, size="sm", hiddenFrom="md", **{"aria-label": "Navigation"}),
            html.Div(html.Img(src=mark, alt="Threatboard", width=24, height=24), className="tb-brand tb-only-narrow"),
            html.Div(id=Shell.FRESHNESS, className="tb-header-fresh", role="status"),
            html.Div(className="tb-header-space"),
            *([_search()] if actor.may(Permission.MESSAGE_READ) else []),
            html.Div(range_control(actor.time_zone), className="tb-timed"),
            _icon_button("refresh", "Ask again (d r)", extra="tb-retry tb-only-wide"),
            _icon_button("keyboard", "Keyboard shortcuts (?)", extra="tb-only-wide", data_help="true"),
            _icon_button("auto", "Theme: auto, light, dark (c t)", id=Shell.THEME, n_clicks=0),
            _person(actor, csrf_token),
        ],
        className="tb-header-row",
    )


def _search() -> Component:
    return dmc.TextInput(
        id=Shell.SEARCH,
        placeholder="Search mail: address, link, hash, words",
        leftSection=icon("search", size=16),
        size="sm",
        n_submit=0,
        debounce=True,  # else the text may come later than Enter
        autoComplete="off",
        className="tb-search tb-only-wide",
        **{"aria-label": "Search mail", "data-search": "true", "aria-keyshortcuts": "/"},
    )


def _icon_button(picture: str, label: str, *, extra: str = "", data_help: str = "", **attributes: object) -> Component:
    helping = {"data-help": data_help} if data_help else {}
    return html.Button(
        icon(picture),
        type="button",
        title=label,
        className=f"tb-icon-button {extra}".strip(),
        **{"aria-label": label, **helping, **attributes},
    )


def _person(actor: Actor, csrf_token: str) -> Component:
    initials = "".join(word[0] for word in actor.name.split()[:2]).upper() or "?"
    avatar = html.Button(initials, className="tb-avatar", type="button", **_opens(f"You: {actor.name}"))
    roles = ", ".join(ROLE_NAMES[role] for role in sorted(actor.roles))
    sign_out = html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=csrf_token),
            html.Button([icon("sign-out", size=16), "Sign out"], className="tb-menu-item", type="submit"),
        ],
        action=href("/sign-out"),
        method="POST",
        className="tb-menu-form",
    )
    who = html.Div(
        [html.Div(actor.name, className="tb-user-name"), html.Div(roles, className="tb-quiet tb-fine")],
        className="tb-user",
    )
    account = dcc.Link([icon("account", size=16), "Your account"], href=href("/account"), className="tb-menu-item")
    keys = html.Button(
        [icon("keyboard", size=16), "Keyboard shortcuts"], className="tb-menu-item", type="button", **{"data-help": "1"}
    )
    items = [who, *([] if actor.read_only else [account]), keys, sign_out]
    return dmc.Popover(
        [dmc.PopoverTarget(avatar), dmc.PopoverDropdown(items, p=6, miw=230)],
        position="bottom-end",
        offset=6,
        zIndex=250,
        returnFocus=True,
        withRoles=False,  # they would go to a box around the button, where they may not be
    )


def _opens(label: str) -> dict[str, str]:
    return {"aria-label": label, "aria-haspopup": "dialog"}


def _main(content: Component | None, *, demo: bool) -> list[Component]:
    banner = html.Div(
        [
            icon("info", size=16),
            html.Span(
                [
                    html.B("This is demonstration data."),
                    " Load your own with ",
                    html.Code(OWN_DATA),
                    " and start again.",
                ]
            ),
        ],
        className="tb-banner",
        role="note",
    )
    return [
        *([banner] if demo else []),
        html.Div(id=Shell.NO_DATA),
        html.Div(content, id=Shell.PAGE, className="tb-page", tabIndex=-1),
    ]
