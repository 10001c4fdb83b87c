"""What can be done with the explorer's chart and with the values of a message, by mouse and by keyboard."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, Theme
from tests.browser.test_dashboard import engines, site_over, threats
from tests.browser.test_explorer import ALL, cell, opened
from tests.browser.test_query_bar import pill, total
from tests.browser.test_shell import serious

pytestmark = pytest.mark.browser

__all__ = ["engines", "site_over", "threats"]  # fixtures shared with the dashboard


def entry(page: Page, name: str) -> Locator:
    return page.locator(".tb-legend-switch", has_text=name)


def test_a_legend_entry_takes_its_series_off_and_filters_by_keyboard(threats: Site) -> None:
    page = opened(threats, "?from=now-90d&by=PrimaryThreat")
    shown = "document.querySelector('#explorer-volume').data.map(trace => trace.visible ?? true)"
    malware = entry(page, "Malware")
    malware.focus()
    page.keyboard.press("Enter")
    expect(malware).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(shown)[0] == "legendonly"
    page.keyboard.press("Enter")
    expect(malware).to_have_attribute("aria-pressed", "true")

    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Enter")
    pill(page, "Primary threat is Malware")
    total(page, 30)
    page.go_back()
    total(page, ALL)


def test_a_part_of_a_bar_is_filtered_out_and_another_field_stacked_by_mouse(threats: Site) -> None:
    page = opened(threats, "?from=now-30d&by=PrimaryThreat")
    before = page.url
    bar = page.locator("#explorer-volume .trace.bars").first.locator(".point path").nth(5)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*place, button="right")
    expect(page.get_by_role("menu", name="Malware")).to_be_visible()
    assert page.url == before
    page.get_by_role("menuitem", name="Stack by delivery").click()
    expect(page.locator("#explorer-volume-legend")).to_contain_text("Sent to junk")
    page.go_back()
    expect(page.locator("#explorer-volume-legend")).to_contain_text("Malware")
    page.locator(".tb-legend-menu").first.click()
    page.get_by_role("menuitem", name="Filter out").click()
    pill(page, "Primary threat is NOT Malware")


def test_the_chart_is_saved_and_its_scale_kept_by_a_reload(threats: Site) -> None:
    page = opened(threats, "?from=now-30d&by=PrimaryThreat")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save messages over time as CSV").click()
    lines = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith('"Time (UTC)","Malware","Phishing",')
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 30
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save messages over time as PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")

    page.get_by_role("group", name="Scale").get_by_role("link", name="Log").click()
    page.wait_for_url(re.compile("log=1"))
    page.reload()
    expect(page.get_by_role("link", name="Log (chosen)")).to_be_visible()
    drawn = page.locator("#explorer-volume .main-svg").first
    expect(drawn).to_be_visible()
    assert drawn.evaluate("svg => svg.closest('.js-plotly-plot')._fullLayout.yaxis.type") == "log"


def test_the_numbers_of_a_chart_name_its_series_as_they_are_and_as_no_formula(site_over: Callable[..., Site]) -> None:
    page = opened(site_over(subject='=R&D <b>"100 %{y}"'), "?from=now-90d&by=Subject")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save messages over time as CSV").click()
    heading = Path(saved.value.path()).read_text("utf-8-sig").splitlines()[0]
    assert heading == '"Time (UTC)","\'=r&d <b>""100 %{y}"""'


def test_a_fact_of_the_flyout_is_filtered_for(threats: Site) -> None:
    page = opened(threats)
    cell(page, 0, "Subject")
    page.locator('#explorer-grid .ag-row[row-index="0"] .ag-cell[col-id="Subject"]').click()
    button = page.get_by_role("button", name="Filter by domain", exact=True)
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_contain_text("evil.example")
    page.keyboard.press("Enter")
    pill(page, "Sender domain is evil.example")
    expect(page.locator("#flyout-panel")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_charts_tools_are_accessible_and_fit(
    site_over: Callable[..., Site], theme: Theme, size: tuple[int, int]
) -> None:
    page = opened(
        site_over(family="<img src=x onerror=alert(1)>"), "?from=now-90d&by=ThreatFamily&log=1", theme=theme, size=size
    )
    page.locator(".tb-legend-list li", has_text="<img").locator(".tb-legend-menu").click()
    expect(page.get_by_role("menuitem").first).to_contain_text("<img src=x")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.locator("img[src='x']").count() == 0
    assert serious(page) == []
