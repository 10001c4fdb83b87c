"""The explorer's grid as a tool: columns, density, keys, selection."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import cell, opened
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
STRIP = "#explorer-selection"


def headers(page: Page) -> list[str]:
    page.locator("#explorer-grid .ag-header-cell").first.wait_for()
    return page.evaluate(
        "async () => (await dash_ag_grid.getApiAsync('explorer-grid')).getAllDisplayedColumns()"
        ".map(column => column.getColDef().headerName).filter(Boolean)"
    )


def is_saving(answer: Response) -> bool:
    return "explorer-look-saved" in (answer.request.post_data or "")


def chooser(page: Page) -> Locator:
    page.get_by_role("button", name="Columns").click()
    return page.get_by_role("dialog")


def test_chosen_columns_are_in_the_address_and_survive_a_reload(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")
    usual = headers(page)
    dialog = chooser(page)
    dialog.get_by_label("Find a column").press_sequentially("attachment name")
    dialog.get_by_label("Attachment name", exact=True).check()
    dialog.get_by_label("Find a column").fill("")
    dialog.get_by_label("Recipient tag", exact=True).uncheck()
    dialog.get_by_role("button", name="Move Subject to the left").press("Enter")
    dialog.get_by_role("button", name="Apply").click()

    page.wait_for_url(re.compile("cols=Subject,Timestamp,.*FileName"))
    cell(page, 0, "Subject")
    wanted = headers(page)
    assert wanted[:2] == ["Subject", "Date"]
    assert wanted[-1] == "Attachment name"
    assert "Recipient tag" not in wanted
    page.reload()
    arrived(page, "Explorer")
    cell(page, 0, "Subject")
    assert headers(page) == wanted
    page.go_back()
    expect(page.locator('#explorer-grid .ag-header-cell[col-id="UserTag"]')).to_have_count(1)
    assert headers(page) == usual


def test_widths_and_density_belong_to_the_person(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")
    dialog = chooser(page)
    dialog.get_by_label("Compact").check()
    with page.expect_response(is_saving):
        dialog.get_by_role("button", name="Apply").click()
    edge = page.locator('#explorer-grid .ag-header-cell[col-id="Timestamp"] .ag-header-cell-resize').bounding_box()
    assert edge
    page.mouse.move(edge["x"] + 2, edge["y"] + 10)
    page.mouse.down()
    page.mouse.move(edge["x"] + 62, edge["y"] + 10, steps=5)
    with page.expect_response(is_saving):
        page.mouse.up()

    page.reload()
    arrived(page, "Explorer")
    cell(page, 0, "Subject")
    row = page.locator('#explorer-grid .ag-center-cols-container .ag-row[row-index="0"]').bounding_box()
    header = page.locator('#explorer-grid .ag-header-cell[col-id="Timestamp"]').bounding_box()
    assert row
    assert round(row["height"]) == 28
    assert header
    assert abs(header["width"] - 245) <= 3
    dialog = chooser(page)
    dialog.get_by_role("button", name="Reset to default").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator('#explorer-grid .ag-header-cell[col-id="Timestamp"]')).to_have_css("width", "185px")
    row = page.locator('#explorer-grid .ag-center-cols-container .ag-row[row-index="0"]').bounding_box()
    assert row
    assert round(row["height"]) == 36


def test_columns_that_cannot_be_sorted_by_say_why(threats: Site) -> None:
    page = opened(threats, "?from=now-90d&cols=Subject,UserTag,LatestDeliveryLocation")
    cell(page, 0, "Subject")
    header = page.locator('#explorer-grid .ag-header-cell[col-id="UserTag"]')
    header.hover()
    expect(page.locator(".ag-tooltip")).to_contain_text("cannot be sorted")
    header.click()
    page.locator('#explorer-grid .ag-header-cell[col-id="LatestDeliveryLocation"]').click()
    page.wait_for_url(re.compile("sort=LatestDeliveryLocation"))
    assert "UserTag" not in page.url.partition("sort=")[2]


def test_keys_move_select_and_clear(threats: Site) -> None:
    page = opened(threats)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell(page, 0, "Subject")
    for key in ("j", "j", "k", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator(STRIP)).to_contain_text("3 selected")
    focused = page.evaluate("async () => (await dash_ag_grid.getApiAsync('explorer-grid')).getFocusedCell().rowIndex")
    assert focused == 2
    page.get_by_role("button", name="Copy message IDs").click()
    assert len(page.evaluate("navigator.clipboard.readText()").split("\n")) == 3
    page.keyboard.press("Escape")
    expect(page.locator(STRIP)).to_be_hidden()


def test_a_page_then_all_that_match_then_their_export(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")
    page.keyboard.press("j")
    page.keyboard.press("Control+a")
    expect(page.locator(STRIP)).to_contain_text("100 selected")
    page.get_by_role("button", name="Select all 270 that match").click()
    expect(page.locator(STRIP)).to_contain_text("All 270 that match are selected")
    page.locator(STRIP).get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog")).to_contain_text("All that match (270)")


def test_shift_click_takes_a_range_and_only_it_is_exported(threats: Site) -> None:
    page = opened(threats, "?from=now-90d&cols=Subject,NetworkMessageId")
    cell(page, 3, "Subject")
    page.locator('#explorer-grid .ag-row[row-index="0"] .ag-checkbox-input').check()
    page.locator('#explorer-grid .ag-row[row-index="3"] .ag-cell[col-id="Subject"]').click(modifiers=["Shift"])
    expect(page.locator(STRIP)).to_contain_text("4 selected")
    page.locator(STRIP).get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Export").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_chooser_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, theme=theme, size=size)
    cell(page, 0, "Subject")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert serious(page) == []
    chooser(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_columns_of_the_address_that_do_not_exist_are_left_out(threats: Site) -> None:
    page = opened(threats, "?from=now-90d&cols=Nonsense,Subject")
    cell(page, 0, "Subject")
    assert headers(page) == ["Subject"]
