"""What happens on the account page."""

import re
from typing import Any

from dash import ALL, Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.callbacks._registry import CallbackSet
from dashapp.components.data_table import data_table
from dashapp.domain.numbers import moment
from dashapp.identity.accounts import AccountError
from dashapp.identity.passwords import WeakPassword
from dashapp.identity.permissions import Permission
from dashapp.identity.sign_ins import WrongCredentials
from dashapp.identity.throttling import TooManyAttempts
from dashapp.identity.web import change_own_password, current_guard, current_sign_in
from dashapp.ids import Account, Shell, end_session_button
from dashapp.services import services

LONGEST_TEXT = 1024

callbacks = CallbackSet()


@callbacks(
    Output(Account.PASSWORD_RESULT, "children"),
    Output(Account.PASSWORD_NOW, "value"),
    Output(Account.PASSWORD_NEW, "value"),
    Output(Account.PASSWORD_AGAIN, "value"),
    Input(Account.PASSWORD_SAVE, "n_clicks"),
    State(Account.PASSWORD_NOW, "value"),
    State(Account.PASSWORD_NEW, "value"),
    State(Account.PASSWORD_AGAIN, "value"),
    permission=Permission.ACCOUNT_OWN,
    prevent_initial_call=True,
)
def change_password(clicks: int | None, now: object, new: object, again: object) -> tuple[Any, ...]:
    """Replace the person's password; every other session of theirs ends."""
    if not clicks:
        raise PreventUpdate
    present, wanted, repeated = (str(text or "")[:LONGEST_TEXT] for text in (now, new, again))
    kept = (no_update, no_update, no_update)
    if wanted != repeated:
        return said("The two new passwords differ.", good=False), *kept
    try:
        change_own_password(present, wanted)
    except WrongCredentials:
        return said("The present password is not right.", good=False), *kept
    except TooManyAttempts:
        return said("Too many attempts. Wait a few minutes and try again.", good=False), *kept
    except WeakPassword as error:
        return said(str(error), good=False), *kept
    return (
        said("Your password is changed. You are signed out everywhere else.", good=True),
        "",
        "",
        "",
    )


@callbacks(
    Output(Account.PREFERENCES_RESULT, "children"),
    Input(Account.PREFERENCES_SAVE, "n_clicks"),
    State(Account.ZONE, "value"),
    permission=Permission.ACCOUNT_OWN,
    prevent_initial_call=True,
)
def save_zone(clicks: int | None, zone: object) -> Component:
    """Remember the time zone."""
    if not clicks:
        raise PreventUpdate
    try:
        current_guard().accounts.set_time_zone(services().actor, str(zone or "")[:LONGEST_TEXT])
    except AccountError as error:
        return said(str(error), good=False)
    return said("Saved. Times are shown in this zone from now on.", good=True)


@callbacks(
    Output(Account.SESSIONS, "children"),
    Input(Account.SESSIONS_CHANGED, "data"),
    permission=Permission.ACCOUNT_OWN,
)
def list_sessions(_changed: object) -> Component:
    """List the person's sessions, this one first."""
    actor, present = services().actor, current_sign_in()
    here = present.session.public_id if present else ""
    found = sorted(current_guard().accounts.own_sessions(actor), key=lambda session: session.public_id != here)
    rows = [
        (
            device(session.user_agent) + (" (wall screen)" if session.kind == "kiosk" else ""),
            session.ip,
            moment(session.last_seen, actor.time_zone),
            html.Span("This one", className="tb-tag tb-tag-good")
            if session.public_id == here
            else html.Button("End", id=end_session_button(session.public_id), className="tb-button", n_clicks=0),
        )
        for session in found
    ]
    return data_table(("Browser", "Address", "Last used", ""), rows, caption="Your sessions")


@callbacks(
    Output(Account.SESSIONS_CHANGED, "data"),
    Output(Account.SESSIONS_RESULT, "children"),
    Input(Account.SESSIONS_END_OTHERS, "n_clicks"),
    Input(end_session_button(ALL), "n_clicks"),
    State(end_session_button(ALL), "id"),
    State(Account.SESSIONS_CHANGED, "data"),
    permission=Permission.ACCOUNT_OWN,
    prevent_initial_call=True,
)
def end_sessions(others: int | None, clicks: Any, ids: Any, changed: Any) -> tuple[int, Component]:
    """End the session whose button was pressed, or all but this one."""
    accounts, actor, present = current_guard().accounts, services().actor, current_sign_in()
    here = present.session if present else None
    pressed = pressed_buttons(clicks, ids)
    if pressed:
        ended = accounts.end_own_sessions(actor, [found for found in pressed if not here or found != here.public_id])
    elif others:
        ended = accounts.end_own_sessions(actor, keep=here.id_hash if here else "")
    else:
        raise PreventUpdate
    words = "One session ended." if ended == 1 else f"{ended} sessions ended."
    return (changed if isinstance(changed, int) else 0) + 1, said(words, good=True)


callbacks.clientside(
    "themeChosen",
    Output(Shell.THEME_WANTED, "data", allow_duplicate=True),
    Output(Shell.PROVIDER, "forceColorScheme", allow_duplicate=True),
    Input(Account.THEME, "value"),
    prevent_initial_call=True,
)
callbacks.clientside("zones", Output(Account.ZONE, "data"), Input(Account.ZONE, "id"), State(Account.ZONE, "value"))


def pressed_buttons(clicks: Any, ids: Any) -> list[str]:
    """Which sessions' buttons were pressed, whatever the browser sent."""
    if not isinstance(clicks, list) or not isinstance(ids, list):
        return []
    named = [found.get("index") if isinstance(found, dict) else None for found in ids]
    return [name for name, count in zip(named, clicks, strict=False) if count and isinstance(name, str)]


def said(text: str, *, good: bool) -> Component:
    """An answer to a form."""
    return html.Span(text, className=f"tb-said tb-said-{'good' if good else 'bad'}")


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"))


def device(user_agent: str) -> str:
    """A browser's long name in two words, such as ``Firefox on Windows``."""
    browser = next((name for part, name in _BROWSERS if part in user_agent), "")
    system = next((name for part, name in _SYSTEMS if part in user_agent), "Linux" if "Linux" in user_agent else "")
    if not browser:
        return re.sub(r"\s+", " ", user_agent)[:40] or "Unknown"
    return f"{browser} on {system}" if system else browser
