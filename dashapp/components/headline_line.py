"""The headline as a page shows it: a mark for better or worse, the verdict large, the reason beneath."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon
from dashapp.domain.headline import Headline, Tone
from dashapp.domain.text import visible

_MARKS = {
    Tone.BETTER: "arrow-down",
    Tone.WORSE: "arrow-up",
    Tone.MIXED: "trend",
    Tone.SAME: "minus",
    Tone.UNKNOWN: "info",
}


def headline_line(headline: Headline) -> Component:
    """``headline`` as the page's first heading; names in it are an attacker's words and stay text."""
    below = [
        html.Span(visible(headline.reason)),
        *(
            [html.Span([" ", html.Bdi(visible(headline.watch))], className="tb-headline-watch")]
            if headline.watch
            else []
        ),
    ]
    return html.Div(
        [
            html.Span(icon(_MARKS[headline.tone], size=22), className="tb-headline-mark"),
            html.Div(
                [
                    html.H1(visible(headline.verdict), className="tb-headline-verdict"),
                    html.P(below, className="tb-headline-reason") if headline.reason or headline.watch else None,
                ]
            ),
        ],
        className=f"tb-headline tb-tone-{headline.tone}",
    )
