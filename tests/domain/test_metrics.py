"""Definitions are complete and changes are put in honest words."""

import pytest

from dashapp.data.schema import TABLES
from dashapp.domain.metrics import DEFINITIONS, Metric, change_words, outcome, percent


def test_every_metric_is_defined_once_in_order() -> None:
    assert list(DEFINITIONS) == list(Metric)
    assert len({definition.label for definition in DEFINITIONS.values()}) == len(Metric)


@pytest.mark.parametrize("metric", Metric)
def test_definitions_are_whole_sentences_about_inbound_mail_of_a_known_table(metric: Metric) -> None:
    definition = DEFINITIONS[metric]

    assert definition.meaning.endswith(".")
    assert definition.filter_text.startswith("EmailDirection:Inbound IsSimulation:false")
    assert definition.table in TABLES


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (10, None, "nothing earlier to compare with"),
        (5, 5, "unchanged"),
        (0, 0, "unchanged"),
        (5, 0, "up from none"),
        (0, 5, "down from 5"),
        (7, 4, "up from 4"),
        (110, 100, "up 10 %"),
        (99, 100, "down 1.0 %"),
        (100_000, 100_001, "down under 0.1 %"),
        (2000, 100, "up 20-fold"),
    ],
)
def test_change_in_words(now: int, before: int | None, words: str) -> None:
    assert change_words(now, before).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("metric", "now", "before", "expected"),
    [
        (Metric.ATTACKS, 500, 1000, "better"),
        (Metric.ATTACKS, 1000, 500, "worse"),
        (Metric.ATTACKS, 1000, 1010, "neutral"),
        (Metric.ATTACKS, 1000, None, "neutral"),
        (Metric.USER_REPORTED, 1000, 500, "better"),
        (Metric.MALWARE_BLOCKED, 1000, 500, "neutral"),
    ],
)
def test_outcome_follows_what_is_good_and_ignores_noise(
    metric: Metric, now: int, before: int | None, expected: str
) -> None:
    assert outcome(metric, now, before) == expected


def test_percent_keeps_one_decimal_only_where_it_says_something() -> None:
    assert [percent(share).replace("\u00a0", " ") for share in (0, 0.0004, 0.0512, 0.124, 12)] == [
        "0.0 %",
        "under 0.1 %",
        "5.1 %",
        "12 %",
        "13-fold",
    ]
