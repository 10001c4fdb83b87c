"""The views whose rows are no messages, by mouse and by keyboard: clicks, reports, files."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashapp.data.engine import Engine, open_engine
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines
from tests.browser.test_explorer import cell, opened
from tests.browser.test_shell import serious
from tests.browser.test_views import is_open
from tests.threats import HOSTILE, add_rows, threat_lake

pytestmark = pytest.mark.browser

__all__ = ["engines"]  # a fixture shared with the dashboard
NAMES = {"clicks": "URL clicks", "reported": "User reported", "files": "Content malware"}
TOLD = {"clicks": "ClickUrl", "reported": "Subject", "files": "FileName"}
PIVOTS = {"clicks": "Workload", "reported": "Verdict", "files": "Technology"}
FILTERED = {"clicks": ("ClickVerdict", 2, "2"), "reported": ("SubmissionType", 2, "1"), "files": ("Workload", 0, "1")}


@pytest.fixture
def busy(engines: list[Engine], make_site: Callable[[Board], Site], tmp_path: Path) -> Site:
    now = datetime.now(UTC)
    lake = threat_lake(tmp_path / "lake", now)
    add_rows(tmp_path / "lake", now, text=HOSTILE)
    engines.append(open_engine(lake, Settings(query_memory_mb=200)))
    return make_site(build(tmp_path, lake=lake, engine=engines[-1]))


def row_of(page: Page, place: int, column: str) -> None:
    page.locator(f'#explorer-grid .ag-row[row-index="{place}"] .ag-cell[col-id="{column}"]').click()


@pytest.mark.parametrize("slug", NAMES)
def test_a_view_by_mouse(busy: Site, slug: str) -> None:
    page = opened(busy)
    page.locator("#explorer-views").get_by_role("link", name=NAMES[slug]).click()
    is_open(page, NAMES[slug], 3)
    assert "⟦U+202E⟧" in cell(page, 0, TOLD[slug])
    expect(page.locator(".tb-details").get_by_role("tab")).to_have_count(3 if slug == "clicks" else 0)

    page.get_by_role("group", name="Stack by").get_by_role("link", name=PIVOTS[slug], exact=True).click()
    expect(page.locator(".tb-choice-chosen").first).to_contain_text(PIVOTS[slug])

    column, place, left = FILTERED[slug]
    cell(page, place, column)
    chosen = page.locator(f'#explorer-grid .ag-row[row-index="{place}"] .ag-cell[col-id="{column}"]')
    chosen.click(button="right")
    page.get_by_role("menuitem", name="Filter for").click()
    expect(page.locator(".tb-total-line b")).to_have_text(left)
    expect(page.locator(".tb-pill")).to_have_count(1)

    page.reload()
    is_open(page, NAMES[slug], int(left))
    cell(page, 0, column)
    page.get_by_role("link", name="Clear all").click()
    page.locator("#explorer-views").get_by_role("link", name="All email").click()
    cell(page, 0, "SenderFromDomain")
    expect(page.locator(".tb-details").get_by_role("tab")).to_have_count(7)


@pytest.mark.parametrize("slug", ["clicks", "reported"])
def test_a_row_opens_its_message_by_keyboard_and_says_when_there_is_none(busy: Site, slug: str) -> None:
    page = opened(busy, f"?from=now-90d&view={slug}")
    cell(page, 2, TOLD[slug])
    page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="Timestamp"]').click()
    panel = page.locator("#flyout-panel")
    expect(panel.locator("#flyout-content")).to_contain_text("claim")
    page.keyboard.press("j")  # the row between says of no message
    expect(panel).to_contain_text("This message is not here")
    page.keyboard.press("k")
    expect(panel.locator("#flyout-content")).to_contain_text("claim")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    row_of(page, 1, "Timestamp")
    expect(page.get_by_text("The data does not say which message this is about.")).to_be_visible()
    expect(panel).to_be_hidden()


def test_who_clicked_most_leads_to_the_clicks(busy: Site) -> None:
    page = opened(busy, "?from=now-90d&view=clicks")
    page.get_by_role("tab", name="Top targeted users").click()
    page.get_by_role("link", name="mei@contoso.example").click()
    is_open(page, "URL clicks", 1)
    cell(page, 0, "ClickUrl")
    page.go_back()
    expect(page.get_by_role("tab", name="Top targeted users")).to_have_attribute("aria-selected", "true")


def test_a_file_opens_its_panel(busy: Site) -> None:
    page = opened(busy, "?from=now-90d&view=files")
    cell(page, 0, "FileName")
    row_of(page, 0, "Workload")
    panel = page.locator("#entity-panel")
    expect(panel).to_contain_text("In shared storage (1)")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_term_about_other_rows_is_crossed_out_and_counts_again(busy: Site) -> None:
    page = opened(busy, "?from=now-90d&q=SenderFromDomain:nowhere.example")
    is_open(page, "All email", 0)
    page.locator("#explorer-views").get_by_role("link", name="Content malware").click()
    is_open(page, "Content malware", 3)
    expect(page.locator(".tb-pills-note")).to_contain_text("Not applied here")
    page.go_back()
    is_open(page, "All email", 0)
    expect(page.locator(".tb-pills-note")).to_have_count(0)


@pytest.mark.parametrize("slug", NAMES)
@pytest.mark.parametrize(("theme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["light-wide", "dark-phone"])
def test_a_view_is_accessible_and_fits(busy: Site, slug: str, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(busy, f"?from=now-90d&view={slug}", theme=theme, size=size)
    cell(page, 0, "Timestamp")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []
