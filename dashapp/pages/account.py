"""Your account: password, time zone, theme, where you are signed in."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.card import card, grid
from dashapp.components.message import page_head
from dashapp.identity.accounts import THEMES
from dashapp.identity.passwords import LONGEST, SHORTEST
from dashapp.identity.permissions import ROLE_NAMES, Permission
from dashapp.identity.web import current_actor
from dashapp.ids import Account
from dashapp.pages._page import Page

THEME_LABELS = {"auto": "Like the system", "light": "Light", "dark": "Dark"}


def layout(**_query: str) -> Component:
    """Lay out the account of whoever is signed in."""
    actor = current_actor()
    roles = ", ".join(ROLE_NAMES[role] for role in sorted(actor.roles))
    return html.Div(
        [
            page_head("Your account", f"{actor.name} · {roles}"),
            grid(
                [
                    card(_preferences(actor.time_zone, actor.theme), title="Preferences", span=6),
                    card(_password(), title="Password", span=6),
                    card(
                        [
                            html.Div(id=Account.SESSIONS),
                            html.Div(id=Account.SESSIONS_RESULT, className="tb-result", role="status"),
                        ],
                        title="Where you are signed in",
                        definition="End what you do not recognise, then change your password.",
                        actions=[_button("Sign out everywhere else", Account.SESSIONS_END_OTHERS)],
                        waiting="rows",
                        least_height=120,
                    ),
                ]
            ),
            dcc.Store(id=Account.SESSIONS_CHANGED, data=0),
        ]
    )


def _preferences(zone: str, theme: str) -> Component:
    return html.Div(
        [
            dmc.Select(
                id=Account.ZONE,
                label="Time zone",
                description="Times are shown in it unless an address names another",
                data=[zone],
                value=zone,
                searchable=True,
                allowDeselect=False,
                limit=60,
            ),
            html.Div(
                [
                    html.Div("Theme", className="mantine-InputWrapper-label", id=Account.THEME_LABEL),
                    dmc.SegmentedControl(
                        id=Account.THEME,
                        data=[{"value": name, "label": THEME_LABELS[name]} for name in THEMES],
                        value=theme,
                        **{"aria-labelledby": Account.THEME_LABEL},
                    ),
                ]
            ),
            html.Div([_button("Save time zone", Account.PREFERENCES_SAVE, main=True)]),
            html.Div(id=Account.PREFERENCES_RESULT, className="tb-result", role="status"),
        ],
        className="tb-form",
    )


def _password() -> Component:
    return html.Form(
        [
            _secret(Account.PASSWORD_NOW, "Present password", "current-password"),
            _secret(Account.PASSWORD_NEW, "New password", "new-password", f"{SHORTEST} to {LONGEST} characters"),
            _secret(Account.PASSWORD_AGAIN, "New password again", "new-password"),
            html.Div([_button("Change password", Account.PASSWORD_SAVE, main=True, kind="submit")]),
            html.Div(id=Account.PASSWORD_RESULT, className="tb-result", role="status"),
        ],
        className="tb-form",
    )


def _secret(part: Account, label: str, purpose: str, description: str = "") -> Component:
    return dmc.TextInput(
        id=part,
        label=label,
        description=description or None,
        value="",
        inputProps={"type": "password", "autoComplete": purpose, "maxLength": LONGEST},
    )


def _button(label: str, part: Account, *, main: bool = False, kind: str = "button") -> Component:
    look = "tb-button tb-button-main" if main else "tb-button"
    return html.Button(label, id=part, type=kind, className=look, n_clicks=0)


PAGE = Page("Your account", "/account", "account", Permission.ACCOUNT_OWN, layout, timed=False, key="a")
