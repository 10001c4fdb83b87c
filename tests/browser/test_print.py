"""The dashboard on paper: A4, light, without controls, nothing cut off, and a line that says what it is and when."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashapp.data.engine import open_engine
from dashapp.identity.permissions import Role
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.browser.conftest import Site, Theme, arrived
from tests.threats import threat_lake

pytestmark = pytest.mark.browser

PAPER = (1032, 703)  # A4 landscape inside its margins, in CSS pixels
CONTROLS = (".tb-nav", ".tb-header", ".tb-card-actions", ".tb-volume-controls", ".modebar", "button", "a.tb-skip")


@pytest.fixture
def threats(make_site: Callable[[Board], Site], tmp_path: Path) -> Iterator[Site]:
    engine = open_engine(lake := threat_lake(tmp_path / "lake", datetime.now(UTC)), Settings(query_memory_mb=200))
    yield make_site(build(tmp_path, lake=lake, engine=engine))
    engine.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dashboard_on_paper(threats: Site, theme: Theme) -> None:
    page = threats.page(Role.SECURITY_READER, theme=theme)
    page.goto("/")
    arrived(page, "Threat dashboard")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert re.search(rb"/MediaBox \[0 0 84[12][.\d]* 59[45]", printed)
    expect(page.locator(".tb-printed")).to_have_count(0)  # the screen is as before
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme=theme)
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    line = page.locator(".tb-printed")
    expect(line).to_contain_text("Threat dashboard")
    expect(line).to_contain_text("Last 30 days, ")
    expect(line).to_contain_text(re.compile(r"Printed \d+ \w+ 20\d\d, \d\d:\d\d"))
    for control in CONTROLS:
        assert [each for each in page.locator(control).all() if each.is_visible()] == [], control
    looks = page.evaluate(
        """() => [...document.querySelectorAll(".tb-card, .tb-tile")].map((card) => {
            const style = getComputedStyle(card), right = card.getBoundingClientRect().right;
            const drawn = [...card.querySelectorAll(".main-svg")].map((svg) => svg.getBoundingClientRect().right);
            return [style.backgroundColor, style.breakInside, Math.max(0, ...drawn) <= right && right <= innerWidth];
        })"""
    )
    assert len(looks) > 8
    assert all(look == ["rgb(255, 255, 255)", "avoid", True] for look in looks), looks
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(line).to_have_count(0)
