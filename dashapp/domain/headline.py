"""The sentence at the top of the dashboard: better or worse than before, and why. Pure functions of a few counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isinf, sqrt

from dashapp.domain.metrics import SMALL, percent
from dashapp.query.window import Window


class Tone(StrEnum):
    """How the period compares with the one before."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What became of the attacks of one period; counts of messages.

    Attributes:
        before: Blocked or junked at delivery.
        after: Removed from mailboxes later.
        through: Reached a mailbox and stayed there.
    """

    before: int
    after: int
    through: int

    @property
    def attacks(self) -> int:
        """All of them."""
        return self.before + self.after + self.through

    @property
    def stopped(self) -> int:
        """Caught before or after delivery."""
        return self.before + self.after


@dataclass(frozen=True)
class Rise:
    """What grew most against the previous period; ``change`` is the ratio of growth, infinite when new."""

    name: str
    messages: int
    change: float


@dataclass(frozen=True)
class Coverage:
    """What the loaded data spans; ``start`` and ``end`` are None when nothing is loaded."""

    start: datetime | None
    end: datetime | None
    has_verdicts: bool = True

    @property
    def lacks_verdicts(self) -> bool:
        """Mail is loaded, but nobody said of any what it is: then no number of attacks is known, not even zero."""
        return self.start is not None and not self.has_verdicts


@dataclass(frozen=True)
class Headline:
    """The headline: a short verdict, the reason, and what to watch (either may be empty)."""

    tone: Tone
    verdict: str
    reason: str = ""
    watch: str = ""

    @property
    def text(self) -> str:
        """All of it as one line."""
        return " ".join(part for part in (self.verdict, self.reason, self.watch) if part)


def headline(window: Window, coverage: Coverage, now: Outcome, earlier: Outcome, rise: Rise | None = None) -> Headline:
    """Say whether ``window`` was better or worse than the same time before, and why.

    Args:
        window: The period shown.
        coverage: What is loaded, so that missing data is never taken for peace.
        now: What happened in ``window``.
        earlier: What happened in ``window.previous()``.
        rise: The strongest rise, if there is one worth naming.
    """
    gap = _no_data(window, coverage)
    if gap:
        return Headline(Tone.UNKNOWN, gap)
    incomparable = compared_with(window, coverage)
    if not now.attacks and (incomparable or not earlier.attacks):
        return Headline(Tone.UNKNOWN if incomparable else Tone.SAME, "No attacks found in this period.", incomparable)
    if incomparable:
        return Headline(Tone.UNKNOWN, f"{_attacks(now.attacks)} in this period.", _stopped(now), incomparable)
    tone, verdict = _verdict(now, earlier, span_words(window.span))
    return Headline(tone, verdict, f"{_counts(now, earlier)} {_stopped(now)}".strip(), _watch(rise))


def compared_with(window: Window, coverage: Coverage) -> str:
    """Why ``window`` cannot be compared with the time before it; empty when it can."""
    if coverage.start is None:
        return "There is no earlier data to compare with."
    previous = window.previous()
    slack = window.span / 50  # a log that begins half a day into a month is still a month
    if coverage.start >= window.start - slack:
        return "There is no earlier data to compare with."
    if coverage.start > previous.start + slack:
        part = span_words(window.start - coverage.start)
        return f"Only {part} of earlier data are loaded, too little to compare with."
    return ""


def span_words(span: timedelta) -> str:
    """A length of time as people say it: ``30 days``, ``24 hours``, ``90 minutes``."""
    hours = span / timedelta(hours=1)
    if hours >= 48:
        return _several(round(hours / 24), "day")
    if hours >= 2:
        return _several(round(hours), "hour")
    return _several(max(1, round(hours * 60)), "minute")


def _no_data(window: Window, coverage: Coverage) -> str:
    if coverage.start is None or coverage.end is None:
        return "No mail data is loaded yet."
    if coverage.end < window.start:
        return f"No data in this period: what is loaded ends on {coverage.end:%-d %B %Y}."
    if coverage.start >= window.end:
        return f"No data in this period: what is loaded begins on {coverage.start:%-d %B %Y}."
    if coverage.lacks_verdicts:
        return "There are no verdicts in this data, so attacks cannot be told from other mail."
    return ""


def _verdict(now: Outcome, earlier: Outcome, span: str) -> tuple[Tone, str]:
    against = f"the previous {span}"
    volume, through = _direction(now.attacks, earlier.attacks), _direction(now.through, earlier.through)
    attacks = _movement(now.attacks, earlier.attacks)
    if volume == 0 and through == 0:
        return Tone.SAME, f"About the same as {against}: attacks are {attacks}."
    if volume <= 0 and through <= 0:
        return Tone.BETTER, (
            f"Better than {against}: attacks are {attacks}."
            if volume
            else f"Better than {against}: fewer attacks got through."
        )
    if volume >= 0 and through >= 0:
        return Tone.WORSE, (
            f"Worse than {against}: attacks are {attacks}."
            if volume
            else f"Worse than {against}: more attacks got through."
        )
    mixed = "more attacks, but fewer got through" if volume > 0 else "fewer attacks, but more got through"
    return Tone.MIXED, f"Mixed against {against}: {mixed}."


def _direction(now: int, before: int) -> int:
    """1 up, -1 down, 0 when the difference is what chance alone would make of counts this size."""
    if abs(now - before) <= 2 * sqrt(now + before):
        return 0
    return 1 if now > before else -1


def _movement(now: int, before: int) -> str:
    if now == before:
        return "unchanged"
    word = "up" if now > before else "down"
    if before == 0 or max(now, before) < SMALL:
        return f"{word} from {before:,} to {now:,}"
    return f"{word} {percent(abs(now - before) / before)}"


def _counts(now: Outcome, earlier: Outcome) -> str:
    if now.attacks == earlier.attacks:
        return f"{_attacks(now.attacks)} in each."
    if earlier.attacks == 0 or max(now.attacks, earlier.attacks) < SMALL:
        return "Too few to call a trend." if _direction(now.attacks, earlier.attacks) == 0 else ""
    return f"{_attacks(now.attacks)}, from {earlier.attacks:,}."


def _stopped(now: Outcome) -> str:
    if not now.attacks:
        return ""
    if not now.through:
        return "All were stopped before or after delivery." if now.attacks > 1 else "It was stopped."
    if now.attacks < SMALL:
        return f"{now.stopped:,} of {now.attacks:,} were stopped before or after delivery."
    share = min(now.stopped / now.attacks, 0.999)  # never 100 % while something is still in a mailbox
    return f"{share * 100:.1f}\u00a0% were stopped before or after delivery; {now.through:,} got through."


def _watch(rise: Rise | None) -> str:
    if rise is None or rise.change <= 0:
        return ""
    how = f"new, {rise.messages:,} messages" if isinf(rise.change) else f"+{percent(rise.change)}"
    if rise.change >= 10 and not isinf(rise.change):
        how = percent(rise.change)
    return f"The rise to watch: {rise.name} ({how})."


def _attacks(count: int) -> str:
    return _several(count, "attack")


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
