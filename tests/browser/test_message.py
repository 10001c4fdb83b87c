"""One message as people read it: beside the list, and on its own page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import cell, opened
from tests.browser.test_shell import serious
from tests.threats import HOSTILE

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard


def open_row(page: Page, row: int) -> None:
    cell(page, row, "Subject")
    page.locator(f'#explorer-grid .ag-row[row-index="{row}"] .ag-cell[col-id="Subject"]').click()
    expect(page.locator(".tb-flyout .tb-message-subject")).to_be_visible()


def focused_row(page: Page) -> str | None:
    found: str | None = page.evaluate("document.activeElement.closest('.ag-row')?.getAttribute('row-index')")
    return found


def test_a_message_is_read_by_keyboard_alone(threats: Site) -> None:
    page = opened(threats)
    first, second = cell(page, 0, "Timestamp"), cell(page, 1, "Timestamp")
    flyout, when = page.locator(".tb-flyout"), page.locator(".tb-flyout header time")
    page.evaluate("async () => (await dash_ag_grid.getApiAsync('explorer-grid')).setFocusedCell(0, 'Subject')")

    page.keyboard.press("Enter")
    expect(when).to_have_text(f"{first} UTC")
    expect(flyout).to_be_focused()
    page.wait_for_url(re.compile("msg=NetworkMessageId"))
    page.keyboard.press("j")
    expect(when).to_have_text(f"{second} UTC")
    recipient = cell(page, 1, "RecipientEmailAddress")
    page.wait_for_url(re.compile(re.escape(recipient)))
    page.reload()
    arrived(page, "Explorer")
    expect(when).to_have_text(f"{second} UTC")
    cell(page, 1, "Subject")
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(re.escape(cell(page, 0, "RecipientEmailAddress"))))

    page.keyboard.press("Escape")
    expect(flyout).to_be_hidden()
    assert "msg=" not in page.url
    page.wait_for_function("document.activeElement.closest('.ag-row')?.getAttribute('row-index') === '0'")


def test_the_page_of_a_message_and_the_way_back(threats: Site) -> None:
    page = opened(threats)
    open_row(page, 2)
    subject = page.locator(".tb-flyout .tb-message-subject").inner_text()

    page.get_by_role("link", name="Open as a page").click()
    arrived(page, "Message")
    expect(page.locator("h1")).to_have_text(subject)
    expect(page.locator(".tb-similar")).to_contain_text("Same sender")
    page.go_back()
    arrived(page, "Explorer")
    expect(page.locator(".tb-flyout .tb-message-subject")).to_be_visible()
    page.go_back()
    expect(page.locator(".tb-flyout")).to_be_hidden()


def test_similar_messages_are_as_many_as_they_are_said_to_be(threats: Site) -> None:
    page = opened(threats)
    open_row(page, 0)
    link = page.locator(".tb-flyout .tb-similar li", has_text="Same sender").get_by_role("link")
    count = link.inner_text().split()[0]

    link.click()
    expect(page.locator(".tb-flyout")).to_be_hidden()
    expect(page.locator("#explorer-query")).to_have_value(re.compile("SenderFromAddress"))
    expect(page.locator(".tb-total-line b")).to_have_text(count)
    page.go_back()
    expect(page.locator(".tb-flyout .tb-message-subject")).to_be_visible()


def test_opening_a_message_asks_nothing_else_again(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if request.method == "POST" else None)

    open_row(page, 0)
    expect(page.locator(".tb-flyout .tb-similar")).to_be_visible()

    assert len(asked) == 2
    assert all("flyout-" in body for body in asked)


def test_hostile_text_stays_text(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject=HOSTILE, family=HOSTILE))
    open_row(page, 0)

    expect(page.locator(".tb-flyout .tb-message-subject")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".tb-flyout .tb-message-subject")).to_contain_text("⟦U+202E⟧")
    expect(page.locator(".tb-flyout .tb-similar")).to_be_visible()
    assert page.locator(".tb-flyout img").count() == 0
    addresses = page.locator(".tb-flyout a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all(address.startswith(("/explorer", "/message/")) for address in addresses)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_flyout_and_page_are_accessible_and_fit(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, theme=theme, size=size)
    open_row(page, 0)
    expect(page.locator(".tb-flyout .tb-similar")).to_be_visible()
    box = page.locator(".tb-flyout").bounding_box()
    assert box
    assert (box["width"] == size[0]) is (size == PHONE)
    assert serious(page) == []

    page.get_by_role("link", name="Open as a page").click()
    arrived(page, "Message")
    expect(page.locator(".tb-similar")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []
