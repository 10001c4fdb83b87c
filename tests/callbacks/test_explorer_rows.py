"""The views whose rows are no messages, over HTTP: what each counts, lists, charts, suggests, filters and exports."""

import csv
import io
import json
from typing import Any

import pytest
import sqlalchemy as sa

from dashapp.components.explorer_tabs import TABLES
from dashapp.components.explorer_tabs import VIEWS as TAB_VIEWS
from dashapp.identity.permissions import Role
from dashapp.ids import Builder, Explorer, Shell, Tabs
from dashapp.query.tabs import Tab, tabs_of
from dashapp.query.views import find_view
from dashapp.storage.tables import audit
from tests.apps import Board
from tests.callbacks.test_dashboard import view
from tests.callbacks.test_explorer import data, rows, total, wanted
from tests.identity.browser import SAME, Browser

SLUGS = ("clicks", "reported", "files")
SINCE = "?from=now-90d&view="
NOUNS = {"clicks": "clicks match", "reported": "reports match", "files": "files match"}


def fired(board: Board, output: str, values: dict[str, Any], role: Role = Role.SECURITY_READER) -> Any:
    return board.browser(role).fire(board.body(board.output_of(output), values))


def of_view(board: Board, output: str, search: str, role: Role = Role.SECURITY_READER) -> Any:
    return fired(board, output, {f"{Shell.VIEW}.data": view(search, "/explorer")}, role)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_view_counts_lists_and_charts_its_own_rows(busy: Board, slug: str) -> None:
    search = SINCE + slug
    found = data(rows(busy, wanted(search)))

    assert f" {NOUNS[slug]}" in total(busy, search).text
    assert '"3"' in total(busy, search).text
    assert (found["rowCount"], len(found["rowData"])) == (3, 3)
    assert set(find_view(slug).columns) <= set(found["rowData"][0])
    assert len({row["id"] for row in found["rowData"]}) == 3
    times = [row["Timestamp"] for row in found["rowData"]]
    assert times == sorted(times, reverse=True)
    chart = of_view(busy, f"{Explorer.VOLUME}.figure", search)
    assert chart.status_code == 200
    chosen = chart.text[: chart.text.index(" (chosen)")]
    assert next(iter(find_view(slug).pivots.values())) in chosen[chosen.rindex("tb-choices-label") :]
    assert f"view={slug}" in chart.text


def test_the_server_sorts_by_what_a_row_holds_and_by_nothing_else(busy: Board) -> None:
    def first(slug: str, column: str) -> str:
        sort = [{"colId": column, "sort": "asc"}]
        found = data(rows(busy, wanted(SINCE + slug, sort=sort)))
        assert found["key"] in {"name\n0", f"name\n0\n{column} asc"}
        row: dict[str, str] = found["rowData"][0]
        return row["id"]

    assert first("clicks", "ClickVerdict") in {"c2 ClickAllowed", "c3 ClickAllowed"}
    assert first("reported", "SubmissionType") == "s3"
    assert first("files", "FileSize").startswith("d2 ")
    assert first("clicks", "Subject") == "c 1 ClickBlocked"  # the message's; by date then


def test_rows_open_the_message_they_are_about_or_the_file(busy: Board) -> None:
    first, second, third = data(rows(busy, wanted(f"{SINCE}clicks")))["rowData"]
    assert first["message"] == "NetworkMessageId-x ana@contoso.example"
    assert "message" not in second
    assert third["message"] == "gone mei@contoso.example"
    files = data(rows(busy, wanted(f"{SINCE}files")))["rowData"]
    assert [row["thing"] for row in files] == [f"file:{'ab' * 32}", f"file:{'cd' * 32}", "file:c.iso"]


