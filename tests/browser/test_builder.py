"""The filter builder, and queries that cannot be run: by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dashapp.identity.permissions import Role
from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import ALL, cell, opened
from tests.browser.test_query_bar import pill, total
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
RANGE = "?from=now-90d"


def built(page: Page) -> Locator:
    """The builder, opened and with its draft."""
    page.get_by_role("button", name="Filters", exact=True).click()
    dialog = page.get_by_role("dialog", name="Filters")
    expect(dialog.locator(".tb-b-join").first).to_be_visible()
    return dialog


def row(dialog: Locator, path: str) -> Locator:
    return dialog.locator(f'[data-path="{path}"]')


def choice(dialog: Locator, name: str) -> Locator:
    """One of the list under a field; its count, if it has one, does not matter."""
    return dialog.locator(".tb-combo-option", has=dialog.page.get_by_text(name, exact=True))


def part(dialog: Locator, path: str, name: str) -> Locator:
    return row(dialog, path).locator(f'[data-part="{name}"]').first


def test_a_nested_query_is_built_by_mouse_and_back_undoes_it(threats: Site) -> None:
    page = opened(threats)
    dialog = built(page)
    part(dialog, "0", "property").click()
    part(dialog, "0", "property").fill("primary threat")
    choice(dialog, "Primary threat").click()
    choice(dialog, "Malware").click()
    choice(dialog, "Phish").click()
    dialog.get_by_role("button", name="+ Group").click()
    expect(row(dialog, "1.0")).to_be_visible()
    part(dialog, "1.0", "property").fill("recipient")
    choice(dialog, "Recipient").click()
    part(dialog, "1.0", "way").select_option(label="starts with")
    part(dialog, "1.0", "values").fill("ana")
    row(dialog, "1").get_by_role("button", name="+ Condition").click()
    part(dialog, "1.1", "property").fill("subject")
    choice(dialog, "Subject").click()
    part(dialog, "1.1", "way").select_option(label="does not contain")
    part(dialog, "1.1", "values").fill("invoice")
    part(dialog, "1.1", "values").press("Enter")
    expect(dialog.locator(".tb-b-preview code")).to_have_text(
        'PrimaryThreat:("Malware", "Phish") AND (RecipientEmailAddress:ana* OR NOT Subject:"invoice")'
    )
    dialog.get_by_role("button", name="Apply").click()

    expect(dialog).to_have_count(0)
    pill(page, "Primary threat is Malware or Phish")
    total(page, 90)
    expect(page.locator("#explorer-query")).to_have_value(re.compile(r"^PrimaryThreat:\("))
    page.reload()
    total(page, 90)
    page.go_back()
    total(page, ALL)


def test_a_nested_query_is_built_by_keyboard_alone(threats: Site) -> None:
    page = opened(threats)
    page.locator("body").press("f")
    dialog = page.get_by_role("dialog", name="Filters")
    keys = page.keyboard
    expect(part(dialog, "0", "property")).to_be_focused()
    keys.type("primary threat")
    expect(dialog.locator(".tb-combo-option")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(part(dialog, "0", "values")).to_be_focused()
    keys.type("Malware")
    keys.press("Enter")
    expect(row(dialog, "0").locator(".tb-b-token bdi")).to_have_text(["Malware"])
    press_until(page, dialog.get_by_role("button", name="Move this row").first)
    keys.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press_until(page, page.get_by_role("menuitem", name="Put into a group"), "ArrowDown")
    keys.press("Enter")
    expect(row(dialog, "0.0")).to_be_visible()
    press_until(page, row(dialog, "0").get_by_role("button", name="+ Condition"))
    keys.press("Enter")
    keys.type("subject")
    expect(choice(dialog, "Subject")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.type("nothing has this")
    keys.press("Control+Enter")

    expect(dialog).to_have_count(0)
    total(page, 30)
    expect(page.locator("#explorer-query")).to_have_value('PrimaryThreat:"Malware" OR Subject:"nothing has this"')


def press_until(page: Page, wanted: Locator, key: str = "Tab") -> None:
    for _ in range(200):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads there")


def test_what_the_bar_holds_is_shown_and_cancelled_without_a_trace(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=PrimaryThreat:Malware OR (subject:invoice AND NOT Spf:fail)&off=Dkim:fail")
    before = page.url
    dialog = built(page)
    expect(part(dialog, "0.0", "property")).to_have_value("Primary threat")
    expect(row(dialog, "0.1.1").locator("[data-part=way]")).to_have_value("not is")
    expect(part(dialog, "1", "toggle")).not_to_be_checked()
    dialog.get_by_role("button", name="Remove this group").first.click()
    dialog.get_by_role("button", name="Cancel").click()

    expect(dialog).to_have_count(0)
    assert page.url == before
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_focused()


def test_terms_are_switched_off_and_moved_and_what_the_ways_cannot_say_survives(threats: Site) -> None:
    page = opened(threats, f'{RANGE}&q=from:(bill*, "x*y") AND PrimaryThreat:Malware')
    dialog = built(page)
    expect(part(dialog, "0", "text")).to_have_value('SenderFromAddress:(bill*, "x*y")')
    part(dialog, "1", "toggle").uncheck()
    part(dialog, "0", "more").click()
    page.get_by_role("menuitem", name="Move down").click()
    expect(part(dialog, "1", "text")).to_be_visible()
    dialog.get_by_role("button", name="Apply").click()

    total(page, ALL)
    page.wait_for_url(re.compile("off=PrimaryThreat:Malware"))
    expect(page.locator("#explorer-query")).to_have_value('SenderFromAddress:(bill*, "x*y")')


def test_what_is_wrong_is_said_at_its_place_and_not_applied(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=EmailSize>=3")
    before = page.url
    dialog = built(page)
    part(dialog, "0", "values").fill("big")
    expect(row(dialog, "0").locator(".tb-b-problem")).to_contain_text("not a number")
    dialog.get_by_role("button", name="+ Condition").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(part(dialog, "0", "values")).to_be_focused()
    assert page.url == before
    part(dialog, "0", "values").fill("0")
    dialog.get_by_role("button", name="Remove this condition").last.click()
    dialog.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile("q=EmailSize>?%3E=0|q=EmailSize"))
    expect(dialog).to_have_count(0)


def test_a_pasted_list_becomes_values(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=to:ana@contoso.example")
    dialog = built(page)
    part(dialog, "0", "values").focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text', 'rui@contoso.example, "a, b"\\nmei@contoso.example');
          const paste = { clipboardData: data, cancelable: true, bubbles: true };
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', paste));
        }"""
    )
    expect(row(dialog, "0").locator(".tb-b-token bdi")).to_have_text(
        ["ana@contoso.example", "rui@contoso.example", "a, b", "mei@contoso.example"]
    )
    dialog.get_by_role("button", name="Apply").click()
    total(page, ALL)


def test_a_text_that_cannot_be_read_is_put_right_in_the_bar(threats: Site) -> None:
    page = opened(threats)
    page.locator("#explorer-query").fill("subject:(a")
    page.get_by_role("button", name="Filters", exact=True).click()
    dialog = page.get_by_role("dialog", name="Filters")
    expect(dialog).to_contain_text("This list is not closed.")
    dialog.get_by_role("button", name="Fix it in the bar").click()

    query = page.locator("#explorer-query")
    expect(query).to_be_focused()
    assert query.evaluate("({value, selectionStart, selectionEnd}) => value.slice(selectionStart, selectionEnd)") == "("


def test_a_query_that_cannot_be_run_leaves_the_last_results(threats: Site) -> None:
    page = opened(threats, f"{RANGE}&q=PrimaryThreat:Malware")
    total(page, 30)
    cell(page, 0, "Subject")
    drawn = page.locator("#explorer-volume-legend").inner_text()
    before = page.url
    query = page.locator("#explorer-query")
    for text, said in (
        ("PrimaryThret:Malware", "did you mean PrimaryThreat?"),
        ('subject~"("', "missing"),
        ("x" * 2001, "2,000 characters"),
    ):
        query.fill(text)
        query.press("Enter")
        expect(page.locator("#builder-problem")).to_contain_text(said)
        expect(page.locator("#builder-problem")).to_contain_text("results of the last good query")
        total(page, 30)
        assert page.locator("#explorer-volume-legend").inner_text() == drawn
        expect(page.locator('#explorer-grid .ag-row[row-index="0"] [col-id="ThreatTypes"]')).to_have_text("Malware")
        assert page.url == before
    assert serious(page) == []
    page.get_by_role("button", name="Put it back").click()
    expect(query).to_have_value("PrimaryThreat:Malware")
    expect(page.locator("#builder-problem")).to_be_empty()


def test_two_people_never_see_each_others_filters(threats: Site) -> None:
    one, other = opened(threats), opened(threats)
    dialog = built(one)
    part(dialog, "0", "property").fill("subject")
    choice(dialog, "Subject").click()
    part(dialog, "0", "values").fill("only mine")
    part(dialog, "0", "values").press("Enter")
    expect(dialog.locator(".tb-b-preview code")).to_be_visible()

    theirs = built(other)
    expect(part(theirs, "0", "property")).to_have_value("")
    dialog.get_by_role("button", name="Apply").click()
    pill(one, "Subject contains only mine")
    theirs.get_by_role("button", name="Cancel").click()
    other.reload()
    total(other, ALL)
    expect(other.locator("#explorer-query")).to_have_value("")
    expect(other.locator(".tb-pill")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_builder_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = threats.page(Role.SECURITY_READER, theme=theme, size=size)
    words = f"<img src=x onerror=alert(1)>{'very-long-' * 12}"
    page.goto(
        f'/explorer{RANGE}&q=subject:"{words}" AND (Spf:fail OR EmailSize:[1 TO 3] OR date>=now-7d)&off=Dkim:fail'
    )
    page.locator("#explorer-volume .main-svg").first.wait_for()
    dialog = built(page)
    expect(dialog.locator(".tb-b-preview code")).to_be_visible()
    part(dialog, "1.0", "values").focus()
    expect(dialog.locator(".tb-combo-option").first).to_be_visible()

    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert dialog.locator(".tb-b-body").evaluate("body => body.scrollWidth - body.clientWidth") <= 0
    assert dialog.locator("img").count() == 0
    assert serious(page) == []
