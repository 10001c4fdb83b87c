"""The questions that are timed, each as the pages ask it, by the name of its baseline."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import journeys
from benchmarks.journeys import ATTACKS
from dashapp.data import clicks, grid, metrics, origins, top, top_urls, volume
from dashapp.data.engine import Engine
from dashapp.query.entities import Part
from dashapp.query.grammar import parse
from dashapp.query.tree import Everything
from dashapp.query.window import Grain, Window

_GRID = ("Timestamp", "Subject", "SenderFromAddress", "RecipientEmailAddress", "ThreatTypes", "ExplorerDelivery")

MOST_RATIO = 1.25  # of what the same answer costs by hand
ROLLUP_MS = 25.0


@dataclass(frozen=True)
class Question:
    """One timed question.

    Attributes:
        name: Also of its baseline, if it has one.
        ask: Asks it.
        rollup: It is one of those answered from the hourly counts.
        most_ms: What is promised; None: ``MOST_RATIO`` times its baseline, if it has one.
    """

    name: str
    ask: Callable[[Engine, Window], object]
    rollup: bool = False
    most_ms: float | None = None

    @property
    def promise_ms(self) -> float | None:
        """Milliseconds, where the promise is a time."""
        return ROLLUP_MS if self.rollup else self.most_ms


def _count(text: str) -> Callable[[Engine, Window], object]:
    return lambda engine, window: grid.count(engine, parse(text), window)


def _page(engine: Engine, window: Window, *, offset: int = 0, text: str = "") -> object:
    columns = (*_GRID, "DeliveryLocation", "SenderIP")
    return grid.page(engine, parse(text), window, columns=columns, offset=offset, limit=100)


def _top(field: str, text: str = "") -> Callable[[Engine, Window], object]:
    return lambda engine, window: top.top_values(engine, parse(text), window, field=field)


def _volume(by: str, grain: Grain, text: str = "") -> Callable[[Engine, Window], object]:
    return lambda engine, window: volume.volume(engine, parse(text), window, by=by, grain=grain)


QUESTIONS = (
    Question("volume by day and threat", _volume("PrimaryThreat", Grain.DAY), rollup=True),
    Question("volume by hour and delivery, filtered", _volume("ExplorerDelivery", Grain.HOUR, ATTACKS), rollup=True),
    Question(
        "messages over time",
        lambda engine, window: volume.totals_over_time(engine, Everything(), window, grain=Grain.DAY),
        rollup=True,
    ),
    Question("chart by hour of a subject", _volume("ExplorerDelivery", Grain.HOUR, "Subject:invoice")),
    Question("chart by day of a sender domain", _volume("PrimaryThreat", Grain.DAY, "SenderFromDomain:a*")),
    Question("top sender domains", _top("SenderFromDomain")),
    Question("top recipients of attacks", _top("RecipientEmailAddress", ATTACKS)),
    Question("top attacked URL domains", _top("UrlDomain", ATTACKS)),
    Question("threat types", lambda engine, window: top.breakdown(engine, Everything(), window, field="ThreatTypes")),
    Question("top targeted", lambda engine, window: top.top_targeted(engine, window, limit=10)),
    Question("top families", lambda engine, window: top.top_families(engine, window, limit=10)),
    Question(
        "top targeted of a sender's mail, 3,000",
        lambda engine, window: top.top_targeted(engine, window, limit=3_000, node=parse("SenderFromDomain:*a*")),
    ),
    Question(
        "top URLs of attacks",
        lambda engine, window: top_urls.top_urls(engine, parse(ATTACKS), window, limit=20),
    ),
    Question("top URLs of all mail", lambda engine, window: top_urls.top_urls(engine, Everything(), window, limit=20)),
    Question("top clicks", lambda engine, window: clicks.top_clicks(engine, Everything(), window, limit=20)),
    Question("latest clicks", lambda engine, window: clicks.latest_clicks(engine, Everything(), window, limit=20)),
    Question("countries of origin", lambda engine, window: origins.origins(engine, Everything(), window), rollup=True),
    Question("efficacy", metrics.efficacy),
    Question("zero-day attacks", _count(f'{ATTACKS} DetectionTechnology:("File detonation", "URL detonation")')),
    Question("subject contains", _count("Subject:invoice")),
    Question("one sender", _count("SenderFromAddress:nobody@nowhere.example")),
    Question("messages with a URL of a domain", _count("UrlDomain:a*")),
    Question("messages not in quarantine now", _count("NOT LatestDeliveryLocation:quarantine")),
    Question("one network", _count("SenderIP:192.0.2.0/24")),
    Question("first page, newest first", _page, most_ms=60),
    Question("first page of a rare sender", lambda engine, window: _page(engine, window, text="from:*@a*.example")),
    Question("page 30,000", lambda engine, window: _page(engine, window, offset=3_000_000), most_ms=250),
    Question("all tiles over time", lambda engine, window: metrics.tiles(engine, window, grain=Grain.DAY)),
    Question("all metric totals", metrics.metric_totals),
    Question("explorer: number of messages", _count(""), rollup=True),
    Question("explorer: first page, newest first", journeys.page(), most_ms=60),
    Question("explorer: first page by subject", journeys.page(sort="Subject"), most_ms=250),
    Question("explorer: first page by sender, Z to A", journeys.page(sort="-SenderFromAddress"), most_ms=250),
    Question("explorer: attacks by subject", journeys.page(ATTACKS, sort="Subject"), most_ms=250),
    Question("explorer: the middle in time order", journeys.page(offset=0.5), most_ms=250),
    Question("explorer: the middle of attacks", journeys.page(ATTACKS, offset=0.5), most_ms=250),
    Question("flyout", journeys.flyout, most_ms=100),
    Question("panel: sender domain of attacks", journeys.panel(Part.SENDER_DOMAIN, attacks=True)),
    Question("panel: most frequent sender domain", journeys.panel(Part.SENDER_DOMAIN, attacks=False)),
    Question("panel: server of attacks", journeys.panel(Part.SENDER_IP, attacks=True)),
    Question("panel: most frequent recipient", journeys.panel(Part.RECIPIENT, attacks=False)),
    Question("panel: link of attacks", journeys.panel(Part.URL, attacks=True)),
    Question("panel: file of attacks", journeys.panel(Part.SHA256, attacks=True)),
    Question("panel, with its lists: sender domain", journeys.panel_lists(Part.SENDER_DOMAIN, attacks=True)),
    Question("suggested sender domains", journeys.suggestions("SenderFromDomain", "b"), most_ms=50),
    Question("suggested senders", journeys.suggestions("SenderFromAddress", "b"), most_ms=50),
    Question("suggested countries", journeys.suggestions("SenderCountry", ""), most_ms=50),
    Question("suggested URL domains", journeys.suggestions("UrlDomain", "b"), most_ms=50),
    Question("a long filter made into SQL", journeys.compiled, most_ms=5),
    Question("risers", lambda engine, window: top.risers(engine, window, limit=5)),
)
