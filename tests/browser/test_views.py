"""The views of the explorer, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import ALL, cell, opened
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard


def is_open(page: Page, name: str, total: int) -> None:
    link = page.locator("#explorer-views").get_by_role("link", name=name, exact=True)
    expect(link).to_have_attribute("aria-current", "page")
    expect(page.locator("#explorer-views [aria-current]")).to_have_count(1)
    expect(page.locator(".tb-total-line b")).to_have_text(str(total))


def test_views_by_mouse_and_back(threats: Site) -> None:
    page = opened(threats)
    is_open(page, "All email", ALL)

    page.locator("#explorer-views").get_by_role("link", name="Malware", exact=True).click()
    is_open(page, "Malware", 30)
    expect(page.locator(".tb-choice-chosen").first).to_contain_text("Malware family")

    page.go_back()
    is_open(page, "All email", ALL)


def test_views_by_keyboard_survive_a_reload(threats: Site) -> None:
    page = opened(threats)
    page.locator("#explorer-views").get_by_role("link", name="All email").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    is_open(page, "Phish", 180)

    page.reload()
    is_open(page, "Phish", 180)
    expect(page.locator("#explorer-grid .ag-row").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_view_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, "?from=now-90d&view=malware", theme=theme, size=size)
    is_open(page, "Malware", 30)
    cell(page, 0, "Subject")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []
