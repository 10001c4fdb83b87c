"""Exporting from the explorer as people do it."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import opened
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard


def test_an_export_is_downloaded_and_its_end_is_told(threats: Site, tmp_path: Path) -> None:
    page = opened(threats, "?from=now-90d&q=PrimaryThreat:Malware&cols=Subject,SenderFromAddress")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog")).to_contain_text("All that match (30)")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Export").click()
    path = tmp_path / "messages.csv"
    download.value.save_as(path)

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert set(rows[0]) == {"Subject", "SenderFromAddress"}
    assert download.value.suggested_filename.endswith(".csv")
    expect(page.locator(".tb-exports")).to_contain_text("Done: 30 rows.")
    page.locator(".tb-exports").get_by_role("button", name="Close").click()
    expect(page.locator(".tb-exports")).to_have_count(0)


def test_by_keyboard_and_as_parquet(threats: Site) -> None:
    page = opened(threats)
    page.get_by_role("button", name="Export").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Parquet").focus()
    page.keyboard.press("Space")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes().startswith(b"PAR1")


def test_a_refused_export_says_why_in_the_dialog(threats: Site) -> None:
    threats.expected.append("422")
    page = opened(threats, "?from=now-90d&q=EmailSize:big")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("dialog").get_by_role("button", name="Export").click()
    expect(page.get_by_role("alert").filter(has_text="EmailSize").last).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_dialog_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, theme=theme, size=size)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []
