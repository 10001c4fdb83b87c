"""The query bar as people use it: suggestions, pills, filters from cells; by mouse and by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import ALL, cell, opened
from tests.browser.test_shell import serious
from tests.threats import HOSTILE

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
RANGE = "?from=now-90d"
OPTIONS = "#explorer-suggestions [role=option]"


def total(page: Page, number: int) -> None:
    expect(page.locator(".tb-total-line b")).to_have_text(f"{number:,}")


def pill(page: Page, words: str) -> str:
    expect(page.locator(".tb-pill-words bdi").get_by_text(words, exact=True)).to_be_visible()
    return f'.tb-pill:has(bdi:text-is("{words}"))'


def type_until(page: Page, text: str, first: str) -> None:
    page.locator("#explorer-query").press_sequentially(text)
    expect(page.locator(f"{OPTIONS} .tb-suggestion-text").first).to_have_text(first)


def test_a_query_is_put_together_by_keyboard_alone(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    query.focus()
    type_until(page, "primaryth", "PrimaryThreat:")
    query.press("ArrowDown")
    expect(query).to_have_attribute("aria-activedescendant", "explorer-suggestions-0")
    query.press("Enter")
    expect(query).to_have_value("PrimaryThreat:")
    expect(page.locator(OPTIONS).first).to_contain_text("Phish")
    expect(page.locator(OPTIONS).first.locator(".tb-suggestion-count")).to_contain_text("180")

    type_until(page, "mal", "Malware")
    query.press("ArrowDown")
    query.press("Tab")
    expect(query).to_have_value("PrimaryThreat:Malware ")
    query.press("Control+Enter")

    page.wait_for_url(re.compile("q=PrimaryThreat:Malware"))
    total(page, 30)
    expect(page.locator(OPTIONS)).to_have_count(0)
    page.go_back()
    total(page, ALL)


def test_suggestions_close_and_are_taken_by_mouse(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    query.click()
    type_until(page, "to:", "ana@contoso.example")
    expect(query).to_have_attribute("aria-expanded", "true")
    query.press("Escape")
    expect(page.locator(OPTIONS)).to_have_count(0)
    expect(query).to_have_attribute("aria-expanded", "false")

    type_until(page, "ru", "rui@contoso.example")
    page.locator(OPTIONS).first.click()
    expect(query).to_have_value("to:rui@contoso.example ")
    expect(query).to_be_focused()
    page.locator("h1").click()
    expect(page.locator(OPTIONS)).to_have_count(0)


def test_only_the_answer_to_the_present_text_is_shown(threats: Site) -> None:
    page = opened(threats)
    query = page.locator("#explorer-query")
    held: list[Callable[[], None]] = []

    def hold(route: object) -> None:
        asked = route.request.post_data or ""  # type: ignore[attr-defined]
        if "explorer-suggested" in asked and '"to:a"' in asked:
            held.append(route.continue_)  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route(re.compile("_dash-update-component"), hold)
    query.click()
    with page.expect_request(lambda request: '"to:a"' in (request.post_data or "")):
        query.press_sequentially("to:a")
    query.press("Backspace")
    type_until(page, "m", "mei@contoso.example")
    with page.expect_response(lambda answer: '"to:a"' in (answer.request.post_data or "")):
        held[0]()
    expect(page.locator(f"{OPTIONS} .tb-suggestion-text").first).to_have_text("mei@contoso.example")


def test_a_pill_is_excluded_disabled_enabled_and_removed_and_back_undoes_it(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=PrimaryThreat:Malware")
    total(page, 30)
    page.locator(pill(page, "Primary threat is Malware")).get_by_title("Exclude").click()
    total(page, ALL - 30)
    expect(page.locator("#explorer-query")).to_have_value("NOT PrimaryThreat:Malware")

    page.locator(pill(page, "Primary threat is NOT Malware")).get_by_title("Disable").focus()
    page.keyboard.press("Enter")
    total(page, ALL)
    page.wait_for_url(re.compile("off=NOT"))
    expect(page.locator(".tb-pill-off")).to_have_count(1)
    page.reload()
    expect(page.locator(".tb-pill-off")).to_have_count(1)

    page.locator(".tb-pill").get_by_title("Enable").click()
    total(page, ALL - 30)
    page.locator(".tb-pill").get_by_title("Remove").click()
    total(page, ALL)
    expect(page.locator(".tb-pill")).to_have_count(0)
    page.go_back()
    total(page, ALL - 30)
    pill(page, "Primary threat is NOT Malware")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".tb-pill")).to_have_count(0)
    total(page, ALL)


def test_editing_a_pill_selects_its_term(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=subject:\U0001f600 OR subject:invoice&off=PrimaryThreat:Phish")
    selected = "(({value, selectionStart, selectionEnd}) => value.slice(selectionStart, selectionEnd))"
    page.locator(".tb-pill-off .tb-pill-words").click()

    query = page.locator("#explorer-query")
    expect(query).to_have_value("(Subject:\U0001f600 OR Subject:invoice) AND PrimaryThreat:Phish")
    assert query.evaluate(selected) == "PrimaryThreat:Phish"
    page.keyboard.insert_text("PrimaryThreat:Malware")
    page.keyboard.press("Enter")

    total(page, 30)
    expect(page.locator(".tb-pill-off")).to_have_count(0)
    expect(page.locator(".tb-pill")).to_have_count(2)


def test_a_cell_filters_for_its_value_by_keyboard_and_back_undoes_it(threats: Site) -> None:
    page = opened(threats)
    shown = cell(page, 0, "RecipientEmailAddress")
    spot = page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="RecipientEmailAddress"]')
    spot.focus()
    spot.press("Shift+F10")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(spot).to_be_focused()

    spot.press("ContextMenu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Filter for")).to_be_focused()
    page.keyboard.press("Enter")
    pill(page, f"Recipient is {shown}")
    page.go_back()
    total(page, ALL)
    expect(page.locator(".tb-pill")).to_have_count(0)


def test_a_cell_filters_out_copies_and_splits_by_mouse(threats: Site) -> None:
    page = opened(threats)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell(page, 0, "SenderFromAddress")
    spot = page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="SenderFromAddress"]')

    spot.click(button="right")
    page.get_by_role("menuitem", name="Copy defanged").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "billing[@]evil[.]example"

    spot.click(button="right")
    page.get_by_role("menuitem", name="Split the chart by").click()
    page.wait_for_url(re.compile("by=SenderFromAddress"))
    expect(page.locator("#explorer-volume-legend")).to_contain_text("billing@evil.example")

    spot.click(button="right")
    page.get_by_role("menuitem", name="Filter out").click()
    pill(page, "Sender is NOT billing@evil.example")
    total(page, 0)


def test_what_an_attacker_wrote_stays_text(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject=HOSTILE))
    cell(page, 0, "Subject")
    page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="Subject"]').click(button="right")
    expect(page.get_by_role("menuitem").first).to_contain_text("<img src=x")
    page.get_by_role("menuitem", name="Filter for").click()
    expect(page.locator(".tb-pill-words")).to_contain_text("<img src=x onerror=alert(1)>")
    total(page, ALL)

    query = page.locator("#explorer-query")
    query.fill("subject:")
    query.press("End")
    expect(page.locator(OPTIONS).first).to_contain_text("<img src=x")
    assert page.locator("img[src='x'], .tb-query a[href*='evil'][href^='http']").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_bar_pills_and_menu_are_accessible_and_fit(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    search = f"{RANGE}&q=PrimaryThreat:Malware AND NOT subject:{'very-long-' * 12}&off=Spf:fail"
    page = opened(threats, search, theme=theme, size=size)
    query = page.locator("#explorer-query")
    query.press("End")
    query.press_sequentially(" to:")
    expect(page.locator(OPTIONS).first).to_be_visible()
    query.press("ArrowDown")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_a_long_list_that_is_pasted_gets_a_name_and_a_pill(threats: Site) -> None:
    page = opened(threats)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pasted = ["rui@contoso.example", *(f"nobody{number}@contoso.example" for number in range(80))]
    page.evaluate("text => navigator.clipboard.writeText(text)", f"to:({chr(10).join(pasted)})")
    query = page.locator("#explorer-query")
    query.focus()
    page.keyboard.press("Control+v")
    page.keyboard.press("Control+Enter")

    pill(page, "Recipient is one of 81 listed values")
    total(page, 90)
    expect(query).to_have_value(re.compile(r"^to:@list-81-[a-z2-7]{26}$"))
    with page.context.expect_page() as opened_page:
        page.get_by_title("Show the values").click()
    assert opened_page.value.locator("body").inner_text().split() == pasted
    page.reload()
    total(page, 90)
