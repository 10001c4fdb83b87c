"""The headline's words for every kind of period."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from dashapp.domain.headline import Coverage, Headline, Outcome, Rise, Tone, compared_with, headline, span_words
from dashapp.query.window import Window

NOW = datetime(2026, 3, 31, tzinfo=UTC)
WINDOW = Window.last(timedelta(days=30), NOW)
FULL = Coverage(NOW - timedelta(days=365), NOW)


def said(now: Outcome, earlier: Outcome, rise: Rise | None = None, coverage: Coverage = FULL) -> Headline:
    return headline(WINDOW, coverage, now, earlier, rise)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_fewer_attacks_is_better_and_says_by_how_much_and_why() -> None:
    line = said(Outcome(3900, 196, 114), Outcome(4400, 250, 140), Rise("QakBot", 44, 3.4))

    assert line.tone is Tone.BETTER
    assert plain(line.text) == (
        "Better than the previous 30 days: attacks are down 12 %. 4,210 attacks, from 4,790. "
        "97.3 % were stopped before or after delivery; 114 got through. The rise to watch: QakBot (+340 %)."
    )


@pytest.mark.parametrize(
    ("now", "earlier", "tone", "verdict"),
    [
        (Outcome(1500, 10, 10), Outcome(1000, 10, 10), Tone.WORSE, "attacks are up 49 %."),
        (Outcome(1000, 10, 200), Outcome(1100, 10, 100), Tone.WORSE, "more attacks got through."),
        (Outcome(1000, 10, 20), Outcome(960, 10, 100), Tone.BETTER, "fewer attacks got through."),
        (Outcome(1500, 10, 20), Outcome(1000, 10, 100), Tone.MIXED, "more attacks, but fewer got through."),
        (Outcome(700, 10, 200), Outcome(1000, 10, 100), Tone.MIXED, "fewer attacks, but more got through."),
        (Outcome(1000, 10, 10), Outcome(1010, 10, 12), Tone.SAME, "attacks are down 1.2 %."),
        (Outcome(500, 0, 0), Outcome(500, 0, 0), Tone.SAME, "attacks are unchanged."),
    ],
)
def test_tone_follows_attacks_and_what_got_through(now: Outcome, earlier: Outcome, tone: Tone, verdict: str) -> None:
    line = said(now, earlier)

    assert line.tone is tone
    assert plain(line.verdict).endswith(verdict)


def test_few_attacks_are_counted_not_turned_into_percentages() -> None:
    line = said(Outcome(3, 0, 1), Outcome(2, 0, 0))

    assert line.tone is Tone.SAME
    assert "attacks are up from 2 to 4" in line.text
    assert "Too few to call a trend." in line.text
    assert "3 of 4 were stopped" in line.text
    assert "%" not in line.text


def test_never_a_hundred_per_cent_while_something_got_through() -> None:
    assert "100" not in said(Outcome(999_999, 0, 1), Outcome(500_000, 0, 1)).reason.split("%")[0][-6:]
    assert "All were stopped" in said(Outcome(999, 1, 0), Outcome(500, 0, 1)).reason


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (Coverage(None, None), "No mail data is loaded yet."),
        (Coverage(NOW - timedelta(days=900), NOW - timedelta(days=400)), "what is loaded ends on"),
        (Coverage(NOW + timedelta(days=1), NOW + timedelta(days=2)), "what is loaded begins on"),
        (Coverage(FULL.start, FULL.end, has_verdicts=False), "no verdicts in this data"),
    ],
)
def test_missing_data_is_not_taken_for_peace(coverage: Coverage, words: str) -> None:
    line = said(Outcome(0, 0, 0), Outcome(0, 0, 0), coverage=coverage)

    assert line.tone is Tone.UNKNOWN
    assert words in line.text
    assert "attacks found" not in line.text


def test_no_earlier_data_is_said_and_nothing_is_compared() -> None:
    line = said(Outcome(40, 2, 1), Outcome(0, 0, 0), coverage=Coverage(WINDOW.start, NOW))

    assert line.tone is Tone.UNKNOWN
    assert line.text.startswith("43 attacks in this period.")
    assert line.text.endswith("There is no earlier data to compare with.")


def test_part_of_the_earlier_period_is_not_enough() -> None:
    line = compared_with(WINDOW, Coverage(WINDOW.start - timedelta(days=10), NOW))

    assert line == "Only 10 days of earlier data are loaded, too little to compare with."


def test_no_attacks_at_all() -> None:
    assert said(Outcome(0, 0, 0), Outcome(0, 0, 0)).text == "No attacks found in this period."
    assert said(Outcome(0, 0, 0), Outcome(80, 0, 0)).tone is Tone.BETTER


@pytest.mark.parametrize(
    ("rise", "words"),
    [(Rise("Emotet", 22, inf), "Emotet (new, 22 messages)"), (Rise("Emotet", 900, 14.0), "Emotet (15-fold)")],
)
def test_rise_in_words(rise: Rise, words: str) -> None:
    assert words in said(Outcome(500, 0, 0), Outcome(500, 0, 0), rise).watch


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=30, minutes=3), "30 days"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=1), "60 minutes"),
        (timedelta(seconds=5), "1 minute"),
    ],
)
def test_span_words(span: timedelta, words: str) -> None:
    assert span_words(span) == words
