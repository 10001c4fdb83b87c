"""The explorer's tabs over HTTP: what each shows, where its numbers lead, its file, and whatever a browser may send."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from dashapp.components.explorer_tabs import TABLES, VIEWS
from dashapp.data import grid
from dashapp.data.clicks import VERDICTS
from dashapp.data.engine import open_engine
from dashapp.figures.theme import series_colours
from dashapp.identity.permissions import Role
from dashapp.ids import Tabs
from dashapp.pages.explorer import layout
from dashapp.query.tabs import Tab
from dashapp.query.urlstate import EXPLORER, ViewState
from dashapp.query.views import find_view, in_view
from dashapp.query.window import read_window
from dashapp.settings import Settings
from dashapp.storage.tables import audit
from tests.apps import Board, build
from tests.callbacks.test_dashboard import said, view
from tests.lakes import publish
from tests.threats import HOSTILE, PEOPLE, threat_lake

WHOLE = "?from=now-90d"
CONTENTS = {**TABLES, Tab.URL_CLICKS: Tabs.LATEST, Tab.ORIGIN: Tabs.ORIGIN_LIST}
EVIL = "https://evil.example/a?to=ana@contoso.example&x=1"
LONG = "https://long.example/" + "a" * 2100


@pytest.fixture(scope="module")
def clicked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Threats of sixty days; three messages of yesterday have links, which were clicked."""
    folder: Path = tmp_path_factory.mktemp("clicked")
    now = datetime.now(UTC)
    lake = threat_lake(folder / "lake", now, family=HOSTILE)
    sent = now.replace(tzinfo=None) - timedelta(hours=20)
    ids = ["with-1", "with-2", "with-3"]
    publish(
        lake.path,
        "EmailEvents",
        Timestamp=[sent] * 3,
        NetworkMessageId=ids,
        recipient=list(PEOPLE),
        RecipientEmailAddress=list(PEOPLE),
        explorer_delivery=["Blocked", "Delivered", "Delivered to junk"],
        primary_threat=["None"] * 3,
        sender_country=["ZZ", None, "NL"],
    )
    urls = [EVIL, EVIL, "javascript:alert(1)//" + HOSTILE, LONG]
    publish(
        lake.path,
        "EmailUrlInfo",
        Timestamp=[sent] * 4,
        NetworkMessageId=[*ids, "with-3"],
        Url=urls,
        url_lower=[url.lower() for url in urls],
        UrlDomain=["evil.example"] * 4,
        url_domain=["evil.example"] * 4,
    )
    publish(
        lake.path,
        "UrlClickEvents",
        Timestamp=[sent + timedelta(hours=hours) for hours in (1, 2, 3)],
        NetworkMessageId=["with-1", "with-2", "with-2"],
        account=[PEOPLE[0], PEOPLE[1], PEOPLE[1]],
        Url=[EVIL, EVIL, HOSTILE],
        url_lower=[EVIL, EVIL, HOSTILE.lower()],
        url_domain=["evil.example", "evil.example", None],
        click_verdict=["Blocked", "Allowed", "Error"],
    )
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(folder, lake=lake, engine=engine)
    yield made
    engine.close()
    made.services.storage.close()


def shown(board: Board, tab: Tab, search: str = WHOLE, role: Role = Role.SECURITY_READER, part: str = "") -> Any:
    output = board.output_of(part or f"{CONTENTS[tab]}.children")
    body = board.body(output, {f"{VIEWS[tab]}.data": view(search, "/explorer")})
    return board.browser(role).fire(body)


def links(answer: Any) -> list[tuple[str, str]]:
    """Text and address of each link with plain text in it."""
    found: list[tuple[str, str]] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            if len(node) > 2 and node[0] == "link":
                texts = [part for part in node[2:] if isinstance(part, str)]
                found.append((texts[0] if texts else str(node[2][-1]), node[1]["href"]))
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            for part in node.values():
                walk(part)

    walk(answer.json)
    return found


