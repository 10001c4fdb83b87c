"""The panel about a user, domain, address, link or file, and its page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashapp.identity.permissions import Role
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import cell, opened
from tests.browser.test_message import open_row
from tests.browser.test_shell import serious
from tests.threats import HOSTILE

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
ALL = 30 * 5 + 30 * 4


def panel_of(page: Page, name: str) -> None:
    """Wait until the panel about ``name`` shows its numbers and its lists."""
    expect(page.locator("#entity-panel .tb-entity-name")).to_have_text(name)
    expect(page.locator("#entity-main .tb-message-part").first).to_be_visible()
    expect(page.locator("#entity-rest .tb-message-part").first).to_be_visible()


def value(page: Page, where: str, name: str) -> None:
    page.locator(f'{where} [data-entity="{name}"]').first.click()


def test_from_the_list_to_a_domain_and_to_its_messages_and_back(threats: Site) -> None:
    page = opened(threats)
    open_row(page, 0)

    value(page, "#flyout-panel", "domain:evil.example")
    panel_of(page, "evil[.]example")
    expect(page).to_have_url(re.compile("entity=domain:evil.example.*msg="))
    expect(page.locator("#entity-main .tb-entity-numbers dd").first).to_have_text(str(ALL))
    page.locator("#entity-chart .main-svg").first.wait_for()
    page.locator("#entity-main").get_by_role("link", name="View all in the explorer").click()

    expect(page.locator("#entity-panel")).to_be_hidden()
    expect(page.locator("#flyout-panel")).to_be_hidden()
    expect(page.locator("#explorer-query")).to_have_value(re.compile("SenderFromDomain"))
    expect(page.locator(".tb-total-line b")).to_have_text(str(ALL))
    page.go_back()
    panel_of(page, "evil[.]example")
    page.go_back()
    expect(page.locator("#entity-panel")).to_be_hidden()
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()


def test_values_of_a_panel_lead_on_and_a_reload_shows_the_same(threats: Site) -> None:
    page = opened(threats, "?from=now-90d&entity=domain:evil.example")
    panel_of(page, "evil[.]example")

    value(page, "#entity-rest", "user:billing@evil.example")
    panel_of(page, "billing@evil.example")
    page.reload()
    arrived(page, "Explorer")
    panel_of(page, "billing@evil.example")
    page.go_back()
    panel_of(page, "evil[.]example")
    page.locator("[data-entity-close]").click()
    expect(page.locator("#entity-panel")).to_be_hidden()
    assert "entity=" not in page.url


def test_by_keyboard_alone_from_a_cell_and_from_the_message(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "SenderFromDomain")
    page.evaluate("async () => (await dash_ag_grid.getApiAsync('explorer-grid')).setFocusedCell(0, 'SenderFromDomain')")
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Open details")).to_be_focused()
    page.keyboard.press("Enter")
    panel_of(page, "evil[.]example")
    expect(page.locator("#entity-panel")).to_be_focused()
    page.keyboard.press("j")  # moves nothing under the panel
    page.keyboard.press("Escape")
    expect(page.locator("#entity-panel")).to_be_hidden()
    page.wait_for_function("document.activeElement.getAttribute('col-id') === 'SenderFromDomain'")
    assert "msg=" not in page.url

    page.keyboard.press("Enter")
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()
    sender = page.locator('#flyout-panel [data-entity="user:billing@evil.example"]').first
    sender.focus()
    page.keyboard.press("Enter")
    panel_of(page, "billing@evil.example")
    page.keyboard.press("Escape")
    expect(page.locator("#entity-panel")).to_be_hidden()
    expect(sender).to_be_focused()
    expect(page.locator("#flyout-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#flyout-panel")).to_be_hidden()


def test_opening_a_panel_asks_nothing_else_again(threats: Site) -> None:
    page = opened(threats)
    open_row(page, 0)
    expect(page.locator(".tb-flyout .tb-similar").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if request.method == "POST" else None)

    value(page, "#flyout-panel", "domain:evil.example")
    panel_of(page, "evil[.]example")

    assert len(asked) == 3
    assert all("entity-" in body for body in asked)


def test_panels_over_the_page_of_a_message_and_pages_of_their_own(threats: Site) -> None:
    page = opened(threats)
    open_row(page, 0)
    page.get_by_role("link", name="Open as a page").click()
    arrived(page, "Message")

    value(page, "#message-content", "domain:evil.example")
    panel_of(page, "evil[.]example")
    page.locator("#entity-panel").get_by_role("link", name="Open as a page").click()
    arrived(page, "Details")
    expect(page.locator("h1")).to_have_text("evil[.]example")
    page.locator('#details-rest [data-entity="user:billing@evil.example"]').first.click()
    expect(page.locator("h1")).to_have_text("billing@evil.example")
    page.go_back()
    expect(page.locator("h1")).to_have_text("evil[.]example")


@pytest.mark.parametrize("name", ["planet:mars", "domain", "", "javascript:alert(1)"])
def test_what_names_nothing_opens_nothing(threats: Site, name: str) -> None:
    page = opened(threats, f"?from=now-90d&entity={name}")
    cell(page, 0, "Subject")

    expect(page.locator("#entity-panel")).to_be_hidden()


def test_hostile_values_stay_text(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject=HOSTILE, family=HOSTILE), "?from=now-90d&entity=domain:evil.example")
    panel_of(page, "evil[.]example")

    expect(page.locator("#entity-rest")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#entity-panel img").count() == 0
    addresses = page.locator("#entity-panel a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all(address.startswith(("/explorer", "/message/", "/entity/")) for address in addresses)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_panel_and_page_are_accessible_and_fit(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, "?from=now-90d&entity=domain:evil.example", theme=theme, size=size)
    panel_of(page, "evil[.]example")
    box = page.locator("#entity-panel").bounding_box()
    assert box
    assert (box["width"] == size[0]) is (size == PHONE)
    assert serious(page) == []

    page.locator("#entity-panel").get_by_role("link", name="Open as a page").click()
    arrived(page, "Details")
    expect(page.locator("#details-rest .tb-message-part").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_an_executive_is_told_nothing(threats: Site) -> None:
    threats.expected.append("403")
    page = threats.page(Role.EXECUTIVE)
    page.goto("/entity/domain?value=evil.example")

    expect(page.locator("h1")).to_have_text("You cannot open Details")
    assert "evil" not in page.locator("#shell-page").inner_text()
