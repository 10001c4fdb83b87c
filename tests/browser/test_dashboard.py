"""The dashboard as people use it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from dashapp.data.engine import Engine, open_engine
from dashapp.identity.permissions import Role
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.browser.test_shell import serious
from tests.threats import ATTACKS, HOSTILE, threat_lake

pytestmark = pytest.mark.browser

TITLE = "Threat dashboard"


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    """Engines to be closed when the sites that ask them have stopped."""
    opened: list[Engine] = []
    yield opened
    for engine in opened:
        engine.close()


@pytest.fixture
def site_over(engines: list[Engine], make_site: Callable[[Board], Site], tmp_path: Path) -> Callable[..., Site]:
    """Make a site over the lake of ``tests.threats``, with hostile words in it if wanted."""

    def make(**words: str) -> Site:
        lake = threat_lake(tmp_path / "lake", datetime.now(UTC), **words)
        engines.append(open_engine(lake, Settings(query_memory_mb=200)))
        return make_site(build(tmp_path, lake=lake, engine=engines[-1]))

    return make


@pytest.fixture
def threats(site_over: Callable[..., Site]) -> Site:
    return site_over()


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


def test_a_bar_leads_to_the_messages_of_its_day(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    bars = page.locator("#dashboard-volume .trace.bars").first.locator(".point path")
    bars.nth(bars.count() // 2).scroll_into_view_if_needed()
    box = bars.nth(bars.count() // 2).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.locator("#dashboard-volume .hoverlayer .legend").wait_for()
    page.mouse.down()
    page.mouse.up()

    arrived(page, "Explorer")
    expect(page.locator(".tb-total-line b")).to_have_text("4")
    expect(page.locator("#explorer-query")).to_have_value(re.compile("PrimaryThreat:"))


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


def test_hostile_text_stays_text(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject=HOSTILE, family=HOSTILE), Role.SECURITY_READER)

    expect(page.locator("#dashboard-families")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#shell-page img[src='x'], #shell-page a[href^='http']").count() == 0


def test_an_empty_lake_says_what_to_do_and_nothing_fails(
    engines: list[Engine], make_site: Callable[[Board], Site], tmp_path: Path
) -> None:
    empty = build(tmp_path)
    engines.append(open_engine(empty.services.lake, Settings(query_memory_mb=200)))
    empty.services.whole_engine = engines[-1]
    page = make_site(empty).page(Role.EXECUTIVE)
    page.goto("/")
    arrived(page, TITLE)

    expect(page.locator("#dashboard-headline")).to_contain_text("No mail data is loaded yet.")
    expect(page.locator(".tb-card.has-failed")).to_have_count(0)


def test_each_question_of_the_first_page_is_asked_once(threats: Site) -> None:
    page = threats.page(Role.SECURITY_READER)
    asked: list[str] = []
    page.on("request", lambda request: "_dash-" in request.url and asked.append(name_of(request)))
    page.goto("/?from=now-7d")
    arrived(page, TITLE)
    page.locator("#dashboard-volume .barlayer path").first.wait_for()

    assert "_dash-layout" not in asked
    assert "_dash-dependencies" not in asked
    assert sorted(asked) == sorted(set(asked))
    assert "dashboard-risers.children" in asked
    expect(page.locator("#shell-range-label")).to_contain_text("Last 7 days")


def test_when_the_minute_turns_meanwhile_the_new_one_is_asked_for(threats: Site) -> None:
    page = threats.page(Role.SECURITY_READER)
    asked: list[str] = []
    page.on("request", lambda request: "_dash-" in request.url and asked.append(name_of(request)))
    page.add_init_script("{ const now = Date.now; let turned = 0; Date.now = () => now() + 60000 * turned++; }")
    page.goto("/")
    arrived(page, TITLE)
    page.locator("#dashboard-volume .barlayer path").first.wait_for()

    assert asked.count("dashboard-risers.children") == 2
    expect(page.locator(".tb-card.has-failed")).to_have_count(0)


def name_of(request: Request) -> str:
    """Dash's name of the output asked for, else the last part of the address."""
    posted = request.post_data_json if request.method == "POST" else {}
    return str(posted.get("output") or request.url.rsplit("/", 1)[-1])


def test_a_chart_that_bars_and_lines_do_not_make_is_drawn_too(threats: Site) -> None:
    page = opened(threats, Role.SECURITY_READER)
    figure = {"data": [{"type": "pie", "values": [1, 2], "labels": ["a", "b"]}], "layout": {}}
    page.evaluate("figure => window.dash_clientside.set_props('dashboard-volume', { figure })", figure)

    expect(page.locator("#dashboard-volume .pielayer path.surface")).to_have_count(2)
