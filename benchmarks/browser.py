"""How long people wait for the dashboard in Chromium, beside a page of stock Dash with one chart.

The server is the one ``make demo`` starts. Cold is an empty cache; warm is the third visit, as browsers keep compiled
scripts from the second. Times are the page's own clock, from the beginning of the navigation.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import BrowserContext, Page, sync_playwright

RUNS = 5
PATIENCE = 120.0
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
CHART = "document.querySelector('.js-plotly-plot .barlayer path')"
WHOLE = (
    f"{CHART} && document.querySelector('#dashboard-headline h1') && document.querySelector('.tb-tile')"
    " && !document.querySelector('.tb-card:not(.has-data)')"
    " && !document.querySelector('[data-dash-is-loading=\"true\"]')"
)
_WAIT = "new Promise(done => {{ const look = () => ({}) ? done(performance.now()) : setTimeout(look, 10); look(); }})"


def report(folder: Path) -> None:
    """Print the times of both pages; ``folder`` keeps the demonstration for the next run."""
    ours, stock = free_port(), free_port()
    demo = {"THREATBOARD_PORT": str(ours), "THREATBOARD_DEMO_DIR": str(folder), "THREATBOARD_LOG_LEVEL": "WARNING"}
    with (
        serving(["dashapp", "serve", "--development", "--demo"], ours, demo),
        serving(["benchmarks.stock", str(stock)], stock, {}),
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as profile,
    ):
        program = next(found for name in PROGRAMS if (found := shutil.which(name)))
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=list(FLAGS), viewport={"width": 1440, "height": 900}
        )
        page = context.new_page()
        sign_in(page, f"http://localhost:{ours}/")
        for name, address, wanted, promised in (
            ("dashboard, first chart", f"http://localhost:{ours}/", CHART, "promised: 1,500 and 800"),
            ("dashboard, whole", f"http://localhost:{ours}/", WHOLE, "promised: 2,500 and 1,200"),
            ("stock Dash, its only chart", f"http://localhost:{stock}/", CHART, ""),
        ):
            cold, warm = measured(context, page, address, wanted)
            print(f"{name:42} cold {cold:6.0f} ms   warm {warm:6.0f} ms   {promised}")
        context.close()


def sign_in(page: Page, address: str) -> None:
    """By the demonstration's button."""
    page.goto(f"{address}sign-in")
    page.get_by_role("button", name="Executive", exact=True).first.click(no_wait_after=True)
    page.wait_for_url(address)
    page.evaluate(_WAIT.format(WHOLE))


def measured(context: BrowserContext, page: Page, address: str, wanted: str) -> tuple[float, float]:
    """Medians in milliseconds until ``wanted`` holds, with an empty cache and at the third visit after that."""
    devtools = context.new_cdp_session(page)
    cold, warm = [], []
    for _ in range(RUNS):
        devtools.send("Network.clearBrowserCache")
        visits = [visit(page, address, wanted) for _ in range(4)]
        cold.append(visits[0])
        warm.append(visits[-1])
    return statistics.median(cold), statistics.median(warm)


def visit(page: Page, address: str, wanted: str) -> float:
    """Milliseconds until ``wanted`` holds."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    taken: float = page.evaluate(_WAIT.format(wanted))
    page.wait_for_load_state("networkidle")
    return taken


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(module: list[str], port: int, settings: dict[str, str]) -> Iterator[None]:
    """``python -m module`` while the block runs, from when it answers.

    Raises:
        TimeoutError: It does not answer within two minutes.
    """
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", *module], env=os.environ | settings, **quiet)  # type: ignore[call-overload]
    try:
        end = time.monotonic() + PATIENCE
        while not answers(port):
            if time.monotonic() > end:
                raise TimeoutError(f"{module[0]} does not answer on port {port}")
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    """Whether something speaks HTTP there."""
    try:
        with urlopen(f"http://localhost:{port}/"):
            return True
    except (URLError, ConnectionError):
        return False


if __name__ == "__main__":
    report(Path(sys.argv[1]))
