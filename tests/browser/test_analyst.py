"""An analyst's way from a number to a message and back, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dashapp.identity.permissions import Role
from tests.browser.conftest import Site, arrived
from tests.browser.test_builder import press_until
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_dashboard import opened as dashboard
from tests.browser.test_explorer import cell
from tests.browser.test_query_bar import pill, total
from tests.threats import ATTACKS

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
EARLIER = re.compile("from=.*to=")


def drag(page: Page, start: float, end: float) -> None:
    plot = page.locator("#explorer-volume .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 50, steps=8)
    page.mouse.up()


def number(page: Page) -> int:
    return int(page.locator(".tb-total-line b").inner_text().replace(",", ""))


def test_from_a_number_to_similar_messages_and_back_by_mouse(threats: Site) -> None:
    page = dashboard(threats, Role.SECURITY_READER)
    page.locator(".tb-tile-link").first.click()
    arrived(page, "Explorer")
    total(page, ATTACKS)
    page.locator("#explorer-volume .main-svg").first.wait_for()

    whole = page.url
    drag(page, 0.3, 0.6)
    page.wait_for_function("before => location.href !== before", arg=whole)
    expect(page.locator(".tb-total-line b")).not_to_have_text(f"{ATTACKS:,}")
    brushed, fewer = page.url, number(page)

    cell(page, 0, "RecipientEmailAddress")
    spot = page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="RecipientEmailAddress"]')
    spot.scroll_into_view_if_needed()
    out = spot.inner_text()
    spot.click(button="right")
    page.get_by_role("menuitem", name="Filter out").click()
    pill(page, f"Recipient is NOT {out}")
    expect(page.locator(".tb-total-line b")).not_to_have_text(f"{fewer:,}")
    filtered = page.url

    row = page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="Subject"]')
    expect(row).not_to_be_empty()
    row.click()
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()
    page.locator("#flyout-panel .tb-similar a").first.click()
    expect(page.locator("#flyout-panel")).to_be_hidden()
    expect(page.locator("#explorer-query")).not_to_have_value(re.compile("NOT"))

    page.go_back()
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(filtered)
    pill(page, f"Recipient is NOT {out}")
    page.go_back()
    expect(page).to_have_url(brushed)
    total(page, fewer)
    page.go_back()
    total(page, ATTACKS)


def test_from_a_number_to_similar_messages_and_back_by_keyboard_alone(threats: Site) -> None:
    page = dashboard(threats, Role.SECURITY_READER)
    keys = page.keyboard
    press_until(page, page.locator(".tb-tile-link").first)
    keys.press("Enter")
    arrived(page, "Explorer")
    total(page, ATTACKS)

    whole = page.url
    for key in ("t", "ArrowLeft"):  # the range without a mouse
        keys.press(key)
    page.wait_for_function("before => location.href !== before", arg=whole)
    expect(page.locator(".tb-total-line b")).not_to_have_text(f"{ATTACKS:,}")
    fewer = number(page)

    out = cell(page, 0, "RecipientEmailAddress")
    enter_grid(page)
    press_until(page, focused(page, "RecipientEmailAddress"), "ArrowRight")
    keys.press("Shift+F10")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press_until(page, page.get_by_role("menuitem", name="Filter out"), "ArrowDown")
    keys.press("Enter")
    pill(page, f"Recipient is NOT {out}")
    expect(page.locator(".tb-total-line b")).not_to_have_text(f"{fewer:,}")

    cell(page, 0, "Subject")
    enter_grid(page)
    keys.press("Enter")
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()
    expect(page.locator("#flyout-panel .tb-similar a").first).to_be_visible()
    press_until(page, page.locator("#flyout-panel .tb-similar a").first)
    keys.press("Enter")
    expect(page.locator("#flyout-panel")).to_be_hidden()
    page.go_back()  # the browser's own key, which a test cannot press
    expect(page.locator("#flyout-panel .tb-message-subject")).to_be_visible()
    page.go_back()
    expect(page.locator("#flyout-panel")).to_be_hidden()
    pill(page, f"Recipient is NOT {out}")


def focused(page: Page, column: str) -> Locator:
    return page.locator(f'#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="{column}"]')


def enter_grid(page: Page) -> None:
    """Where ``j`` leads."""
    page.keyboard.press("j")
    page.wait_for_function("Boolean(document.activeElement.closest('#explorer-grid .ag-row'))")


def test_a_question_that_takes_too_long_offers_a_shorter_range(threats: Site) -> None:
    threats.expected += ["504", "QueryTimeout"]
    page = threats.page(Role.SECURITY_READER)

    def late(route: object) -> None:
        body = route.request.post_data or ""  # type: ignore[attr-defined]
        if "explorer-volume.figure" in body and "now-90d" in body:
            route.fulfill(status=504, json={"error": "QueryTimeout", "detail": "This took too long."})  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route(re.compile("_dash-update-component"), late)
    page.goto("/explorer?from=now-90d")
    page.get_by_role("button", name="Show only the last 30 days").click()
    page.wait_for_url(re.compile("from=.*to="))
    page.locator("#explorer-volume .main-svg").first.wait_for()
    expect(page.get_by_role("button", name="Show only the last 30 days")).to_be_hidden()
    total(page, 150)
