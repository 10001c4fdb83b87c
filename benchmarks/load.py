"""``python -m benchmarks.load``: many people at once against the real server, and how long each waited.

By default 50 analysts who do something every 5 seconds and 20 dashboards that refresh every 30, for a minute: on 4
cores 95 % of the requests are to take less than a second. An analyst's step is a filter in a time range of their own,
so few answers come from memory. The server shares the machine with the people played here: where cores are few or busy,
look at the processor time per request, which does not depend on who waits for whom.
"""

import argparse
import json
import os
import random
import re
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, RemoteDisconnected
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.__main__ import DAYS, UNTIL, build
from tests.services.program import SECRET, command, serving

LOGIN = "load@example.com"
ANALYST_SECONDS, DASHBOARD_SECONDS = 5.0, 30.0
QUERIES = (
    "PrimaryThreat:Phish",
    "PrimaryThreat:Malware ExplorerDelivery:Blocked",
    "SenderCountry:BR",
    "Subject:invoice",
    "invoice OR payment",
    "NOT PrimaryThreat:None ExplorerDelivery:Delivered",
    "UrlDomain:*.example",
    "FileType:pdf",
    "PrimaryTechnology:*detonation*",
    "",
)


@dataclass
class Waits:
    """How long requests took, in seconds, by what was asked; and what they were answered."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, seconds: float, status: int) -> None:
        """Keep one."""
        with self.lock:
            self.seconds.setdefault(name, []).append(seconds)
            self.statuses[status] += 1


class Person:
    """One browser: a connection that is kept, cookies, and the callbacks of the pages."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        token = re.search(r'name="csrf_token" value="([^"]*)"', self._ask("GET", "/sign-in")[1])
        form = urlencode({"login": login, "password": password, "csrf_token": token[1] if token else ""})
        status, text = self._ask("POST", "/sign-in", form, "application/x-www-form-urlencoded")
        if status != 303:
            raise SystemExit(f"cannot sign in: {status} {text[:200]}")
        self._callbacks = json.loads(self._ask("GET", "/_dash-dependencies")[1])

    def step(self, waits: Waits, name: str, *, page: str, view: dict[str, Any]) -> None:
        """What a page asks when its address changes, one after the other."""
        started = time.perf_counter()
        for callback in self._callbacks:
            if callback.get("clientside_function") or not _answers_view(callback, page):
                continue
            begun = time.perf_counter()
            status, _ = self._ask("POST", "/_dash-update-component", json.dumps(_body(callback, view)))
            waits.add(f"{name}, one request", time.perf_counter() - begun, status)
        with waits.lock:
            waits.seconds.setdefault(f"{name}, all it shows", []).append(time.perf_counter() - started)

    def _ask(self, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
        headers["X-CSRFToken"] = self._cookies.get("_csrf_token", "")
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        except RemoteDisconnected:  # the server ends idle connections; browsers open another one, too
            self._connection.close()
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer.status, answer.read().decode("utf-8", "replace")


def _answers_view(callback: dict[str, Any], page: str) -> bool:
    """Whether it fills a part of the page when the address changes; others wait for a click."""
    inputs = {each["id"] for each in callback["inputs"]}
    return f"{page}-" in callback["output"] and bool(inputs) and inputs <= {"shell-view", "explorer-grid"}


def _body(callback: dict[str, Any], view: dict[str, Any]) -> dict[str, Any]:
    """What Dash's renderer posts when the view has changed."""
    names = callback["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.split("@")[0].rsplit(".", 1), strict=True)) for name in names]
    context = {"asked": view["search"], "view": view}
    rows = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}, "context": context}
    values = {"shell-view": view, "explorer-grid": rows}
    given = [dict(each, value=values.get(each["id"])) for each in callback["inputs"]]
    return {
        "output": callback["output"],
        "outputs": outputs if callback["output"].startswith("..") else outputs[0],
        "inputs": given,
        "state": [dict(each, value=None) for each in callback["state"]],
        "changedPropIds": [f"{given[0]['id']}.{given[0]['property']}"],
    }


def _view(draw: random.Random, page: str) -> dict[str, Any]:
    """The address of a step: an analyst's own filter and range, or the dashboard's last 30 days."""
    if page == "dashboard":
        start, end, query = UNTIL - timedelta(days=30), UNTIL, ""
    else:
        end = UNTIL - timedelta(minutes=draw.randrange(60 * 24 * 60))
        start, query = end - timedelta(days=draw.choice([1, 7, 30])), draw.choice(QUERIES)
    search = f"?from={start:%Y-%m-%dT%H:%MZ}&to={end:%Y-%m-%dT%H:%MZ}&q={quote(query)}"
    path = "/" if page == "dashboard" else "/explorer"
    return {"path": path, "search": search, "now": datetime.now(UTC).isoformat(timespec="minutes"), "refresh": 0}


def _live(person: Person, waits: Waits, *, page: str, every: float, until: float, seed: int) -> None:
    """Step after step until the time is over, at moments of one's own."""
    draw = random.Random(seed)
    due = time.monotonic() + draw.uniform(0, every)
    while due < until:
        time.sleep(max(due - time.monotonic(), 0))
        person.step(waits, "analyst" if page == "explorer" else "dashboard", page=page, view=_view(draw, page))
        due = max(due + every, time.monotonic())


def run(crowd: list[Person], *, analysts: int, seconds: float) -> Waits:
    """Let everybody work at once; the first so many are analysts, the others watch a dashboard."""
    waits, until, threads = Waits(), time.monotonic() + seconds, []
    for number, person in enumerate(crowd):
        page, every = ("explorer", ANALYST_SECONDS) if number < analysts else ("dashboard", DASHBOARD_SECONDS)
        named = {"page": page, "every": every, "until": until, "seed": number}
        threads.append(threading.Thread(target=_live, args=(person, waits), kwargs=named))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return waits


def peak_mb(process: int) -> float:
    """The most memory the server's processes had, added up."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    own = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return (int(own[1]) / 1024 if own else 0) + sum(peak_mb(int(child)) for child in children)


def processor_seconds(process: int) -> float:
    """Processor time of the server's processes so far, added up."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") + sum(map(processor_seconds, map(int, children)))


def main() -> None:
    """Build or reuse the lake, serve it, print the numbers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="messages over 90 days (default: 1 million)")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="where lakes are kept for the next run")
    parser.add_argument("--analysts", type=int, default=50)
    parser.add_argument("--dashboards", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    folder = (options.folder / str(options.rows)).absolute()
    if not (folder / "complete").exists():
        build(folder, options.rows)
    settings = {"DATA_DIR": str(folder), "SECRET_KEY": SECRET}
    command("user", "add", LOGIN, "--role", "SR", folder=folder, **settings)
    password = command("user", "reset", LOGIN, folder=folder, **settings).stdout.split()[-1]
    with serving(folder, **settings) as program:
        crowd = [Person(program.port, LOGIN, password) for _ in range(options.analysts + options.dashboards)]
        idle = processor_seconds(program.process.pid)
        waits = run(crowd, analysts=options.analysts, seconds=options.seconds)
        processor = processor_seconds(program.process.pid) - idle
        memory = peak_mb(program.process.pid)
    print(f"{options.analysts} analysts, {options.dashboards} dashboards, {options.rows:,} messages, {DAYS} days")
    for name, seconds in sorted(waits.seconds.items()):
        cuts = statistics.quantiles(seconds, n=20)
        line = f"p50 {cuts[9] * 1000:6.0f} ms  p95 {cuts[18] * 1000:6.0f} ms  most {max(seconds) * 1000:6.0f} ms"
        print(f"{name:28} {len(seconds):6}  {line}")
    each = processor / waits.statuses.total() * 1000
    print(f"answers: {dict(waits.statuses)}; {each:.0f} ms of processor time per request; at most {memory:.0f} MB")


if __name__ == "__main__":
    main()
