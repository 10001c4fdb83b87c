"""A user, domain, address, link or file as people read it, the same in the panel and on its own page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.copyable import copy_button
from dashapp.components.data_table import data_table
from dashapp.components.entity_link import DEFANGED, entity_link
from dashapp.components.message_view import section
from dashapp.domain.entity_story import KIND_NAMES, Prevalence
from dashapp.domain.message_timeline import Row
from dashapp.domain.numbers import share
from dashapp.domain.text import visible
from dashapp.query.defang import defang
from dashapp.query.entities import FIELD_KINDS, Entity, Part
from dashapp.query.fields import FIELDS
from dashapp.query.tree import Match, Node, Not, Present, Value, all_of

Find = Callable[[Node], str]  # the explorer's address for a filter; empty if none can hold it
Say = Callable[[str, str], str]  # what people call a value of a field
Fact = tuple[str, Component | str]
UNSAID = "Not said"
_SPAN = "Over all the time there is data that you may see, whatever the range of the page."
_PERSON = (
    ("Name", "AccountDisplayName"),
    ("Department", "Department"),
    ("Job title", "JobTitle"),
    ("City", "City"),
    ("Country", "Country"),
    ("Tags", "UserTags"),
)
_NO_MESSAGES = {
    Part.RECIPIENT: "No message to this address that you may see.",
    Part.SENDER: "No message from this address that you may see.",
    Part.SENDER_DOMAIN: "No message from this domain that you may see.",
    Part.SENDER_IP: "No message from this address that you may see.",
    Part.URL: "No message with this link that you may see.",
    Part.URL_DOMAIN: "No message with a link to this domain that you may see.",
    Part.SHA256: "No message with this file that you may see.",
    Part.FILE_NAME: "No message with a file of this name that you may see.",
}

# Where a thing has lists of more than one part, which this one is of.
_AMONG = {
    Part.RECIPIENT: " of received mail",
    Part.SENDER: " of sent mail",
    Part.URL_DOMAIN: " of mail that links to it",
}
_LATEST = {Part.RECIPIENT: " received", Part.SENDER: " sent"}


def entity_head(
    entity: Entity, person: Row | None, *, zone: str, heading: type[Component], page: str = ""
) -> Component:
    """What a thing is: known at once.

    Args:
        entity: It.
        person: The directory's record of a user; None if there is none.
        zone: What times are shown in.
        heading: ``html.H1`` on a page, ``html.H2`` in a panel.
        page: Address of its own page; empty: this is it.
    """
    shown = defang(entity.value) if entity.kind in DEFANGED else entity.value
    harmless = defang(entity.value)
    buttons = [copy_button(entity.value, about="the value")]
    buttons += [copy_button(harmless, about="it defanged", picture="shield")] if harmless != entity.value else []
    known = [(label, visible(str(person[column]))) for label, column in _PERSON if person and person[column]]
    kind = "Person in the directory" if known else KIND_NAMES[entity.kind]
    return html.Header(
        [
            html.P(kind, className="tb-entity-kind"),
            heading(html.Bdi(visible(shown, most=2_000)), className="tb-entity-name"),
            html.Div(
                [html.Span(buttons), *([dcc.Link("Open as a page", href=page)] if page else [])],
                className="tb-entity-actions",
            ),
            facts_list(known) if known else None,
            html.P(f"{_SPAN} Times in {zone}.", className="tb-quiet tb-fine"),
        ],
        className="tb-entity-head",
    )


def facts_list(facts: Sequence[Fact]) -> Component:
    """Labels and what they say, one a line."""
    parts = [
        part
        for label, told in facts
        for part in (html.Dt(label), html.Dd(html.Bdi(told) if isinstance(told, str) else told))
    ]
    return html.Dl(parts, className="tb-facts")


def prevalence_section(
    found: Prevalence,
    *,
    title: str,
    value: str,
    zone: str,
    find: Find,
    chart: Component | None = None,
    facts: Sequence[Fact] = (),
    colours: Mapping[str, str],
    say: Say,
) -> Component:
    """How often a thing takes part in messages in one way, since when, and what became of them.

    Args:
        found: The numbers.
        title: Of the section.
        value: Of the thing, for links.
        zone: What times are shown in.
        find: Makes links to the explorer.
        chart: Of the messages over time.
        facts: What else is known.
        colours: Of verdicts in the chart.
        say: What people call a value of a field.
    """
    if not found.messages:
        return section(title, html.P(_NO_MESSAGES[found.part], className="tb-none"))
    node = found.part.of(value)
    splits = [_split("Verdict", "PrimaryThreat", found.threats, node, find, say, colours)]
    splits.append(_split("Delivery", "ExplorerDelivery", found.deliveries, node, find, say, {}))
    if found.part in {Part.SENDER_DOMAIN, Part.SENDER_IP}:
        splits += [_split(name, name, counts, node, find, say, {}) for name, counts in found.checks.items()]
    everything = find(node)
    body = [
        _numbers(found, zone),
        *([chart] if chart else []),
        html.Div(splits, className="tb-entity-split"),
        *([facts_list(facts)] if facts else []),
        *(
            [html.P(dcc.Link("View all in the explorer", href=everything), className="tb-entity-more")]
            if everything
            else []
        ),
    ]
    return section(title, html.Div(body))


def _numbers(found: Prevalence, zone: str) -> Component:
    bad = "tb-entity-bad" if found.malicious else ""
    told = [
        ("Messages", f"{found.messages:,}", ""),
        ("Malware or phish", f"{found.malicious:,}", bad),
        ("Of these delivered", f"{found.reached:,}", "tb-entity-bad" if found.reached else ""),
        ("First seen", instant(found.first, zone), "tb-entity-time"),
        ("Last seen", instant(found.last, zone), "tb-entity-time"),
    ]
    return html.Dl(
        [html.Div([html.Dt(label), html.Dd(text, className=kind)]) for label, text, kind in told],
        className="tb-entity-numbers",
    )


def instant(moment: datetime | None, zone: str) -> str:
    """A time in ``zone``, to the minute."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if moment else UNSAID