def matching(board: Board, address: str) -> int:
    state = ViewState.from_search(urlsplit(address).query, EXPLORER)
    window = read_window(state.start, state.end, now=datetime.now(UTC), zone="UTC")
    return grid.count(board.services.whole_engine, in_view(find_view(state.view), state.query).node, window).matching


@pytest.mark.parametrize("tab", [Tab.TOP_URLS, Tab.TARGETED, Tab.FAMILIES])
@pytest.mark.parametrize("query", ["", "PrimaryThreat:(Malware, None)", "Subject:invoice OR Url:*", "UrlDomain:*"])
def test_every_number_leads_to_as_many_messages(clicked: Board, tab: Tab, query: str) -> None:
    numbers = [(text, href) for text, href in links(shown(clicked, tab, f"{WHOLE}&q={query}")) if text.isdigit()]
    for text, href in numbers:
        assert matching(clicked, href) == int(text), href
    assert numbers or query


@pytest.mark.parametrize("view_name", ["malware", "phish"])
def test_tabs_are_about_the_messages_of_the_view(clicked: Board, view_name: str) -> None:
    search = f"{WHOLE}&view={view_name}"
    numbers = [(text, href) for text, href in links(shown(clicked, Tab.TARGETED, search)) if text.isdigit()]
    assert sum(int(text) for text, _ in numbers) < sum(
        int(text) for text, _ in links(shown(clicked, Tab.TARGETED)) if text.isdigit()
    )
    for text, href in numbers:
        assert matching(clicked, href) == int(text), href


def test_the_messages_behind_a_click_are_those_clicked_on(clicked: Board) -> None:
    numbers = [(text, href) for text, href in links(shown(clicked, Tab.TOP_CLICKS)) if text.isdigit()]
    assert [text for text, _ in numbers] == ["2", "1", "1", "1", "1"]
    assert [matching(clicked, href) for _, href in numbers] == [2, 1, 1, 1, 1]


def test_a_link_keeps_the_range_and_the_switched_off_filters(clicked: Board) -> None:
    answer = shown(clicked, Tab.TOP_URLS, f"{WHOLE}&off=PrimaryThreat:Spam&tab=top-urls&by=Subject")
    parameters = parse_qs(urlsplit(next(href for text, href in links(answer) if text == "2")).query)
    assert parameters["from"] == ["now-90d"]
    assert parameters["off"] == ["PrimaryThreat:Spam"]
    assert parameters["by"] == ["Subject"]
    assert "tab" not in parameters


def test_links_of_mail_are_shown_defanged_and_are_never_live(clicked: Board) -> None:
    for tab in (Tab.TOP_URLS, Tab.TOP_CLICKS, Tab.URL_CLICKS):
        text = said(shown(clicked, tab))
        assert "hxxps://evil[.]example/a" in text
        assert all(href.startswith("/explorer") for _, href in links(shown(clicked, tab)))
        assert "⟦U+202E⟧" in text


def test_a_link_too_long_for_a_query_leads_nowhere(clicked: Board) -> None:
    answer = shown(clicked, Tab.TOP_URLS, f"{WHOLE}&q=Url:long.example")
    assert "hxxps://long[.]example" in said(answer)
    assert all("long.example/aaa" not in href for _, href in links(answer))


def test_headings_order_the_table_and_turn_the_order_round(clicked: Board) -> None:
    first = links(shown(clicked, Tab.TARGETED, f"{WHOLE}&tab=top-targeted-n2"))
    href = next(href for text, href in first if text == "Delivered")
    assert "tab=top-targeted-n2-by-delivered" in href
    again = links(shown(clicked, Tab.TARGETED, urlsplit(href).query))
    assert next(href for text, href in again if text == "Delivered").endswith("tab=top-targeted-n2-by-delivered-asc")
    names = [text for text, _ in again if text in {"Ana Silva", "Rui Costa", "Mei Tan"}]
    assert len(names) == 2
    turned = links(shown(clicked, Tab.TARGETED, f"{WHOLE}&tab=top-targeted-n2-by-delivered-asc"))
    assert [text for text, _ in turned if text in {"Ana Silva", "Rui Costa", "Mei Tan"}] == names[::-1]
    by_name = f"{WHOLE}&tab=top-targeted-by-recipient-asc"
    ordered = [text for text, _ in links(shown(clicked, Tab.TARGETED, by_name)) if " " in text and text[0] in "ARM"]
    assert ordered == ["Ana Silva", "Mei Tan", "Rui Costa"]


def test_the_change_is_against_the_time_before_where_there_is_one(clicked: Board) -> None:
    assert "Change" in said(shown(clicked, Tab.TARGETED, "?from=now-30d"))
    assert "Change" not in said(shown(clicked, Tab.TARGETED, "?from=now-60d"))


@pytest.mark.parametrize("by", ["domain", "verdict", "url", "path", "nonsense"])
def test_clicks_are_drawn_by_every_pivot(clicked: Board, by: str) -> None:
    search = f"?from=now-3d&tab=url-clicks-by-{by}"
    drawn = shown(clicked, Tab.URL_CLICKS, search, part=f"{Tabs.CLICKS}.figure").json["response"]
    assert drawn[Tabs.CLICKS_BOX]["aria-label"].startswith("Clicks over time: 3 in 3 days")
    names = [trace["name"] for trace in drawn[Tabs.CLICKS]["figure"]["data"]]
    assert {"verdict": "Allowed", "url": "hxxps://evil[.]example/a?to=ana@contoso[.]example"}.get(by, "evil[.]example")[
        :20
    ] in " ".join(names)


def test_each_verdict_has_a_colour_of_its_own() -> None:
    colours = series_colours(list(VERDICTS.values()))
    assert len(set(colours.values())) == len(VERDICTS)


def test_clicks_outside_the_range_are_said(clicked: Board) -> None:
    until = (datetime.now(UTC) - timedelta(hours=18, minutes=30)).strftime("%Y-%m-%dT%H:%MZ")
    text = said(shown(clicked, Tab.URL_CLICKS, f"?from=now-3d&to={until}"))
    assert "2 of them outside this time range" in text


def test_countries_have_their_share_and_the_unknown_are_said(clicked: Board) -> None:
    answer = shown(clicked, Tab.ORIGIN, f"{WHOLE}&q=NetworkMessageId:with-*", part=f"{Tabs.ORIGIN}.figure")
    found = answer.json["response"]
    figure = found[Tabs.ORIGIN]["figure"]
    assert figure["data"][0]["locations"] == ["NLD"]
    (lead,) = figure["layout"]["meta"]["addresses"].values()
    assert matching(clicked, lead) == 1
    text = json.dumps(found[Tabs.ORIGIN_LIST])
    assert "Netherlands" in text
    assert "Not known" in text
    assert "1 message has no known country (33.3" in text
    assert found[Tabs.ORIGIN_BOX]["aria-label"].startswith("Map of where 3 messages were sent from: 2 countries")
    assert [matching(clicked, href) for _, href in links(answer)] == [1, 1, 1]


@pytest.mark.parametrize("tab", CONTENTS)
def test_nothing_is_said_in_words(clicked: Board, tab: Tab) -> None:
    text = said(shown(clicked, tab, f"{WHOLE}&q=Subject:nothing-has-this"))
    assert "match" in text
    assert "Choose a longer time range" in text or tab is Tab.ORIGIN
    assert "The query cannot be read" in said(shown(clicked, tab, f"{WHOLE}&q=(("))


def test_what_is_not_loaded_is_said(threats: Board) -> None:
    assert "No links of messages are loaded" in said(shown(threats, Tab.TOP_URLS))
    assert "No click data are loaded" in said(shown(threats, Tab.URL_CLICKS))


def test_mail_without_verdicts_says_so(unjudged: Board) -> None:
    assert "No verdicts in this data" in said(shown(unjudged, Tab.TARGETED))


@pytest.mark.parametrize(("text", "opened"), [("top-urls-n50", Tab.TOP_URLS), ("<script>", Tab.EMAIL), ("", Tab.EMAIL)])
def test_the_page_is_laid_out_with_the_tab_of_the_address_open(clicked: Board, text: str, opened: Tab) -> None:
    laid_out = layout(tab=text)
    tabs = [part for part in laid_out._traverse() if getattr(part, "role", "") == "tab"]
    assert [getattr(part, "data-tab") for part in tabs if getattr(part, "aria-selected") == "true"] == [opened]
    panels = [part for part in laid_out._traverse() if getattr(part, "role", "") == "tabpanel"]
    assert [getattr(part, "data-panel") for part in panels if not part.hidden] == [opened]


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
@pytest.mark.parametrize("tab", CONTENTS)
def test_tabs_are_only_for_who_may_see_messages(clicked: Board, tab: Tab, role: Role) -> None:
    assert shown(clicked, tab, role=role).status_code == 403
    assert clicked.browser(role).get(f"/explorer-table.csv{WHOLE}&tab={tab}").status_code == 403


@pytest.mark.parametrize("tab", CONTENTS)
@pytest.mark.parametrize(
    "forged", [None, 7, [], {"search": 3}, {"search": "?tab=top-urls-by-drop-table&q=\x00&from=x"}]
)
def test_forged_views_do_not_break_anything(clicked: Board, tab: Tab, forged: object) -> None:
    body = clicked.body(clicked.output_of(f"{CONTENTS[tab]}.children"), {f"{VIEWS[tab]}.data": forged})
    assert clicked.browser(Role.SECURITY_READER).fire(body).status_code in {200, 204}


def rows_of(board: Board, search: str) -> list[dict[str, str]]:
    answer = board.browser(Role.SECURITY_READER).get(f"/explorer-table.csv{search}")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode(), newline="")))


def test_the_file_holds_what_the_table_shows_and_is_on_record(clicked: Board) -> None:
    rows = rows_of(clicked, f"{WHOLE}&tab=top-urls-n2&q=NetworkMessageId:with-*")
    assert (rows[0]["URL"], rows[0]["Messages"], rows[0]["Blocked"]) == (EVIL, "2", "1")
    assert len(rows) == 2
    people = rows_of(clicked, f"{WHOLE}&tab=top-targeted")
    assert {row["Name"] for row in people} == {"Ana Silva", "Rui Costa", "Mei Tan"}
    assert "Time (UTC)" in rows_of(clicked, f"{WHOLE}&tab=url-clicks")[0]
    assert {row["Country"] for row in rows_of(clicked, f"{WHOLE}&tab=origin")} == {"NL", "ZZ", "(none)"}
    with clicked.services.storage.read() as connection:
        query = sa.select(audit.c.detail).where(audit.c.action == "export.table").order_by(audit.c.seq)
        first = json.loads(connection.execute(query).scalars().first() or "{}")
    assert first["table"] == "top-urls"
    assert first["rows"] == 2
    assert first["query"] == "NetworkMessageId:with-*"


def test_the_file_is_formula_proof(tmp_path: Path) -> None:
    lake = threat_lake(tmp_path / "lake", datetime.now(UTC), family="=cmd|' /C calc'!A0")
    engine = open_engine(lake, Settings(query_memory_mb=200))
    made = build(tmp_path, lake=lake, engine=engine)
    assert rows_of(made, f"{WHOLE}&tab=top-families")[0]["Family"].startswith("'=cmd")
    engine.close()
    made.services.storage.close()


@pytest.mark.parametrize("search", ["?q=((&tab=top-urls", "?tab=top-urls&q=Nonsense:1", "?" + "a" * 9000])
def test_a_file_of_nonsense_is_refused(clicked: Board, search: str) -> None:
    assert clicked.browser(Role.SECURITY_READER).get(f"/explorer-table.csv{search}").status_code == 400


def test_there_is_no_file_of_the_first_tab(clicked: Board) -> None:
    assert clicked.browser(Role.SECURITY_READER).get("/explorer-table.csv?tab=email").status_code == 404
