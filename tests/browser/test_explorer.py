"""The explorer as people use it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashapp.identity.permissions import Role
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_shell import serious
from tests.threats import HOSTILE

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
ALL = 30 * 5 + 30 * 4


def opened(site: Site, search: str = "?from=now-90d", **looks: object) -> Page:
    page = site.page(Role.SECURITY_READER, **looks)  # type: ignore[arg-type]
    page.goto(f"/explorer{search}")
    arrived(page, "Explorer")
    page.locator("#explorer-volume .main-svg").first.wait_for()
    return page


def cell(page: Page, row: int, column: str) -> str:
    found = page.locator(f'#explorer-grid .ag-row[row-index="{row}"] .ag-cell[col-id="{column}"]')
    expect(found).not_to_be_empty()
    return found.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_explorer_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, theme=theme, size=size)
    cell(page, 0, "Subject")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_the_grid_scrolls_to_the_last_row(threats: Site) -> None:
    page = opened(threats)
    expect(page.locator(".tb-total-line b")).to_have_text(str(ALL))
    newest = cell(page, 0, "Timestamp")

    page.evaluate(
        "async last => (await dash_ag_grid.getApiAsync('explorer-grid')).ensureIndexVisible(last, 'bottom')", ALL - 1
    )
    oldest = cell(page, ALL - 1, "Timestamp")

    assert oldest < newest
    assert page.locator(f'#explorer-grid .ag-row[row-index="{ALL}"]').count() == 0


def test_sorting_is_done_by_the_server_and_kept_in_the_address(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")

    page.locator('#explorer-grid .ag-header-cell[col-id="RecipientEmailAddress"]').click()
    page.wait_for_url(re.compile("sort=RecipientEmailAddress"))
    expect(page.locator('#explorer-grid .ag-row[row-index="0"] [col-id="RecipientEmailAddress"]')).to_have_text(
        "ana@contoso.example"
    )
    page.go_back()
    expect(page.locator('#explorer-grid .ag-header-cell[col-id="Timestamp"]')).to_have_attribute(
        "aria-sort", "descending"
    )


def test_control_enter_runs_the_query_and_back_restores_the_last_one(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    query.fill("PrimaryThreat:Malware")
    query.press("Control+Enter")

    page.wait_for_url(re.compile("q=PrimaryThreat"))
    expect(page.locator(".tb-total-line b")).to_have_text("30")
    expect(page.locator('#explorer-grid .ag-row[row-index="0"] [col-id="ThreatTypes"]')).to_have_text("Malware")
    page.go_back()
    expect(page.locator(".tb-total-line b")).to_have_text(str(ALL))
    expect(query).to_have_value("")


def test_a_mistake_is_pointed_at_and_the_page_lives_on(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    query.fill("PrimaryThreat:Malware AND")
    query.press("Enter")

    expect(page.locator("#builder-problem pre")).to_contain_text("^")
    query.fill("PrimaryThreat:Malware")
    query.press("Enter")
    expect(page.locator("#builder-problem")).to_be_empty()
    expect(page.locator(".tb-total-line b")).to_have_text("30")


def test_quick_changes_of_the_query_end_with_the_last_ones_rows(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    for text in ("PrimaryThreat:Malware", "PrimaryThreat:Spam", "PrimaryThreat:Phish", "PrimaryThreat:Malware"):
        query.fill(text)
        query.press("Enter")

    expect(page.locator(".tb-total-line b")).to_have_text("30")
    expect(
        page.locator('#explorer-grid .ag-row[row-index="29"], #explorer-grid .ag-row[row-index="0"]').first
    ).to_be_visible()
    expect(page.locator('#explorer-grid .ag-row[row-index="0"] [col-id="ThreatTypes"]')).to_have_text("Malware")
    rows = page.evaluate("async () => (await dash_ag_grid.getApiAsync('explorer-grid')).getDisplayedRowCount()")
    assert rows == 30


def test_hostile_subjects_are_text_in_the_grid(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject=HOSTILE))

    assert cell(page, 0, "Subject").startswith("<img src=x onerror=alert(1)>")
    assert "⟦U+202E⟧" in cell(page, 0, "Subject")
    assert page.locator("#explorer-grid img[src='x'], #explorer-grid a").count() == 0


def test_times_are_in_the_zone_of_the_address_and_missing_values_a_dash(threats: Site) -> None:
    page = opened(threats)
    utc = cell(page, 0, "Timestamp")
    page.goto("/explorer?from=now-90d&tz=Asia/Tokyo")
    arrived(page, "Explorer")

    assert cell(page, 0, "Timestamp") != utc
    assert cell(page, 0, "UserTag") == "\u2013"


def test_what_is_pasted_into_the_search_box_opens_the_explorer(threats: Site) -> None:
    page = threats.page(Role.SECURITY_READER)
    page.goto("/data-sources?from=now-24h")
    arrived(page, "Data sources")
    page.keyboard.press("/")
    box = page.get_by_role("textbox", name="Search mail")
    expect(box).to_be_focused()
    page.keyboard.type("203[.]0[.]113[.]7")
    page.keyboard.press("Enter")
    arrived(page, "Explorer")
    expect(page).to_have_url(f"{threats.address}/explorer?from=now-24h&q=SenderIP:203.0.113.7")
    expect(page.get_by_role("textbox", name="Query")).to_have_value("SenderIP:203.0.113.7")
    expect(box).to_have_value("")
    box.fill("invoice (overdue")
    box.press("Enter")
    expect(page.get_by_role("textbox", name="Query")).to_have_value('"invoice (overdue"')
    page.go_back()
    expect(page.get_by_role("textbox", name="Query")).to_have_value("SenderIP:203.0.113.7")


def test_the_chart_can_be_split_by_any_field(threats: Site) -> None:
    page = opened(threats)
    stack = page.get_by_role("group", name="Stack by", exact=True)
    more = stack.locator("summary")
    more.focus()
    page.keyboard.press("Enter")
    expect(stack.get_by_role("link", name="Sender IP", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(stack.get_by_role("link", name="Sender IP", exact=True)).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    stack.get_by_role("link", name="Recipient", exact=True).click()
    expect(page).to_have_url(re.compile("by=RecipientEmailAddress"))
    expect(stack.get_by_role("link", name="Recipient (chosen)")).to_be_visible()
    expect(stack.locator(".tb-more-list")).to_be_hidden()
    page.go_back()
    expect(stack.get_by_role("link", name="Delivery (chosen)")).to_be_visible()
