"""One message as people read it, the same in the explorer's flyout and on the message's own page."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.copyable import copy_button, copyable, copyable_link
from dashapp.components.data_table import data_table
from dashapp.components.entity_link import entity_link
from dashapp.components.icon import icon
from dashapp.components.message_facts import facts
from dashapp.components.text import defang
from dashapp.domain.authentication_words import Check, checks
from dashapp.domain.message_story import Story
from dashapp.domain.message_timeline import Event, Row
from dashapp.domain.text import visible
from dashapp.domain.verdict_words import Explanation, explain
from dashapp.query.entities import EntityKind

Find = Callable[[str], str]  # the explorer's address for a query text
Open = Callable[[Row], str]  # the address of the page of a copy
NOT_SAID = "Not in this data"
MOST_COPIES_SHOWN = 20
_ICONS = {"bad": "alert", "warn": "alert", "good": "shield-check", "quiet": "info"}
_TAGS = {"bad": "tb-tag tb-tag-bad", "warn": "tb-tag tb-tag-warn", "good": "tb-tag tb-tag-good", "quiet": "tb-tag"}


def message_view(
    story: Story, *, zone: str, find: Find, open_copy: Open, heading: type[Component], page: str = ""
) -> Component:
    """The message from what matters most to the small print.

    Args:
        story: All that is known of it.
        zone: What times are shown in.
        find: Makes links to the explorer.
        open_copy: Makes links to the other recipients' copies.
        heading: ``html.H1`` on a page, ``html.H2`` in a flyout.
        page: Address of the message's own page; empty: this is it, or there is none.
    """
    told = explain(story.case)
    return html.Article(
        [
            _headline(story, zone, heading, page),
            _verdict(told),
            section("Timeline", _timeline(story.events, zone), note=f"Times in {zone}."),
            section(f"Links ({_count(story.urls, story.message['UrlCount'])})", _links(story)),
            section(
                f"Attachments ({_count(story.attachments, story.message['AttachmentCount'])})",
                _attachments(story.attachments),
            ),
            section("Authentication of the sender", _authentication(story.message)),
            section("Overrides", _overrides(story.message)),
            *facts(story, find),
            section(f"Other recipients ({len(story.others):,})", _copies(story.others, open_copy)),
            *_headers(story),
        ],
        className="tb-message",
    )


def section(title: str, body: Component, *, note: str = "") -> Component:
    """A part of the message with its heading."""
    foot = [html.P(note, className="tb-quiet tb-fine")] if note else []
    return html.Section([html.H3(title), body, *foot], className="tb-message-part", **{"aria-label": title})


def _count(rows: Sequence[Row], stated: int | None) -> str:
    """How many there are; when the message states more than are loaded, both."""
    return f"{len(rows):,} of {stated:,}" if stated is not None and stated > len(rows) else f"{len(rows):,}"


def _headline(story: Story, zone: str, heading: type[Component], page: str) -> Component:
    told, case = story.message, story.case
    subject = told["Subject"]
    local = told["Timestamp"].astimezone(ZoneInfo(zone))
    tags = [case.threat if case.threat not in (None, "None") else "", case.delivery or "", _now(case.place, told)]
    return html.Header(
        [
            heading(html.Bdi(visible(subject)) if subject else html.Em("No subject"), className="tb-message-subject"),
            html.P(
                [
                    *([html.Bdi(visible(told["SenderDisplayName"])), " "] if told["SenderDisplayName"] else []),
                    _address(told["SenderFromAddress"], "sender"),
                    html.Span([" ", icon("arrow-right", size=14, label="to"), " "]),
                    _address(told["RecipientEmailAddress"] or told["recipient"], "recipient"),
                ],
                className="tb-message-people",
            ),
            html.P(
                [
                    html.Time(f"{local:%Y-%m-%d %H:%M:%S %Z}", dateTime=told["Timestamp"].isoformat()),
                    *(html.Span(visible(tag), className="tb-tag") for tag in tags if tag),
                    *([dcc.Link("Open as a page", href=page, className="tb-message-page-link")] if page else []),
                ],
                className="tb-message-tags",
            ),
        ]
    )


def _now(place: str | None, told: Row) -> str:
    return f"Now: {place}" if place and place != told["DeliveryLocation"] else place or ""


def _address(address: str | None, about: str) -> Component:
    return (
        copyable(address, about=f"the {about}", kind=EntityKind.USER)
        if address
        else html.Span(f"{about}: {NOT_SAID.lower()}")
    )


def _verdict(told: Explanation) -> Component:
    return html.Div(
        [
            html.P([icon(_ICONS[told.tone], size=18), html.B(visible(told.title))], className="tb-verdict-title"),
            html.Ul([html.Li(visible(sentence)) for sentence in told.sentences]),
        ],
        className=f"tb-verdict tb-verdict-{told.tone}",
    )


def _timeline(events: Sequence[Event], zone: str) -> Component:
    return html.Ol([_event(event, zone) for event in events], className="tb-timeline")


def _event(event: Event, zone: str) -> Component:
    local = event.time.astimezone(ZoneInfo(zone))
    last = len(event.details) - 1
    details = [
        copyable_link(text) if event.is_link and place == last else html.Bdi(visible(text))
        for place, text in enumerate(event.details)
    ]
    return html.Li(
        [
            html.Time(f"{local:%Y-%m-%d %H:%M:%S}", dateTime=event.time.isoformat()),
            html.Span(
                [html.B(visible(event.title)), html.Span(event.source, className="tb-quiet tb-fine")],
                className="tb-timeline-what",
            ),
            *([html.Span(details, className="tb-timeline-details")] if details else []),
        ],
        className=f"tb-timeline-{event.tone}",
    )


def _links(story: Story) -> Component:
    if not story.urls:
        said = story.message["UrlCount"]
        return _nothing("The message has no links." if said == 0 else f"{NOT_SAID}.")
    rows = [
        [
            copyable_link(url["Url"] or ""),
            _url_domain(url),
            _said(url["UrlLocation"]),
            _threat(url),
            _clicks(story, url),
        ]
        for url in story.urls
    ]
    return data_table(
        ["Link", "Domain", "Where", "Verdict", "Clicks"],
        rows,
        caption="Links of the message; clicks by all recipients you may see",
    )


def _url_domain(url: Row) -> Component | str:
    return entity_link(EntityKind.DOMAIN, url["UrlDomain"]) if url["UrlDomain"] else NOT_SAID


def _threat(row: Row) -> Component:
    found = row["ThreatTypes"]
    return html.Span(visible(found), className=_TAGS["bad"]) if found else html.Span("None said", className="tb-quiet")


def _clicks(story: Story, url: Row) -> str:
    clicks, through = story.clicks_on(url["Url"])
    return f"{clicks:,} ({through:,} reached it)" if clicks else "None recorded"


def _attachments(attachments: Sequence[Row]) -> Component:
    if not attachments:
        return _nothing("None in this data.")
    rows = [
        [
            copyable(file["FileName"], about="the name", kind=EntityKind.FILE) if file["FileName"] else NOT_SAID,
            _said(file["FileType"] or file["FileExtension"]),
            f"{file['FileSize']:,} bytes" if file["FileSize"] is not None else NOT_SAID,
            _file_threat(file),
            _hash(file["SHA256"]),
        ]
        for file in attachments
    ]
    return data_table(["Name", "Type", "Size", "Verdict", "SHA-256"], rows, caption="Attachments of the message")


def _file_threat(file: Row) -> Component:
    names = [name for name in (file["threat_family"] or file["ThreatNames"],) if name]
    return html.Span([_threat(file), *(html.Span(f" {visible(name)}") for name in names)])


def _hash(sha256: str | None) -> Component:
    if not sha256:
        return html.Span(NOT_SAID, className="tb-quiet")
    shown = entity_link(EntityKind.FILE, sha256, shown=f"{sha256[:12]}\u2026", mono=True)
    return html.Span([shown, copy_button(sha256, about="the SHA-256")], className="tb-copyable")


def _authentication(told: Row) -> Component:
    found = checks(
        spf=told["spf"],
        dkim=told["dkim"],
        dmarc=told["dmarc"],
        compauth=told["compauth"],
        sender=_domain(told["SenderFromDomain"]),
        envelope=_domain(told["SenderMailFromDomain"]),
        details=told["AuthenticationDetails"],
    )
    return html.Ul([_check(one) for one in found], className="tb-checks")


def _domain(name: str | None) -> str | None:
    return defang(name) if name else None


def _check(one: Check) -> Component:
    return html.Li(
        [
            html.B(one.name),
            html.Span(visible(one.result) if one.result else "?", className=_TAGS[one.tone]),
            html.Span(visible(one.meaning)),
        ]
    )


def _overrides(told: Row) -> Component:
    rows = [
        [who, *(_said(told[column]) for column in (action, policy))]
        for who, action, policy in (
            ("Organisation", "OrgLevelAction", "OrgLevelPolicy"),
            ("Recipient", "UserLevelAction", "UserLevelPolicy"),
        )
        if told[action] or told[policy]
    ]
    if not rows:
        return _nothing("No setting of the organisation or the recipient is recorded to have decided about it.")
    return data_table(["Whose", "Action", "Policy"], rows, caption="Overrides of the filters' verdict")


def _copies(others: Sequence[Row], open_copy: Open) -> Component:
    if not others:
        return _nothing("Nobody else that you may see got it.")
    rows = [
        [
            dcc.Link(
                html.Bdi(visible(copy["RecipientEmailAddress"] or copy["recipient"] or "?")), href=open_copy(copy)
            ),
            _said(copy["explorer_delivery"]),
            _said(copy["DeliveryLocation"]),
        ]
        for copy in others[:MOST_COPIES_SHOWN]
    ]
    table = data_table(["Recipient", "Delivery", "Put into"], rows, caption="Other recipients of the message")
    rest = len(others) - len(rows)
    return html.Div([table, html.P(f"And {rest:,} more.", className="tb-quiet tb-fine") if rest > 0 else None])


def _headers(story: Story) -> list[Component]:
    found = (
        [section("Header", html.Pre(_lines(story.headers), className="tb-headers", tabIndex=0))]
        if story.headers
        else []
    )
    if story.fields:
        rows = [[html.Bdi(visible(name)), html.Bdi(visible(value))] for name, value in story.fields.items()]
        found.append(
            section("Further fields of the source", data_table(["Field", "Value"], rows, caption="Further fields"))
        )
    return found


def _said(text: str | None) -> str:
    return visible(text) if text else NOT_SAID


def _lines(text: str) -> str:
    return "\n".join(visible(line, most=2_000) for line in text.splitlines()[:500])


def _nothing(text: str) -> Component:
    return html.P(text, className="tb-none")
