"""Whole pages that only say something: nothing here, not allowed."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.components.links import href


def not_found() -> Component:
    """For an address without a page."""
    text = "No page has this address. It may have moved, or the link was cut short."
    return message_page("There is nothing here", text, picture="empty")


def not_allowed(page: str) -> Component:
    """For a page that none of the person's roles opens."""
    text = "Your roles do not open this page. A Global Administrator of your organisation can give you one that does."
    return message_page(f"You cannot open {page}", text, picture="lock")


def message_page(title: str, text: str, *, picture: str) -> Component:
    """A page of one heading, one sentence and the way home."""
    return html.Div(
        [
            icon(picture, size=36),
            html.H1(title),
            html.P(text, className="tb-quiet"),
            dcc.Link("Go to the start page", href=href("/"), className="tb-button"),
        ],
        className="tb-message-page",
    )


def page_head(title: str, lead: str = "", *actions: Component) -> Component:
    """The heading of a page: its name, one sentence, and what can be done with all of it."""
    words = [html.H1(title), *([html.P(lead, className="tb-page-lead")] if lead else [])]
    return html.Div([html.Div(words), *actions], className="tb-page-head")
