"""How what is told of a thing is gathered for its panel and its page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.callbacks._dashboard_parts import value_name
from dashapp.callbacks._message import explorer_at, page_of, rows_of
from dashapp.components.chart import Chart
from dashapp.components.entity_events import alerts_section, clicks_section, documents_section, reports_section
from dashapp.components.entity_link import entity_link
from dashapp.components.entity_view import Fact, instant, leading_tables, messages_table, prevalence_section
from dashapp.components.links import href
from dashapp.data import entities, entity_events, prevalence
from dashapp.data.engine import Engine
from dashapp.data.together import together
from dashapp.domain.entity_story import PART_TITLES, Prevalence
from dashapp.domain.entity_story import prevalence as added_up
from dashapp.domain.message_timeline import Row
from dashapp.domain.text import visible
from dashapp.domain.values import Threat
from dashapp.figures.theme import THREAT_COLOURS
from dashapp.figures.volume import volume_over_time
from dashapp.ids import EntityPanel
from dashapp.query.conditions import having
from dashapp.query.entities import Entity, EntityKind, Part
from dashapp.query.fields import FIELDS, Place
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import to_text
from dashapp.query.subjects import CLICKS
from dashapp.query.tree import Match, Node, Value, all_of
from dashapp.query.views import ALL_EMAIL, URL_CLICKS, ExplorerView
from dashapp.query.window import Window, grain_for

PATH = "/entity"
CHART_HEIGHT = 132
LATEST = 5
MOST_NAMES = 5
# What is listed beside the messages of each part.
_BESIDE = {
    Part.RECIPIENT: ("SenderFromAddress",),
    Part.SENDER: ("RecipientEmailAddress", "SenderIP"),
    Part.SENDER_DOMAIN: ("RecipientEmailAddress", "SenderFromAddress", "SenderIP"),
    Part.SENDER_IP: ("RecipientEmailAddress", "SenderFromDomain"),
    Part.URL: ("RecipientEmailAddress", "SenderFromAddress"),
    Part.URL_DOMAIN: ("RecipientEmailAddress", "SenderFromDomain"),
    Part.SHA256: ("RecipientEmailAddress", "SenderFromAddress"),
    Part.FILE_NAME: ("RecipientEmailAddress", "SenderFromAddress"),
}


@dataclass(frozen=True)
class Study:
    """One thing being told of.

    Attributes:
        engine: Pinned, inside the viewer's scope.
        entity: The thing.
        window: All the time there is data.
        zone: What times are shown in.
        own_zone: The same, as the address has it; empty: it does not.
    """

    engine: Engine
    entity: Entity
    window: Window
    zone: str
    own_zone: str

    def find(self, node: Node, view: ExplorerView = ALL_EMAIL) -> str:
        """A view of the explorer over all time with a filter; empty if the filter is longer than one may be."""
        text = to_text(node)
        return explorer_at(text, self.window, self.own_zone, view.slug) if len(text) <= MOST_CHARACTERS else ""

    def page_of(self, row: Row) -> str:
        """The page of a message of ``latest``."""
        return page_of(row, str(row["NetworkMessageId"]), zone=self.own_zone)


def entity_page(entity: Entity, zone: str) -> str:
    """The address of the page about a thing."""
    return href(f"{PATH}/{entity.kind}", value=entity.value, tz=zone)


def leading_parts(entity: Entity) -> tuple[Part, ...]:
    """The parts whose numbers are told first; those of other tables may take longer."""
    return entity.parts[:1] if entity.kind is EntityKind.DOMAIN else entity.parts


def main_sections(study: Study) -> list[Component]:
    """How often the thing takes part in mail, with a chart of the part that tells most."""
    parts = leading_parts(study.entity)
    frames = together([partial(_over_time, study, part) for part in parts])
    counted = dict(zip(parts, frames, strict=True))
    told = {part: added_up(part, rows_of(frame)) for part, frame in counted.items()}
    most = max(told.values(), key=lambda found: found.messages).part
    sections = []
    for part, found in told.items():
        if part is most:
            chart, facts = _chart(study, part, counted[part]), _facts(study, part, counted[part])
            sections.append(_section(study, found, chart=chart, facts=facts))
        elif found.messages:
            sections.append(_section(study, found))
    return sections


def rest_sections(study: Study) -> list[Component]:
    """Who and what comes with the thing, and what else happened around it."""
    kind = study.entity.kind
    asks: list[Callable[[], list[Component]]] = [partial(_in_links, study)] if kind is EntityKind.DOMAIN else []
    asks += [partial(_clicks, study)] if entity_events.has_clicks(study.entity) else []
    asks += [partial(_beside, study, part) for part in study.entity.parts]
    asks += [partial(_reports, study)] if kind is EntityKind.USER else []
    asks += [partial(_documents, study)] if kind is EntityKind.FILE else []
    asks += [partial(_alerts, study)] if kind is not EntityKind.DOMAIN else []
    return [section for sections in together(asks) for section in sections]


def _in_links(study: Study) -> list[Component]:
    counts = _over_time(study, Part.URL_DOMAIN)
    # A domain nobody writes from has its chart here.
    chart = _chart(study, Part.URL_DOMAIN, counts) if _over_time(study, Part.SENDER_DOMAIN).empty else None
    return [_section(study, added_up(Part.URL_DOMAIN, rows_of(counts)), chart=chart)]


def _clicks(study: Study) -> list[Component]:
    engine, entity = study.engine, study.entity
    counts, latest = entity_events.click_counts(engine, entity), entity_events.latest_clicks(engine, entity)
    every = study.find(all_of(*having(CLICKS.fields[_CLICK_FIELDS[entity.kind]], [entity.value])), URL_CLICKS)
    by_user = entity.kind is EntityKind.USER
    return [clicks_section(rows_of(counts), rows_of(latest), study.zone, by_user=by_user, every=every)]


_CLICK_FIELDS = {
    EntityKind.USER: "RecipientEmailAddress",
    EntityKind.URL: "ClickUrl",
    EntityKind.DOMAIN: "ClickDomain",
}


def _reports(study: Study) -> list[Component]:
    return [reports_section(rows_of(entity_events.reports(study.engine, study.entity.value)), study.zone)]


def _documents(study: Study) -> list[Component]:
    return [documents_section(rows_of(entity_events.documents(study.engine, study.entity)), study.zone)]


def _alerts(study: Study) -> list[Component]:
    return [alerts_section(rows_of(entity_events.alerts(study.engine, study.entity)), study.zone)]


def _over_time(study: Study, part: Part) -> pd.DataFrame:
    grain = grain_for(study.window)
    return prevalence.over_time(study.engine, part, study.entity.value, grain=grain, zone=study.zone)


def _section(
    study: Study, found: Prevalence, *, chart: Component | None = None, facts: Sequence[Fact] = ()
) -> Component:
    return prevalence_section(
        found,
        title=PART_TITLES[found.part],
        value=study.entity.value,
        zone=study.zone,
        find=study.find,
        chart=chart,
        facts=facts,
        colours=THREAT_COLOURS,
        say=value_name,
    )


def _chart(study: Study, part: Part, counts: pd.DataFrame) -> Component | None:
    if counts.empty:
        return None
    named = counts.assign(series=counts["threat"].fillna("(none)"))
    grouped = named.groupby(["bucket", "series"], as_index=False).agg({"messages": "sum"})
    grain = grain_for(study.window)
    figure = volume_over_time(
        grouped,
        study.window,
        grain=grain,
        zone=study.zone,
        labels={name: value_name("PrimaryThreat", name) for name in Threat},
        address=study.find(part.of(study.entity.value)),
    )
    figure.update_layout(dragmode=False, margin={"l": 40, "r": 4, "t": 10, "b": 30})
    name = f"Messages over time, by {grain}: {int(counts['messages'].sum()):,} in all."
    return html.Div(Chart(EntityPanel.CHART, height=CHART_HEIGHT, figure=figure), role="img", **{"aria-label": name})


def _facts(study: Study, part: Part, counts: pd.DataFrame) -> list[Fact]:
    if FIELDS[part].place is Place.URL:
        return _of_link(entities.records(study.engine, part, study.entity.value))
    if FIELDS[part].place is Place.ATTACHMENT:
        return _of_file(entities.records(study.engine, part, study.entity.value), is_hash=study.entity.is_hash)
    if counts.empty or part is Part.RECIPIENT:
        return []
    start = prevalence.since(counts, 1)
    newest = rows_of(prevalence.latest(study.engine, part, study.entity.value, start=start, limit=1))
    return [fact for row in newest for fact in _of_sender(study, row)]


def _of_sender(study: Study, row: Row) -> list[Fact]:
    """What the newest message says about where it came from."""
    found: list[Fact] = []
    if study.entity.kind is EntityKind.IP:
        if row["sender_country"]:
            same = Match("SenderCountry", (Value(row["sender_country"], literal=True),))
            found.append(("Country", _lead(study, value_name("SenderCountry", row["sender_country"]), same)))
        if row["sender_asn"] is not None:
            named = f"AS{row['sender_asn']} {visible(row['sender_as_org'] or '')}".strip()
            found.append(("Network", _lead(study, named, Match("SenderAsn", (Value(str(row["sender_asn"])),)))))
        return found
    registered = row["sender_registered_domain"]
    if study.entity.kind is EntityKind.DOMAIN and registered:
        under = Match("SenderRegisteredDomain", (Value(registered, literal=True),))
        more = [" · ", _lead(study, "all mail under it", under)]
        found.append(("Registered domain", html.Span([entity_link(EntityKind.DOMAIN, registered), *more])))
    for label, column in (("Free mail provider", "is_free_mail"), ("Disposable addresses", "is_disposable")):
        if row[column] is not None:
            found.append((label, "Yes" if row[column] else "No"))
    return found


def _lead(study: Study, text: str, node: Node) -> Component:
    return dcc.Link(html.Bdi(text), href=study.find(node))


def _of_link(records: pd.DataFrame) -> list[Fact]:
    if records.empty:
        return []
    domains = [entity_link(EntityKind.DOMAIN, name) for name in _named(records["UrlDomain"])]
    found: list[Fact] = [("Domain", html.Span(_between(domains)))] if domains else []
    found.append(("Verdict of the link", ", ".join(map(visible, _named(records["ThreatTypes"]))) or "None said"))
    for label, column in (("Found by", "DetectionMethods"), ("Where it stood", "UrlLocation")):
        if names := _named(records[column]):
            found.append((label, ", ".join(map(visible, names))))
    return found


def _of_file(records: pd.DataFrame, *, is_hash: bool) -> list[Fact]:
    if records.empty:
        return []
    found: list[Fact] = []
    if is_hash:
        names = [entity_link(EntityKind.FILE, name) for name in _named(records["FileName"])]
        found += [("Names", html.Span(_between(names)))] if names else []
    else:
        hashes = [entity_link(EntityKind.FILE, name, mono=True) for name in _named(records["SHA256"])]
        found += [("SHA-256", html.Span(_between(hashes)))] if hashes else []
    sizes = sorted(records["FileSize"].dropna().unique())[:MOST_NAMES]
    found += [("Size", ", ".join(f"{int(size):,} bytes" for size in sizes))] if sizes else []
    columns = (("Type", "FileType"), ("Family", "threat_family"), ("Threat names", "ThreatNames"))
    for label, column in columns:
        if told := _named(records[column]):
            found.append((label, ", ".join(map(visible, told))))
    found.append(("Verdict of the file", ", ".join(map(visible, _named(records["ThreatTypes"]))) or "None said"))
    return found


def _named(column: pd.Series) -> list[str]:
    """The few most frequent texts of a column."""
    given = column[column.notna() & (column != "")]
    return [str(name) for name in given.value_counts().index[:MOST_NAMES]]


def _between(parts: Iterable[Component]) -> list[Component | str]:
    found: list[Component | str] = []
    for part in parts:
        found += [", ", part] if found else [part]
    return found


def _beside(study: Study, part: Part) -> list[Component]:
    """The latest messages of a part and what comes with them most often."""
    engine, value = study.engine, study.entity.value
    counts = _over_time(study, part)
    if counts.empty:
        return []
    start = prevalence.since(counts, prevalence.MOST_COMPARED)
    few = rows_of(prevalence.leading(engine, part, value, _BESIDE[part], start=start))
    note = _note(counts, start, study.zone)
    tables = leading_tables(few, value, part, study.find, note=note)
    if part is Part.URL_DOMAIN:
        return tables
    start = prevalence.since(counts, LATEST)
    newest = rows_of(prevalence.latest(engine, part, value, start=start, limit=LATEST))
    return [messages_table(newest, part, study.zone, study.page_of), *tables]


def _note(counts: pd.DataFrame, start: datetime | None, zone: str) -> str:
    total = int(counts["messages"].sum())
    return f"Of the latest messages, since {instant(start, zone)}; there are {total:,} in all." if start else ""