def _split(
    title: str, field: str, counts: Mapping[str, int], node: Node, find: Find, say: Say, colours: Mapping[str, str]
) -> Component:
    total = sum(counts.values())
    items = []
    for name, count in counts.items():
        same: Node = Match(field, (Value(name, literal=True),)) if name else Not(Present(field))
        swatch = [html.Span(className="tb-swatch", style={"background": colours[name]})] if name in colours else []
        text = f"{count:,} ({_share(count, total)})"
        address = find(all_of(node, same))
        number = dcc.Link(text, href=address) if address else html.Span(text)
        items.append(html.Li([html.Span([*swatch, html.Bdi(visible(say(field, name)) if name else UNSAID)]), number]))
    return html.Div([html.H4(title), html.Ul(items, className="tb-similar")])


def _share(count: int, total: int) -> str:
    """Never none of it, nor all of it, when it is not."""
    if 0 < count / total < 0.0005:
        return "< 0.1 %"
    return "> 99.9 %" if 0.9995 <= count / total < 1 else share(count, total)


def leading_tables(rows: Sequence[Row], value: str, part: Part, find: Find, *, note: str = "") -> list[Component]:
    """Who and what comes with a thing most often: a table for each field, its values leading to their own panels."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["field"]), []).append(row)
    return [
        section(
            f"{FIELDS[field].label}s{_AMONG.get(part, '')} ({int(few[0]['values']):,})",
            _leading(field, few, value, part, find),
            note=note,
        )
        for field, few in found.items()
    ]


def _leading(field: str, rows: Sequence[Row], value: str, part: Part, find: Find) -> Component:
    kind = FIELD_KINDS[field]
    cells: list[list[str | int | Component]] = []
    for row in rows:
        name = str(row["value"])
        address = find(all_of(part.of(value), Part(field).of(name)))
        count = f"{row['messages']:,}"
        cells.append(
            [
                entity_link(kind, name),
                dcc.Link(count, href=address) if address else count,
                f"{row['malicious']:,}",
            ]
        )
    table = data_table(
        [FIELDS[field].label, "Messages", "Malicious"], cells, caption=f"Most frequent: {FIELDS[field].label}"
    )
    return html.Div(table, className="tb-entity-leading")


def messages_table(rows: Sequence[Row], part: Part, zone: str, page_of: Callable[[Row], str]) -> Component:
    """The latest messages, each leading to its page."""
    title = f"Latest messages{_LATEST.get(part, '')}"
    cells: list[list[str | int | Component]] = []
    for row in rows:
        subject = html.Bdi(visible(str(row["Subject"]), most=80)) if row["Subject"] else html.Em("No subject")
        address = page_of(row)
        cells.append(
            [
                html.Time(instant(row["Timestamp"], zone)),
                dcc.Link(subject, href=address) if address else subject,
                html.Bdi(visible(str(row["SenderFromAddress"] or UNSAID))),
                html.Bdi(visible(str(row["recipient"] or UNSAID))),
                visible(" · ".join(str(row[name]) for name in ("primary_threat", "explorer_delivery") if row[name])),
            ]
        )
    return section(
        title,
        data_table(["Time", "Subject", "From", "To", "Verdict and delivery"], cells, caption=title),
    )
