"""The explorer's tabs as people use them: by mouse and keyboard, light and dark, wide and narrow."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from dashapp.components.explorer_tabs import LABELS
from dashapp.data.engine import Engine, open_engine
from dashapp.query.tabs import Tab
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines
from tests.browser.test_explorer import cell, opened
from tests.browser.test_shell import serious
from tests.lakes import publish
from tests.threats import HOSTILE, PEOPLE, threat_lake

pytestmark = pytest.mark.browser

__all__ = ["engines"]
URL = "https://evil.example/pay?to=ana"
NASTY = "javascript:alert(1)//" + HOSTILE


@pytest.fixture
def clicked(engines: list[Engine], make_site: Callable[[Board], Site], tmp_path: Path) -> Site:
    """Threats of sixty days with a hostile family, and three messages of yesterday with links that were clicked."""
    now = datetime.now(UTC)
    lake = threat_lake(tmp_path / "lake", now, family=HOSTILE)
    sent = now.replace(tzinfo=None) - timedelta(hours=20)
    ids = ["with-1", "with-2", "with-3"]
    publish(
        lake.path,
        "EmailEvents",
        Timestamp=[sent] * 3,
        NetworkMessageId=ids,
        recipient=list(PEOPLE),
        RecipientEmailAddress=list(PEOPLE),
        Subject=["With a link"] * 3,
        subject_lower=["with a link"] * 3,
        explorer_delivery=["Blocked", "Delivered", "Delivered"],
        sender_country=["US", "BR", None],
    )
    publish(
        lake.path,
        "EmailUrlInfo",
        Timestamp=[sent] * 3,
        NetworkMessageId=ids,
        Url=[URL, URL, NASTY],
        url_lower=[URL, URL, NASTY.lower()],
        url_domain=["evil.example", "evil.example", HOSTILE.lower()],
    )
    publish(
        lake.path,
        "UrlClickEvents",
        Timestamp=[sent + timedelta(hours=hours) for hours in (1, 2, 3)],
        NetworkMessageId=ids,
        account=list(PEOPLE),
        Url=[URL, URL, NASTY],
        url_lower=[URL, URL, NASTY.lower()],
        url_domain=["evil.example", "evil.example", HOSTILE.lower()],
        click_verdict=["Blocked", "Allowed", "Error"],
        IPAddress=["203.0.113.9"] * 3,
    )
    engines.append(open_engine(lake, Settings(query_memory_mb=200)))
    return make_site(build(tmp_path, lake=lake, engine=engines[-1]))


def tab(page: Page, name: Tab) -> Locator:
    return page.get_by_role("tab", name=LABELS[name], exact=True)


def panel(page: Page, name: Tab) -> Locator:
    return page.get_by_role("tabpanel", name=LABELS[name], exact=True)


def filled(page: Page, name: Tab) -> Locator:
    """The panel of the open tab, with its answer in it."""
    found = panel(page, name)
    expect(tab(page, name)).to_have_attribute("aria-selected", "true")
    expect(found).to_be_visible()
    if name is Tab.EMAIL:
        cell(page, 0, "Timestamp")
    elif name is Tab.ORIGIN:
        expect(found.locator(".choroplethlayer path").first).to_be_attached()
        expect(found.locator(".tb-bar").first).to_be_visible()
    else:
        expect(found.locator(".tb-ranking tbody tr").first).to_be_visible()
    return found


def test_every_tab_by_mouse_is_in_the_address_and_survives_a_reload_and_back(clicked: Site) -> None:
    page = opened(clicked)
    filled(page, Tab.EMAIL)
    for name in [*Tab][1:]:
        tab(page, name).click()
        filled(page, name)
        expect(page).to_have_url(re.compile(f"tab={name}$"))
        expect(page.get_by_role("tabpanel")).to_have_count(1)
    page.reload()
    filled(page, Tab.ORIGIN)
    page.go_back()
    filled(page, Tab.FAMILIES)
    tab(page, Tab.EMAIL).click()
    filled(page, Tab.EMAIL)
    expect(page).not_to_have_url(re.compile("tab="))


def test_every_tab_by_keyboard(clicked: Site) -> None:
    page = opened(clicked)
    filled(page, Tab.EMAIL)
    tab(page, Tab.EMAIL).focus()
    for name in [*Tab][1:]:
        page.keyboard.press("ArrowRight")
        expect(tab(page, name)).to_be_focused()
        page.keyboard.press("Enter")
        filled(page, name)
        expect(tab(page, name)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tab(page, Tab.EMAIL)).to_be_focused()
    page.keyboard.press("End")
    expect(tab(page, Tab.ORIGIN)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    filled(page, Tab.EMAIL)


def test_only_the_open_tab_asks(clicked: Site) -> None:
    page = clicked_requests(clicked, "?from=now-90d&tab=top-urls")
    asked = page[1]
    filled(page[0], Tab.TOP_URLS)
    page[0].wait_for_load_state("networkidle")
    assert any("tabs-urls.children" in body for body in asked)
    others = ("tabs-clicked", "tabs-targeted.", "tabs-families.", "tabs-origin.", "tabs-clicks.", "tabs-latest")
    assert not [body for body in asked if any(f'"output":"{name}' in body or f"..{name}" in body for name in others)]
    rows = [body for body in asked if "explorer-rows.data" in body]
    assert all('"search"' not in body.partition("getRowsRequest")[2] for body in rows)


def clicked_requests(site: Site, search: str) -> tuple[Page, list[str]]:
    from dashapp.identity.permissions import Role

    page, asked = site.page(Role.SECURITY_READER), []

    def note(request: Request) -> None:
        if "_dash-update-component" in request.url:
            asked.append(request.post_data or "")

    page.on("request", note)
    page.goto(f"/explorer{search}")
    return page, asked


def test_from_a_count_to_its_messages_and_back(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=top-urls")
    row = filled(page, Tab.TOP_URLS).locator("tbody tr").first
    expect(row).to_contain_text("hxxps://evil[.]example/pay?to=ana")
    row.get_by_role("link", name="2", exact=True).click()
    filled(page, Tab.EMAIL)
    expect(page.locator(".tb-total-line b")).to_have_text("2")
    assert cell(page, 0, "Subject") == "With a link"
    page.go_back()
    filled(page, Tab.TOP_URLS)
    row.get_by_role("link", name="1", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tb-total-line b")).to_have_text("1")
    filled(page, Tab.EMAIL)


def test_a_tab_follows_the_query(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=top-clicks")
    found = filled(page, Tab.TOP_CLICKS)
    expect(found.locator("tbody tr")).to_have_count(2)
    page.locator("#explorer-query").fill("RecipientEmailAddress:ana@contoso.example")
    page.keyboard.press("Control+Enter")
    expect(found.locator("tbody tr")).to_have_count(1)
    page.locator("#explorer-query").fill("Subject:nothing-has-this")
    page.keyboard.press("Control+Enter")
    expect(found).to_contain_text("No clicks on links in the messages that match")
    tab(page, Tab.EMAIL).click()
    expect(page.locator(".tb-total-line b")).to_have_text("0")


def test_headings_and_the_number_of_rows_are_in_the_address(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=top-targeted")
    found = filled(page, Tab.TARGETED)
    expect(found.get_by_role("columnheader", name="Attempts")).to_have_attribute("aria-sort", "descending")
    found.get_by_role("link", name="Person").click()
    expect(found.get_by_role("columnheader", name="Person")).to_have_attribute("aria-sort", "ascending")
    names = found.locator("tbody .tb-name")
    expect(names).to_have_text(["Ana Silva", "Mei Tan", "Rui Costa"])
    rows = page.get_by_role("textbox", name="Rows shown, at most 3,000")
    expect(rows).to_have_value("20")
    rows.fill("2")
    rows.press("Enter")
    expect(page).to_have_url(re.compile("tab=top-targeted-n2-by-recipient-asc"))
    expect(names).to_have_count(2)
    page.go_back()
    expect(rows).to_have_value("20")
    expect(names).to_have_count(3)


def test_a_country_of_the_map_leads_to_its_messages(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=origin")
    found = filled(page, Tab.ORIGIN)
    expect(found.get_by_role("link", name="Not known")).to_be_visible()
    said = re.compile("3 countries, most from Netherlands")
    expect(page.locator("#tabs-origin-box")).to_have_attribute("aria-label", said)
    shapes = page.locator("#tabs-origin .choroplethlayer path")
    expect(shapes).to_have_count(3)
    # Brazil is large and convex enough to be hit in its middle; the shapes are in the order of the counts.
    shapes.nth(1).click(force=True)
    filled(page, Tab.EMAIL)
    expect(page).to_have_url(re.compile("SenderCountry:"))
    expect(page.locator(".tb-total-line b")).to_have_text("1")
    page.go_back()
    filled(page, Tab.ORIGIN).get_by_role("link", name="Netherlands").click()
    expect(page.locator(".tb-total-line b")).to_have_text("270")


def test_the_chart_above_lives_on_beside_the_map(clicked: Site) -> None:
    """The map brings the whole Plotly, which takes over charts that the small one drew."""
    page = opened(clicked, "?from=now-90d&tab=origin")
    filled(page, Tab.ORIGIN)
    page.get_by_role("group", name="Stack by", exact=True).get_by_role("link", name="Threat", exact=True).click()
    expect(page.locator("#explorer-volume .main-svg").first).to_be_visible()
    expect(page.locator(".tb-legend-entry").filter(has_text="Malware")).to_be_visible()


def test_clicks_over_time_by_their_verdict_and_the_message_of_one(clicked: Site) -> None:
    page = opened(clicked, "?from=now-3d&tab=url-clicks")
    found = filled(page, Tab.URL_CLICKS)
    expect(found.locator("#tabs-clicks .main-svg").first).to_be_visible()
    said = re.compile("Clicks over time: 3 in 3 days")
    expect(page.locator("#tabs-clicks-box")).to_have_attribute("aria-label", said)
    found.get_by_role("link", name="Click verdict").click()
    expect(found.locator(".tb-legend-entry").filter(has_text="Allowed")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=url-clicks-by-verdict"))
    found.get_by_role("link", name="Open").nth(1).click()
    expect(page.locator("#flyout-panel")).to_contain_text("With a link")
    page.keyboard.press("Escape")
    expect(page.locator("#flyout-panel")).to_be_hidden()
    filled(page, Tab.URL_CLICKS)


def test_the_table_comes_as_a_file(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=top-urls")
    found = filled(page, Tab.TOP_URLS)
    with page.expect_download() as download:
        found.get_by_role("link", name="CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[0] == '"URL","Messages","Blocked","Junk","Delivered"'
    assert f'"{URL}",2,1,0,1' in text or f"{URL},2,1,0,1" in text


def test_hostile_words_are_text_in_every_tab(clicked: Site) -> None:
    page = opened(clicked)
    for name in (Tab.TOP_URLS, Tab.TOP_CLICKS, Tab.URL_CLICKS, Tab.FAMILIES):
        tab(page, name).click()
        found = filled(page, name)
        expect(found.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
        assert found.locator("img").count() == 0
        targets = found.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert targets
        assert all(target.startswith(("/explorer?", "/explorer-table.csv?")) for target in targets)


def test_the_open_tab_is_in_sight_on_a_phone(clicked: Site) -> None:
    page = opened(clicked, "?from=now-90d&tab=origin", size=PHONE)
    filled(page, Tab.ORIGIN)
    strip = page.get_by_role("tablist").bounding_box()
    shown = tab(page, Tab.ORIGIN).bounding_box()
    assert strip
    assert shown
    assert strip["x"] <= shown["x"]
    assert shown["x"] + shown["width"] <= strip["x"] + strip["width"] + 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tabs_are_accessible_and_fit(clicked: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(clicked, theme=theme, size=size)
    for name in Tab:
        tab(page, name).click()
        filled(page, name)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
        assert serious(page) == [], name
