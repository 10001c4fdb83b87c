"""Saved queries by mouse and by keyboard: save in the explorer, find, track, count, choose as default, delete."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashapp.identity.permissions import Role
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard
NAME = 'Phish <img src=x onerror=alert(1)> "for me"'


def explorer(site: Site, *, size: tuple[int, int] = WIDE, theme: Theme = "light") -> Page:
    page = site.page(Role.SECURITY_ADMINISTRATOR, size=size, theme=theme)
    page.goto("/explorer?q=PrimaryThreat:Phish&from=now-3d")
    arrived(page, "Explorer")
    return page


def save(page: Page, name: str, *, threshold: str = "") -> None:
    page.get_by_role("button", name="Saved", exact=True).click()
    page.get_by_role("button", name="Save this view").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    if threshold:
        dialog.get_by_label("Track this query").check()
        dialog.get_by_label("Alert from this many").fill(threshold)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)


def trackers(page: Page, tab: str = "") -> None:
    page.goto(f"/trackers{tab and '?tab=' + tab}")
    arrived(page, "Saved queries")


def test_the_whole_life_of_a_query(threats: Site) -> None:
    threats.expected.append("status of 422")  # a query without a name is refused
    page = explorer(threats)
    save(page, NAME, threshold="5")
    trackers(page)
    expect(page.get_by_role("cell", name=re.compile("^Phish <img"))).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^Explore\s*:")).click()
    page.wait_for_url(re.compile(r"/explorer\?from=now-3d&q=PrimaryThreat:Phish$"))
    trackers(page, "tracked")
    expect(page.locator(".tb-trackers")).to_contain_text("Soon, for the first time")
    page.get_by_role("button", name=re.compile(r"^Edit\s*:")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Give the query a name.")
    dialog.get_by_label("Name").fill("Better name")
    dialog.get_by_label("Query", exact=True).fill("PrimaryThreat:Malware")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".tb-query-note").first).to_contain_text("PrimaryThreat:Malware")
    page.locator(".tb-tab").first.click()
    page.get_by_role("button", name=re.compile(r"^Delete\s*:")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".tb-trackers")).to_contain_text("No saved queries yet")


def test_the_explorer_opens_with_the_default_and_can_be_plain(threats: Site) -> None:
    page = explorer(threats)
    save(page, "Mine")
    trackers(page)
    page.get_by_role("button", name=re.compile(r"^Make default\s*:")).click()
    expect(page.get_by_text("Default", exact=True)).to_be_visible()
    page.get_by_role("link", name="Explorer").click()  # inside the app
    page.wait_for_url(re.compile(r"/explorer\?from=now-3d&q=PrimaryThreat:Phish$"))
    expect(page.get_by_label("Query", exact=True)).to_have_value("PrimaryThreat:Phish")
    page.get_by_role("link", name="Explorer").click()  # a second time: without any query
    page.wait_for_url(re.compile(r"/explorer\?view=all$"))
    expect(page.get_by_label("Query", exact=True)).to_have_value("")
    page.reload()
    arrived(page, "Explorer")
    expect(page).to_have_url(re.compile(r"/explorer\?view=all$"))
    page.goto("/explorer")  # from outside
    page.wait_for_url(re.compile(r"/explorer\?from=now-3d&q=PrimaryThreat:Phish$"))


def test_by_keyboard_alone(threats: Site) -> None:
    page = explorer(threats)
    page.get_by_role("button", name="Saved", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Save this view")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Typed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Saved", exact=True).press("Enter")
    expect(page.get_by_role("link", name=re.compile("^Typed"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_hunt_is_opened_and_leads_to_messages(threats: Site) -> None:
    page = threats.page(Role.SECURITY_READER)
    trackers(page, "ready")
    row = page.get_by_role("row", name=re.compile("^Most attacked people"))
    row.get_by_role("link", name="Open").click()
    page.wait_for_url(re.compile("/hunts.view=most-attacked"))
    expect(page.get_by_role("heading", name="Most attacked people")).to_be_visible()
    page.locator(".tb-hunt .tb-table a").first.click()
    page.wait_for_url(re.compile("/explorer.*RecipientEmailAddress"))


def test_the_executive_has_no_saved_queries(threats: Site) -> None:
    page = threats.page(Role.EXECUTIVE)
    page.goto("/")
    arrived(page, "Threat dashboard")
    expect(page.get_by_role("link", name="Saved queries")).to_have_count(0)
    page.goto("/trackers")
    expect(page.get_by_role("heading", name="You cannot open Saved queries")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_serious_for_assistive_technology(
    threats: Site, theme: Theme, size: tuple[int, int], tmp_path: Path
) -> None:
    page = explorer(threats, size=size, theme=theme)
    page.get_by_role("button", name="Saved", exact=True).click()
    page.get_by_role("button", name="Save this view").wait_for()
    assert serious(page) == []
    page.keyboard.press("Escape")
    save(page, "Watched", threshold="5")
    for tab in ("", "tracked", "ready"):
        trackers(page, tab)
        page.locator(".tb-trackers .tb-table").wait_for()
        page.screenshot(path=tmp_path / f"{tab or 'saved'}-{theme}-{size[0]}.png", full_page=True)
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.goto("/hunts?view=most-attacked")
    page.locator(".tb-hunt .tb-table").wait_for()
    assert serious(page) == []