@pytest.mark.parametrize(
    ("slug", "query", "count"),
    [
        ("clicks", "ClickVerdict:Allowed", 2),
        ("clicks", "Workload:Teams", 1),
        ("clicks", "ClickThreat:Phish", 1),
        ("clicks", "url:evil.example", 1),
        ("clicks", "SenderFromDomain:evil.example", 1),
        ("clicks", "Department:Finance", 2),
        ("reported", "from:billing@evil.example", 1),
        ("reported", "SubmissionVerdict:(Phish, Spam)", 2),
        ("reported", "SenderFromDomain:evil.example", 1),
        ("files", "family:QakBot", 2),
        ("files", "owner:ana@contoso.example", 1),
        ("files", "DetectionTechnology:*", 1),
        ("files", "FileSize>100", 1),
    ],
)
def test_each_view_has_a_vocabulary_of_its_own(busy: Board, slug: str, query: str, count: int) -> None:
    search = f"{SINCE}{slug}&q={query}"
    assert f'"{count}"' in total(busy, search).text
    ran = fired(
        busy,
        f"{Builder.RAN}.data",
        {f"{Builder.RUN}.data": {"sequence": 1, "text": query}, f"{Shell.VIEW}.data": view(search, "/explorer")},
    )
    assert ran.json["response"][Builder.RAN]["data"]["fine"] is True


@pytest.mark.parametrize(
    ("slug", "query", "said"),
    [
        ("files", "SenderFromDomain:evil.example", "says nothing about files"),
        ("all", "Workload:Teams", "says nothing about messages"),
        ("clicks", "FileOwner:ana", "says nothing about clicks"),
        ("files", "FileOwnr:ana", "did you mean FileOwner?"),
        ("files", "SenderFromDomai:x", "in quotes"),
    ],
)
def test_what_is_typed_about_other_rows_is_refused_in_words(busy: Board, slug: str, query: str, said: str) -> None:
    ran = fired(
        busy,
        f"{Builder.RAN}.data",
        {
            f"{Builder.RUN}.data": {"sequence": 1, "text": query},
            f"{Shell.VIEW}.data": view(SINCE + slug, "/explorer"),
        },
    )
    assert ran.json["response"][Builder.RAN]["data"]["fine"] is False
    assert said in ran.text


def test_terms_that_came_from_another_view_are_left_out_and_said(busy: Board) -> None:
    search = f"{SINCE}files&q=SenderFromDomain:x.example+AND+Workload:Teams"
    pills = of_view(busy, f"{Explorer.PILLS}.children", search).text

    assert '"1"' in total(busy, search).text
    assert data(rows(busy, wanted(search)))["rowCount"] == 1
    assert "Not applied here, crossed out: what says nothing about files." in pills
    assert pills.count("tb-pill-off") == 1
    assert "Not applied" not in of_view(busy, f"{Explorer.PILLS}.children", f"{SINCE}files&q=Workload:Teams").text


def test_columns_and_splits_of_other_rows_are_ignored(busy: Board) -> None:
    search = f"{SINCE}files&cols=SenderFromDomain,FileName&by=SenderFromDomain&sort=SenderFromDomain"
    (row, *_) = data(rows(busy, wanted(search)))["rowData"]
    assert "SenderFromDomain" not in row
    assert "FileName" in row
    assert of_view(busy, f"{Explorer.VOLUME}.figure", search).status_code == 200


@pytest.mark.parametrize(
    ("slug", "text", "known", "unknown"),
    [
        ("files", "FileO", "FileOwner:", "SenderFromAddress:"),
        ("files", "Sender", "", "SenderFromAddress:"),
        ("clicks", "Work", "Workload:", ""),
        ("all", "Work", "", "Workload:"),
        ("clicks", "ClickVerdict:", "Allowed", ""),
        ("files", "FileOwner:a", "Ana@Contoso.example", ""),
        ("files", "Workload:", "OneDrive", ""),
    ],
)
def test_suggestions_are_of_the_view(busy: Board, slug: str, text: str, known: str, unknown: str) -> None:
    typed = {"text": text, "cursor": len(text), "sequence": 1}
    answer = fired(
        busy,
        f"{Explorer.SUGGESTED}.data",
        {f"{Explorer.TYPED}.data": typed, f"{Shell.VIEW}.data": view(SINCE + slug, "/explorer")},
    )
    texts = [item["text"] for item in answer.json["response"][Explorer.SUGGESTED]["data"]["items"]]
    assert not known or known in texts
    assert not unknown or unknown not in texts


