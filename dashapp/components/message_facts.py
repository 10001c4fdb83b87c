"""The plain facts of a message: sender, transport, identifiers, policy; one line each, with what is not known named."""

from collections.abc import Callable, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.copyable import copyable
from dashapp.components.icon import icon
from dashapp.domain.message_story import Story
from dashapp.domain.message_timeline import Row
from dashapp.domain.text import visible
from dashapp.query.entities import FIELD_KINDS
from dashapp.query.printing import to_text
from dashapp.query.tree import Match, Value

# Heading, then label and column; a field's name where the value leads to the messages that share it.
_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Sender",
        (
            ("Address", "SenderFromAddress", "SenderFromAddress"),
            ("Domain", "SenderFromDomain", "SenderFromDomain"),
            ("Envelope sender", "SenderMailFromAddress", "SenderMailFromAddress"),
            ("Server address", "sender_ip", "SenderIP"),
            ("Country", "sender_country", "SenderCountry"),
            ("Network", "sender_as_org", ""),
            ("Network number", "sender_asn", "SenderAsn"),
            ("First contact", "IsFirstContact", ""),
            ("Free mail provider", "is_free_mail", ""),
            ("Disposable address", "is_disposable", ""),
        ),
    ),
    (
        "Detection",
        (
            ("Threats", "threat_types", ""),
            ("Technologies", "det_techs", ""),
            ("Confidence", "confidence", "Confidence"),
            ("Threat names", "ThreatNames", ""),
            ("Classification", "ThreatClassification", "ThreatClassification"),
            ("Policy", "EmailActionPolicy", "EmailActionPolicy"),
            ("Policy action", "EmailAction", "EmailAction"),
            ("Bulk complaint level", "BulkComplaintLevel", ""),
            ("Context", "Context", ""),
        ),
    ),
    (
        "Message",
        (
            ("Direction", "EmailDirection", "EmailDirection"),
            ("Original delivery", "DeliveryAction", "DeliveryAction"),
            ("Original location", "DeliveryLocation", "DeliveryLocation"),
            ("Language", "EmailLanguage", "EmailLanguage"),
            ("Size in bytes", "EmailSize", ""),
            ("To", "To", ""),
            ("Cc", "Cc", ""),
            ("Distribution list", "DistributionList", ""),
            ("Forwarding", "ForwardingInformation", ""),
            ("Transport rules", "ExchangeTransportRule", ""),
            ("Connectors", "Connectors", ""),
            ("Network message ID", "NetworkMessageId", "NetworkMessageId"),
            ("Internet message ID", "InternetMessageId", "InternetMessageId"),
            ("Cluster ID", "EmailClusterId", "EmailClusterId"),
        ),
    ),
)
_COPIED = {
    *("SenderFromAddress", "SenderFromDomain", "SenderMailFromAddress", "sender_ip", "NetworkMessageId"),
    *("InternetMessageId", "EmailClusterId", "ThreatNames", "To", "Cc"),
}


def facts(story: Story, find: Callable[[str], str]) -> list[Component]:
    """A section for each group of facts; what the data does not say is named at its end."""
    found = [_group(title, lines, story.message, find) for title, lines in _GROUPS]
    if story.campaigns:
        found.insert(2, _campaigns(story.campaigns, find))
    return found


def _group(title: str, lines: Sequence[tuple[str, str, str]], told: Row, find: Callable[[str], str]) -> Component:
    known = [line for line in lines if told[line[1]] not in (None, "")]
    missing = [label.lower() for label, column, _ in lines if told[column] in (None, "")]
    pairs = [_line(label, column, told[column], field, find) for label, column, field in known]
    rest = html.P(f"Not in this data: {', '.join(missing)}.", className="tb-quiet tb-fine") if missing else None
    return html.Section(
        [html.H3(title), html.Dl([part for pair in pairs for part in pair], className="tb-facts"), rest],
        className="tb-message-part",
        **{"aria-label": title},
    )


def _line(
    label: str, column: str, value: object, field: str, find: Callable[[str], str]
) -> tuple[Component, Component]:
    text = _text(value)
    kind = FIELD_KINDS.get(field)
    shown = copyable(text, about=label.lower(), kind=kind) if column in _COPIED else html.Bdi(visible(text))
    parts = [shown, *([_more(label, text, field, find), _filters(label, text, field)] if field else [])]
    return html.Dt(label), html.Dd(parts)


def _more(label: str, text: str, field: str, find: Callable[[str], str]) -> Component:
    query = to_text(Match(field, (Value(text, literal=True),)))
    name = f"Messages with the same {label.lower()}"
    return dcc.Link("Find", href=find(query), title=name, className="tb-find")


def _filters(label: str, text: str, field: str) -> Component:
    """Opens the menu that filters the list by the value; only beside a list, in the explorer's flyout."""
    told = {
        "aria-label": f"Filter by {label.lower()}",
        "aria-haspopup": "menu",
        "data-field": field,
        "data-value": text,
    }
    return html.Button(icon("filter", size=14), className="tb-narrow", type="button", title="Filter", **told)


def _campaigns(campaigns: Sequence[Row], find: Callable[[str], str]) -> Component:
    items = [
        html.Li(
            [
                html.Bdi(visible(one["what"] or one["text"] or "?")),
                html.Span(f" {visible(' · '.join(filter(None, (one['kind'], one['actor']))))} ", className="tb-quiet"),
                *([_more("campaign", one["text"], "CampaignId", find)] if one["text"] else []),
            ]
        )
        for one in campaigns
    ]
    return html.Section(
        [html.H3("Campaign"), html.Ul(items, className="tb-plain-list")],
        className="tb-message-part",
        **{"aria-label": "Campaign"},
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
