"""The dashboard as people use it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashapp.data.engine import open_engine
from dashapp.identity.permissions import Role
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_shell import serious
from tests.threats import ATTACKS, HOSTILE, threat_lake

pytestmark = pytest.mark.browser

TITLE = "Threat dashboard"


def board(folder: Path, **lake: str) -> Board:
    found = threat_lake(folder / "lake", datetime.now(UTC), **lake)
    return build(folder, lake=found, engine=open_engine(found, Settings()))


@pytest.fixture
def threats(make_site: Callable[[Board], Site], tmp_path: Path) -> Site:
    return make_site(board(tmp_path))


def opened(site: Site, role: Role, search: str = "", **looks: object) -> Page:
    page = site.page(role, **looks)  # type: ignore[arg-type]
    page.goto(f"/{search}")
    arrived(page, TITLE)
    expect(page.locator(".tb-tile")).to_have_count(7)
    page.locator("#dashboard-volume .main-svg").first.wait_for()
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_dashboard_is_accessible_and_fits(threats: Site, theme: Theme, size: tuple[int, int]) -> None:
    page = opened(threats, Role.SECURITY_ADMINISTRATOR, theme=theme, size=size)

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_a_tile_leads_to_as_many_messages_as_it_says(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    tile = page.locator(".tb-tile").first
    expect(tile.locator(".tb-tile-count")).to_have_text(f"{ATTACKS:,}")

    tile.locator(".tb-tile-link").click()
    arrived(page, "Explorer")

    expect(page.locator(".tb-total-line b")).to_have_text(f"{ATTACKS:,}")
    expect(page.locator("#explorer-query")).to_have_value(re.compile("PrimaryThreat:"))
    page.go_back()
    arrived(page, TITLE)
    expect(page.locator(".tb-tile")).to_have_count(7)


def test_dragging_over_the_chart_sets_the_range_and_back_undoes_it(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    plot = page.locator("#dashboard-volume .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=8)
    page.mouse.up()

    page.wait_for_url(re.compile(r"from=\d{4}-\d\d-\d\dT00%3A00&to=\d{4}-\d\d-\d\dT00%3A00|from=.*T00:00&to=.*T00:00"))
    count = page.locator(".tb-tile-count").first
    expect(count).not_to_have_text(f"{ATTACKS:,}")
    page.go_back()
    expect(count).to_have_text(f"{ATTACKS:,}")


def test_a_bar_leads_to_its_messages(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    bars = page.locator("#dashboard-volume .trace.bars").last.locator(".point path")
    bars.nth(bars.count() // 2).click(force=True)

    arrived(page, "Explorer")
    expect(page.locator(".tb-total-line b")).to_have_text("3")
    expect(page.locator("#explorer-query")).to_have_value(re.compile('PrimaryThreat:"Phish"'))


def test_stacking_and_grain_are_in_the_address(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)

    page.get_by_role("group", name="Stack by").get_by_role("link", name="Delivery").click()
    page.wait_for_url(re.compile("by=ExplorerDelivery"))
    expect(page.locator("#dashboard-volume-legend")).to_contain_text("Sent to junk")
    page.get_by_role("group", name="Per").get_by_role("link", name="Week").click()
    page.wait_for_url(re.compile("grain=week"))
    page.reload()
    expect(page.locator(".tb-choice-chosen")).to_contain_text(["Delivery", "Week", "Show"])


def test_the_chart_can_be_read_as_a_table(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    page.get_by_text("View as table").click()

    rows = page.locator("#dashboard-volume-table tbody tr")
    expect(rows.first).to_be_visible()
    expect(page.locator("#dashboard-volume-box")).to_have_attribute("aria-label", re.compile(f"{ATTACKS:,} in 30 days"))


def test_an_executive_sees_breakdowns_and_no_names(threats: Site) -> None:
    page = opened(threats, Role.EXECUTIVE)
    expect(page.locator("#dashboard-targeted")).to_contain_text("Finance")
    expect(page.locator("#shell-page")).not_to_contain_text("ana@contoso.example")

    page.locator(".tb-tile-link").first.click()
    page.wait_for_url(re.compile("tab=attacks"))
    expect(page.locator("#dashboard-breakdown")).to_contain_text("Netherlands")
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#dashboard-breakdown")).to_be_empty()
    page.goto("/explorer")
    expect(page.locator("#shell-page")).to_contain_text("You cannot open Explorer")


def test_a_definition_shows_on_keyboard_focus(threats: Site) -> None:
    page = opened(threats, Role.EXECUTIVE)
    page.locator(".tb-tile .tb-hint").first.focus()

    expect(page.get_by_role("tooltip")).to_contain_text("worst verdict")


def test_hostile_text_stays_text(make_site: Callable[[Board], Site], tmp_path: Path) -> None:
    site = make_site(board(tmp_path, subject=HOSTILE, family=HOSTILE))
    page = opened(site, Role.SECURITY_READER)

    expect(page.locator("#dashboard-families")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#shell-page img[src='x'], #shell-page a[href*='evil.example']").count() == 0


def test_an_empty_lake_says_what_to_do_and_nothing_fails(make_site: Callable[[Board], Site], tmp_path: Path) -> None:
    empty = build(tmp_path)
    empty.services.whole_engine = open_engine(empty.services.lake, Settings())
    site = make_site(empty)
    page = site.page(Role.EXECUTIVE)
    page.goto("/")
    arrived(page, TITLE)

    expect(page.locator("#dashboard-headline")).to_contain_text("No mail data is loaded yet.")
    expect(page.locator(".tb-card.has-failed")).to_have_count(0)