@pytest.mark.parametrize(("slug", "field", "kind"), [("files", "FileOwner", 1), ("clicks", "ClickVerdict", 1)])
def test_the_builder_speaks_of_the_view(busy: Board, slug: str, field: str, kind: int) -> None:
    told = fired(
        busy,
        f"{Builder.TOLD}.data",
        {
            f"{Builder.ASKED}.data": {"do": "open", "text": "", "off": "", "sequence": 1},
            f"{Shell.VIEW}.data": view(SINCE + slug, "/explorer"),
        },
    )
    names = [one["name"] for one in told.json["response"][Builder.TOLD]["data"]["fields"]]
    assert names.count(field) == kind
    assert ("SenderFromDomain" in names) is (slug == "clicks")
    found = fired(
        busy,
        f"{Builder.VALUES}.data",
        {
            f"{Builder.VALUES_WANTED}.data": {"field": field, "typed": "", "sequence": 1},
            f"{Shell.VIEW}.data": view(SINCE + slug, "/explorer"),
        },
    )
    assert found.json["response"][Builder.VALUES]["data"]["values"]


@pytest.mark.parametrize(
    ("slug", "column", "place", "query"),
    [
        ("clicks", "ClickVerdict", 0, "ClickVerdict:Blocked"),
        ("clicks", "SenderFromDomain", 0, "SenderFromDomain:evil.example"),
        ("clicks", "ClickThreat", 1, "NOT ClickThreat:*"),
        ("reported", "SenderFromAddress", 0, "SenderFromAddress:Billing@Evil.example"),
        ("files", "Workload", 1, "Workload:OneDrive"),
        ("files", "ThreatFamily", 2, "NOT ThreatFamily:*"),
    ],
)
def test_a_cell_filters_for_what_its_row_has(busy: Board, slug: str, column: str, place: int, query: str) -> None:
    search = f"{SINCE}{slug}&cols={column}"
    row = data(rows(busy, wanted(search)))["rowData"][place]
    asked = {"field": column, "row": row["id"], "time": row["Timestamp"], "shown": row[column]}
    answer = fired(
        busy,
        f"{Explorer.NARROWED}.data",
        {f"{Explorer.NARROW}.data": asked, f"{Shell.VIEW}.data": view(search, "/explorer")},
    )
    found = answer.json["response"][Explorer.NARROWED]["data"]
    assert found["q"].replace('"', "") == query
    assert data(rows(busy, wanted(f"{search}&q={found['q']}")))["rowCount"] >= 1


@pytest.mark.parametrize("slug", SLUGS)
def test_what_an_attacker_wrote_stays_text(hostile: Board, slug: str) -> None:
    answer = rows(hostile, wanted(SINCE + slug))
    assert "\\u202e" not in answer.text
    assert "⟦U+202E⟧" in json.dumps(data(answer)["rowData"], ensure_ascii=False)
    for output in (f"{Explorer.VOLUME}.figure", f"{Explorer.TOTAL}.children"):
        assert of_view(hostile, output, f"{SINCE}{slug}&by=FileName").status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_the_executive_sees_none_of_it(busy: Board, slug: str) -> None:
    for output in (f"{Explorer.VOLUME}.figure", f"{Explorer.TOTAL}.children", f"{Explorer.PILLS}.children"):
        assert of_view(busy, output, SINCE + slug, Role.EXECUTIVE).status_code == 403
    assert rows(busy, wanted(SINCE + slug), Role.EXECUTIVE).status_code == 403
    assert asked_export(busy.browser(Role.EXECUTIVE), SINCE + slug).status_code == 403


def asked_export(browser: Browser, search: str, **more: Any) -> Any:
    body = {"view": view(search, "/explorer"), "format": "csv"} | more
    return browser.post("/exports", json=body, headers=SAME | {"X-CSRFToken": browser.token})


def exported(board: Board, search: str, **more: Any) -> list[dict[str, str]]:
    browser = board.browser(Role.SECURITY_READER)
    asked = asked_export(browser, search, **more)
    assert asked.status_code == 201, asked.text
    text = browser.get(asked.json["address"]).data.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("slug", SLUGS)
def test_an_export_has_the_rows_of_the_view_and_is_on_record(busy: Board, slug: str) -> None:
    subject = find_view(slug).subject
    columns = ",".join((*find_view(slug).columns, *(["Department"] if subject.joins else [])))
    found = exported(busy, f"{SINCE}{slug}&cols={columns}")
    picked = [row["id"] for row in data(rows(busy, wanted(SINCE + slug)))["rowData"][1:]]

    assert len(found) == 3
    assert list(found[0]) == columns.split(",")
    assert len(exported(busy, SINCE + slug, rows=picked)) == 2
    with busy.services.storage.read() as connection:
        query = sa.select(audit.c.object, audit.c.detail).where(audit.c.action == "export.start")
        kept = list(connection.execute(query.order_by(audit.c.seq)))
    assert kept[-1].object == f"lake:{subject.table}"
    assert json.loads(kept[-1].detail)["view"] == slug


@pytest.mark.parametrize("slug", SLUGS)
def test_tables_of_messages_are_not_made_of_other_rows(busy: Board, slug: str) -> None:
    browser = busy.browser(Role.SECURITY_READER)
    assert browser.get(f"/explorer-table.csv{SINCE}{slug}&tab=top-urls").status_code == 404


@pytest.mark.parametrize(
    ("tab", "leads", "address"),
    [(Tab.TOP_CLICKS, "evil.example/invoice", "ClickUrl"), (Tab.TARGETED, "ana@contoso.example", "RecipientEmail")],
)
def test_clicks_have_rankings_of_their_own(busy: Board, tab: Tab, leads: str, address: str) -> None:
    values = {f"{TAB_VIEWS[tab]}.data": view(f"{SINCE}clicks&q=ClickVerdict:Blocked", "/explorer")}
    shown = fired(busy, f"{TABLES[tab]}.children", values).text
    file = busy.browser(Role.SECURITY_READER).get(f"/explorer-table.csv{SINCE}clicks&tab={tab.value}")

    assert "All 1" in shown
    assert "view=clicks" in shown
    assert address in shown
    lines = file.text.splitlines()
    assert len(lines) == 4
    assert any(leads in line for line in lines)


@pytest.mark.parametrize("tab", [*TABLES, Tab.URL_CLICKS, Tab.ORIGIN])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_tab_that_is_not_of_the_view_answers_nothing(busy: Board, slug: str, tab: Tab) -> None:
    if tab in tabs_of(find_view(slug).subject):
        return
    output = {Tab.URL_CLICKS: f"{Tabs.LATEST}.children", Tab.ORIGIN: f"{Tabs.ORIGIN}.figure"}.get(tab)
    values = {f"{TAB_VIEWS[tab]}.data": view(SINCE + slug, "/explorer")}
    assert fired(busy, output or f"{TABLES[tab]}.children", values).status_code == 204


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_is_laid_out_for_its_rows(busy: Board, slug: str) -> None:
    browser = busy.browser(Role.SECURITY_READER)
    output = busy.output_of(f"{Shell.PAGE}.children")

    def laid(search: str) -> Any:
        values = {f"{Shell.URL}.pathname": "/explorer", f"{Shell.URL}.search": search}
        return browser.fire(busy.body(output, values)).json["response"]

    page, messages = laid(f"?view={slug}"), laid(f"?view=nonsense&view={slug}")
    subject = find_view(slug).subject
    assert page[Shell.SHOWN]["data"]["rows"] == subject.name
    assert messages[Shell.SHOWN]["data"]["rows"] == "messages"
    assert f"{subject.nouns.capitalize()} over time" in str(page)
    assert "'data-panel': 'top-families'" not in str(page)
    assert "'data-panel': 'top-families'" in str(messages)
