"""The dashboard's frames as components: numbers, words, links, and text that stays text."""

import json
from math import inf
from urllib.parse import urlencode

import pandas as pd
import plotly.utils
import pytest
from dash.development.base_component import Component

from dashapp.callbacks import _dashboard_parts as parts
from dashapp.callbacks._leads import Leads, narrowed
from dashapp.domain.headline import Outcome
from dashapp.domain.metrics import ATTACK_FILTER, DEFINITIONS, Metric
from dashapp.query.grammar import parse
from dashapp.query.tree import And, Match, Not, Present, Value

HOSTILE = '<img src=x onerror=alert(1)>\u202e"; DROP'
ANALYST = Leads(True, lambda path, **state: f"{path}?{urlencode(state)}")
DAYS = pd.date_range("2026-03-01", periods=3, unit="us")
EXECUTIVE = Leads(False, lambda path, **state: f"{path}?{urlencode(state)}")


def words(component: Component | list[Component]) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False).replace("\u00a0", " ")


def totals(count: int, *, beside: int = 3, missing: tuple[Metric, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": list(Metric),
            "count": [count] * len(Metric),
            "beside": [beside] * len(Metric),
            "has_data": [metric not in missing for metric in Metric],
        }
    )


def series(counts: list[int]) -> pd.DataFrame:
    days = pd.date_range("2026-03-01", periods=len(counts), unit="us")
    return pd.concat([pd.DataFrame({"metric": metric, "bucket": days, "count": counts}) for metric in Metric])


def hrefs(component: Component | list[Component]) -> list[str]:
    everything = component if isinstance(component, list) else [component]
    found = [part for top in everything for part in (top, *top._traverse())]
    return [part.href for part in found if getattr(part, "href", None)]


def test_one_tile_per_metric_with_number_change_and_the_messages_behind_it() -> None:
    shown = parts.tiles(
        totals(1234), totals(1000), series([1, 2]), starts=DAYS, against="previous 7 days", leads=ANALYST
    )

    assert len(shown) == len(Metric)
    assert "1,234" in words(shown[0])
    assert "up 23 %" in words(shown[0])
    assert "vs previous 7 days" in words(shown[0]).replace('", "', "")
    assert all(href.startswith("/explorer?query=") for href in hrefs(shown))


def test_a_rise_of_attacks_is_worse_in_words_too() -> None:
    shown = parts.tiles(totals(2000), totals(1000), series([1]), starts=DAYS, against="previous 7 days", leads=ANALYST)

    assert "tb-change-worse" in words(shown[0])
    assert "(worse)" in words(shown[0])


def test_missing_data_is_not_zero_and_leads_nowhere() -> None:
    only = totals(0, missing=(Metric.URLS_BLOCKED,))
    shown = parts.tiles(only, None, series([0]), starts=DAYS, against="", leads=ANALYST)
    clicks = shown[list(Metric).index(Metric.URLS_BLOCKED)]

    assert "No click data loaded." in words(clicks)
    assert not hrefs(clicks)
    assert "nothing earlier to compare with" in words(shown[0])


def test_executive_tiles_lead_to_breakdowns_and_never_to_messages() -> None:
    shown = parts.tiles(totals(5), None, series([0]), starts=DAYS, against="", leads=EXECUTIVE)

    assert all(href.startswith("/?tab=") for href in hrefs(shown))


def test_efficacy_leads_with_the_share_that_was_stopped() -> None:
    shown = words(parts.efficacy_parts(Outcome(900, 60, 40)))

    assert "96.0 %" in shown
    assert "Uncaught 4.0 %" in shown
    assert "No attacks" in words(parts.efficacy_parts(Outcome(0, 0, 0)))


def test_shares_never_claim_all_or_nothing() -> None:
    shown = words(parts.efficacy_parts(Outcome(999_999, 0, 1)))

    assert "over 99.9 %" in shown
    assert "under 0.1 %" in shown


def test_hostile_names_are_plain_text_and_exact_in_the_filter() -> None:
    families = pd.DataFrame(
        {"family": [HOSTILE], "messages": [4], "recipients": [2], "delivered": [1], "previous": [0]}
    )

    table = parts.families_table(families, ANALYST, compared=True)

    assert "⟦U+202E⟧" in words(table)
    assert "dangerously" not in words(table)
    assert parse(narrowed(ATTACK_FILTER, "ThreatFamily", HOSTILE)) == And(
        (*parse(ATTACK_FILTER).children, Match("ThreatFamily", (Value(HOSTILE, literal=True),)))
    )


def test_a_missing_value_leads_to_the_messages_without_one_and_the_rest_nowhere() -> None:
    assert parse(narrowed("", "SenderCountry", "(none)")) == Not(Present("SenderCountry"))
    assert ANALYST.to_value("SenderCountry", "Others") == ""


def test_departments_carry_no_names() -> None:
    counts = pd.DataFrame({"value": ["Finance"], "messages": [40], "recipients": [3], "previous": [20]})

    shown = parts.departments_list(counts, EXECUTIVE, compared=True)

    assert "Finance" in words(shown)
    assert "up 100 %" in words(shown)
    assert hrefs(shown)[0].startswith("/?")


def test_people_without_a_name_are_their_address() -> None:
    people = pd.DataFrame(
        {
            "recipient": ["ana@contoso.example", "box@contoso.example"],
            "display_name": ["Ana", ""],
            "department": ["Finance", ""],
            "attacks": [9, 5],
            "malware": [1, 1],
            "phish": [8, 4],
            "delivered": [0, 1],
            "previous": [9, 0],
        }
    )

    shown = parts.targeted_table(people, ANALYST, compared=True)

    assert "unchanged" in words(shown)
    assert "up from none" in words(shown)
    assert words(shown).count('"children": "box@contoso.example"') == 1
    assert "Finance · ana@contoso.example" in words(shown)


RISERS = pd.DataFrame(
    {
        "kind": ["Sender country", "Malware family", "Sender domain"],
        "field": ["SenderCountry", "ThreatFamily", "SenderFromDomain"],
        "value": ["NL", "QakBot", "evil.example"],
        "messages": [9, 44, 300],
        "previous": [4, 10, 0],
        "change": [1.25, 3.4, inf],
    }
)


def test_risers_in_plain_words() -> None:
    shown = words(parts.risers_list(RISERS, ANALYST))

    assert "Netherlands" in shown
    assert "9 messages, from 4" in shown
    assert "44 messages, up 340 % from 10" in shown
    assert "300 messages, none before" in shown


def test_the_headlines_rise_is_the_first_that_is_not_a_handful() -> None:
    rise = parts.rise_to_watch(RISERS)

    assert rise is not None
    assert (rise.name, rise.messages) == ("QakBot", 44)
    assert parts.rise_to_watch(RISERS.iloc[:1]) is None


@pytest.mark.parametrize("metric", Metric)
def test_the_address_behind_a_tile_holds_the_filter_that_counts_it(metric: Metric) -> None:
    asked: dict[str, str] = {}
    Leads(True, lambda path, **state: asked.update(state) or path).to_metric(metric)

    assert parse(asked["query"]) == parse(DEFINITIONS[metric].filter_text)
