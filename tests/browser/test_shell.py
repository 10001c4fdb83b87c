"""The frame around every page, as people use it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashapp.identity.permissions import Role
from dashapp.pages import ALL_PAGES
from tests.browser.conftest import PHONE, WIDE, Site, Theme, arrived
from tests.identity.conftest import PASSWORD, ROOT

pytestmark = pytest.mark.browser

SIGNS_IN = "ana@example.com"
QUIET_PAGES = [page for page in ALL_PAGES if page.path in {"/account", "/data-sources"}]
every_page = pytest.mark.parametrize("place", QUIET_PAGES, ids=lambda place: place.path)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in {"serious", "critical"}
    ]


@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_page_is_accessible_and_fits(site: Site, place, theme: Theme, size: tuple[int, int]) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR, theme=theme, size=size)
    page.goto(place.path)
    arrived(page, place.name)
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == theme
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert serious(page) == []


def test_stranger_signs_in_and_lands_where_they_were_going(site: Site) -> None:
    site.board.session(Role.EXECUTIVE)  # there is somebody, so the first page is not the set-up
    page = site.page()
    page.goto("/account?tab=x")
    expect(page).to_have_url(f"{site.address}/sign-in?next=/account?tab%3Dx")


def test_expired_session_goes_to_sign_in_and_back_to_the_same_view(site: Site) -> None:
    site.expected.append("401")
    page = site.page(Role.SECURITY_READER)
    page.goto("/data-sources?from=now-24h&q=a:b")
    arrived(page, "Data sources")
    site.board.guard.accounts.add(
        ROOT, login=SIGNS_IN, display_name="Ana", roles=[Role.SECURITY_READER], password=PASSWORD
    )
    page.context.clear_cookies()
    page.get_by_title("Ask again (d r)").click()
    page.wait_for_url("**/sign-in?next=*")
    assert page.url.endswith("/sign-in?next=%2Fdata-sources%3Ffrom%3Dnow-24h%26q%3Da%3Ab")
    page.get_by_label("Login").fill(SIGNS_IN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    arrived(page, "Data sources")
    assert page.url == f"{site.address}/data-sources?from=now-24h&q=a:b"
    expect(page.locator("#shell-range-label")).to_contain_text("Last 24 hours")


def test_going_about_keeps_history_and_marks_the_place(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    expect(page.locator('.tb-nav-link[aria-current="page"]')).to_have_text("Data sources")
    page.get_by_role("link", name="Your account").first.click()
    arrived(page, "Your account")
    expect(page.locator('.tb-nav-link[aria-current="page"]')).to_have_text("Your account")
    page.go_back()
    arrived(page, "Data sources")
    page.go_forward()
    arrived(page, "Your account")


def test_a_changed_range_is_one_step_of_history_and_does_not_lay_the_page_again(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    page.evaluate("document.querySelector('#shell-page h1').dataset.kept = 'yes'")
    before = page.evaluate("history.length")
    page.evaluate("threatboard.commit({from: 'now-24h', q: 'Subject:\"a b\"'})")
    page.evaluate("threatboard.commit({from: 'now-24h'})")
    assert page.url.endswith("?from=now-24h&q=Subject:%22a+b%22")
    page.evaluate("threatboard.commit({from: 'now-7d', to: null})")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    expect(page).to_have_url(f"{site.address}/data-sources?from=now-24h&q=Subject:%22a+b%22")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelector('#shell-page h1').dataset.kept") == "yes"


def test_keyboard(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Move back in time")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("a")
    arrived(page, "Your account")
    page.get_by_label("Present password").type("gs?")  # typing is typing
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/account")


def test_keys_can_be_switched_off(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    page.get_by_role("button", name="Keyboard shortcuts (?)").click()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_theme_is_kept_without_a_flash(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR, theme="light")
    page.goto("/account")
    arrived(page, "Your account")
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.wait_for_load_state("networkidle")
    page.route("**/*dash_renderer*", lambda route: route.abort())  # the page before any script of Dash
    site.expected += ["ERR_FAILED", "DashRenderer", "DashContext"]
    page.reload()
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 17, 21)"


def test_signing_out(site: Site) -> None:
    page = site.page(Role.EXECUTIVE)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    page.get_by_role("button", name="You: Ana EX").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    page.goto("/data-sources")
    expect(page).to_have_url(f"{site.address}/sign-in?next=/data-sources")


def test_navigation_on_a_phone(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR, size=PHONE)
    page.goto("/data-sources")
    arrived(page, "Data sources")
    link = page.locator(".tb-nav-link", has_text="Your account")
    expect(link).not_to_be_in_viewport()
    page.get_by_role("button", name="Navigation").click()
    expect(link).to_be_in_viewport()
    link.click()
    arrived(page, "Your account")
    expect(link).not_to_be_in_viewport()


def test_a_card_that_fails_says_so_and_recovers(site: Site) -> None:
    site.expected += ["500", "Callback error updating sources-tables"]
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    broken = {"now": True}

    def answer(route) -> None:
        if broken["now"] and '"sources-tables.children"' in (route.request.post_data or ""):
            route.fulfill(status=500, headers={"X-Request-ID": "ab12"}, json={"error": "x", "detail": "It broke."})
        else:
            route.continue_()

    page.route("**/_dash-update-component*", answer)
    page.goto("/data-sources")
    card = page.get_by_role("region", name="Loaded tables").first
    expect(card.get_by_role("alert")).to_contain_text("It broke.")
    expect(card.get_by_role("alert")).to_contain_text("Reference ab12")
    expect(page.get_by_role("region", name="Credits").first).to_contain_text("No enrichment tables")
    broken["now"] = False
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("EmailEvents")
    expect(card.get_by_role("alert")).to_be_hidden()


def test_our_plotly_is_the_only_one(site: Site) -> None:
    page = site.page(Role.GLOBAL_ADMINISTRATOR)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/account")
    arrived(page, "Your account")
    assert [url for url in asked if "plotly" in url.lower()] == [
        url for url in asked if "/assets/vendor/plotly." in url
    ]
    assert not [url for url in asked if "dash_ag_grid" in url]
    assert page.evaluate("Plotly.version") == "4.1.1"
