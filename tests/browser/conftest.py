"""Real pages in Chromium: a live server on loopback, and pages that fail the test on any trouble they see.

A page fails its test on a console error, an uncaught exception, a violation of the content security policy, or a
request to anywhere but its own server.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from dashapp.identity.permissions import Role
from tests.apps import Board, build
from tests.lakes import publish

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE = (1440, 900), (390, 844)
PATIENCE = 60_000  # milliseconds; a busy machine is slow, not wrong
Theme = Literal["light", "dark"]


@pytest.fixture(autouse=True, scope="session")
def _patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    assert program, f"browser tests need one of {', '.join(PROGRAMS)}"
    browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
    yield browser
    browser.close()


@dataclass
class Site:
    """A board that listens on a port.

    Attributes:
        board: The app.
        address: Without a slash at the end.
        open_page: Gives pages of people with the given roles; see ``site``.
        expected: Parts of console messages that this test provokes.
    """

    board: Board
    address: str
    chromium: Browser
    troubles: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def page(self, *roles: Role, size: tuple[int, int] = WIDE, theme: Theme = "light") -> Page:
        """A new browser with somebody of ``roles`` signed in (nobody, without roles); closed with the test."""
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, base_url=self.address
        )
        if roles:
            cookie = self.board.session(*roles).cookie
            context.add_cookies([{"name": self.board.guard.session_cookie, "value": cookie, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda request: self._watch(request.url))
        self.pages.append(page)
        return page

    def _note(self, text: str) -> None:
        self.troubles.append(text)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.troubles.append(f"a request left the machine: {url}")

    def unexpected(self) -> list[str]:
        return [text for text in self.troubles if not any(part in text for part in self.expected)]


@pytest.fixture
def make_site(chromium: Browser) -> Iterator[Callable[[Board], Site]]:
    opened: list[tuple[Site, Callable[[], None]]] = []

    def make(board: Board) -> Site:
        server = make_server("127.0.0.1", 0, board.app.server, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            server.server_close()

        opened.append((Site(board, f"http://localhost:{server.server_port}", chromium), stop))
        return opened[-1][0]

    yield make
    for site, stop in opened:
        for page in site.pages:
            page.context.close()
        stop()
        site.board.services.storage.close()
    assert not [text for site, _ in opened for text in site.unexpected()]


@pytest.fixture
def site(make_site: Callable[[Board], Site], tmp_path: Path) -> Site:
    """A site whose lake holds a message of now and one of a week ago."""
    now = datetime.now(UTC).replace(tzinfo=None)
    lake = publish(tmp_path / "lake", "EmailEvents", Timestamp=[now - timedelta(days=7), now - timedelta(minutes=2)])
    return make_site(build(tmp_path, lake=lake, demo=True))


def arrived(page: Page, title: str) -> None:
    """Wait until the page called ``title`` is laid out and everything it asked for has come."""
    page.wait_for_function("title => document.title.startsWith(title)", arg=title)
    page.wait_for_load_state("networkidle")
