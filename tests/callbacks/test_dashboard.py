"""The dashboard's callbacks over HTTP: numbers, who sees what, and whatever a browser may send."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from dashapp.data import grid, metrics
from dashapp.domain.metrics import DEFINITIONS, Metric
from dashapp.identity.permissions import Role
from dashapp.ids import Dashboard, Explorer, Shell
from dashapp.query.grammar import parse
from dashapp.query.window import read_window
from tests.apps import Board
from tests.threats import ATTACKS, PEOPLE

CHILDREN = [
    Dashboard.HEADLINE,
    Dashboard.TILES,
    Dashboard.BREAKDOWN,
    Dashboard.EFFICACY,
    Dashboard.THREATS,
    Dashboard.TECHNOLOGIES,
    Dashboard.TARGETED,
    Dashboard.FAMILIES,
    Dashboard.RISERS,
    Dashboard.VOLUME_LEGEND,
]
NAMES = re.compile("|".join(map(re.escape, (*PEOPLE, "Ana Silva", "Rui Costa", "Mei Tan", "Invoice", "billing@"))))


def view(search: str = "", path: str = "/") -> dict[str, Any]:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return {"path": path, "search": search, "now": now.isoformat(), "refresh": 0}


def answer(board: Board, part: str, *roles: Role, sent: object = None, prop: str = "children") -> Any:
    body = board.body(board.output_of(f"{part}.{prop}"), {f"{Shell.VIEW}.data": sent if sent is not None else view()})
    return board.browser(*roles).fire(body)


def said(response: Any) -> str:
    """The answer as plain JSON; Dash escapes slashes on the wire."""
    return json.dumps(response.json, ensure_ascii=False)


def test_headline_says_worse_and_why(threats: Board) -> None:
    text = answer(threats, Dashboard.HEADLINE, Role.EXECUTIVE).text

    assert "Worse than the previous 30 days: attacks are up 33" in text
    assert "120 attacks, from 90." in text
    assert "QakBot (new, 30 messages)" in text


@pytest.mark.parametrize("part", CHILDREN)
def test_an_executive_gets_no_names_addresses_or_subjects(threats: Board, part: Dashboard) -> None:
    response = answer(threats, part, Role.EXECUTIVE, sent=view("?tab=attacks"))

    assert response.status_code == 200
    assert not NAMES.search(said(response))
    assert "/explorer" not in said(response)


def test_an_analyst_sees_who_was_targeted(threats: Board) -> None:
    text = said(answer(threats, Dashboard.TARGETED, Role.SECURITY_READER))

    assert "Ana Silva" in text
    assert "/explorer?" in text


def test_an_executive_cannot_probe_for_people_through_a_breakdown(threats: Board) -> None:
    queries = ("RecipientEmailAddress:ana@contoso.example", "Subject:Invoice", "invoice")
    queries += ("Url:*ana*", "https://evil.example/?to=ana", "ClickUrl:*ana*", "InternetMessageId:*ana*")
    queries += ("NetworkMessageId:a*", 'JobTitle:"Chief Financial Officer"', "AlertTitle:ana")
    for query in queries:
        response = answer(threats, Dashboard.BREAKDOWN, Role.EXECUTIVE, sent=view(f"?tab=attacks&q={query}"))
        assert response.status_code == 403, query


def test_breakdown_of_a_number(threats: Board) -> None:
    text = answer(threats, Dashboard.BREAKDOWN, Role.EXECUTIVE, sent=view("?tab=phish-blocked")).text

    assert "Breakdown: Phishing blocked" in text
    assert "URL detonation" in text
    assert "File detonation" not in text


@pytest.mark.parametrize("search", ["", "?tab=nonsense", "?tab=attacks&q=((", "?tab=<script>"])
def test_no_breakdown_is_shown_for_what_is_none(threats: Board, search: str) -> None:
    response = answer(threats, Dashboard.BREAKDOWN, Role.EXECUTIVE, sent=view(search))

    assert response.status_code in {200, 204}
    assert "Breakdown" not in response.text


def test_volume_is_stacked_by_what_the_address_says(threats: Board) -> None:
    by_threat = answer(threats, Dashboard.VOLUME, Role.EXECUTIVE, prop="figure").json["response"]
    by_delivery = answer(
        threats, Dashboard.VOLUME, Role.EXECUTIVE, prop="figure", sent=view("?by=ExplorerDelivery&grain=week")
    ).json["response"]

    assert [trace["name"] for trace in by_threat[Dashboard.VOLUME]["figure"]["data"]][:2] == ["Malware", "Phishing"]
    assert by_delivery[Dashboard.VOLUME]["figure"]["data"][0]["name"] == "Blocked"
    assert by_delivery[Dashboard.VOLUME]["figure"]["layout"]["meta"]["grain"] == "week"
    assert f"{ATTACKS:,} in 30 days" in by_threat[Dashboard.VOLUME_BOX]["aria-label"]


def test_a_month_of_minutes_is_not_drawn(threats: Board) -> None:
    sent = view("?grain=minute&by=Subject")
    drawn = answer(threats, Dashboard.VOLUME, Role.EXECUTIVE, prop="figure", sent=sent).json["response"]

    assert drawn[Dashboard.VOLUME]["figure"]["layout"]["meta"]["grain"] == "day"
    assert drawn[Dashboard.VOLUME]["figure"]["data"][0]["name"] == "Malware"


@pytest.mark.parametrize("part", CHILDREN)
@pytest.mark.parametrize(
    "forged",
    [
        None,
        7,
        [],
        "now",
        {"search": 3},
        {"search": "?" + "a" * 9000},
        {"search": "?from=now&to=now-1d&tz=Mars&grain=x"},
    ],
)
def test_forged_views_do_not_break_anything(threats: Board, part: Dashboard, forged: object) -> None:
    body = threats.body(threats.output_of(f"{part}.children"), {f"{Shell.VIEW}.data": forged})

    assert threats.browser(Role.EXECUTIVE).fire(body).status_code in {200, 204}


@pytest.mark.parametrize("part", CHILDREN)
def test_who_has_no_right_gets_nothing(threats: Board, part: Dashboard) -> None:
    assert answer(threats, part, Role.SEARCH_AND_PURGE).status_code == 403


def test_every_tile_says_what_its_list_counts(threats: Board) -> None:
    """The agreement of DESIGN §5: follow each tile's address and count what it lists."""
    children = answer(threats, Dashboard.TILES, Role.SECURITY_READER).json["response"][Dashboard.TILES]["children"]
    tiles = children["props"]["tree"]
    engine = threats.services.whole_engine
    for metric, tile in zip(Metric, tiles, strict=True):
        shown = re.search(r'"className": "tb-tile-count"}, "([\d,]+)"', json.dumps(tile))
        if not DEFINITIONS[metric].exact or shown is None:
            continue
        (address,) = re.findall(r'"href": ?"([^"]+)"', json.dumps(tile))
        asked = parse_qs(urlsplit(address).query)
        window = read_window(asked["from"][0], asked["to"][0], now=datetime.now(UTC))
        listed = grid.count(engine, parse(asked["q"][0]), window).matching
        assert int(shown[1].replace(",", "")) == listed, metric


def test_the_parts_of_efficacy_are_all_attacks(threats: Board) -> None:
    window = read_window("now-30d", "now", now=datetime.now(UTC))

    assert metrics.efficacy(threats.services.whole_engine, window)["messages"].sum() == ATTACKS


def test_numbers_lead_to_addresses_with_the_range_written_out(threats: Board) -> None:
    text = unquote(said(answer(threats, Dashboard.FAMILIES, Role.SECURITY_READER)))

    assert re.search(r"/explorer\?from=\d{4}-\d\d-\d\dT\d\d:\d\dZ&q=.*ThreatFamily:", text)
    assert Explorer.GRID not in text


UNJUDGED_CARDS = [Dashboard.EFFICACY, Dashboard.THREATS, Dashboard.TECHNOLOGIES, Dashboard.TARGETED, Dashboard.FAMILIES]


@pytest.mark.parametrize("part", UNJUDGED_CARDS)
def test_without_verdicts_no_card_claims_that_there_were_no_attacks(unjudged: Board, part: Dashboard) -> None:
    text = answer(unjudged, part, Role.SECURITY_READER).text

    assert "No verdicts in this data." in text
    assert "No attacks" not in text


def test_without_verdicts_tiles_show_no_zero(unjudged: Board) -> None:
    text = answer(unjudged, Dashboard.TILES, Role.SECURITY_READER).text

    assert text.count("No verdicts in this data.") == 4  # attacks, malware, phishing, new threats; the rest: no data
    assert '"children": "0"' not in text


def test_without_verdicts_the_chart_says_so(unjudged: Board) -> None:
    figure = answer(unjudged, Dashboard.VOLUME, Role.EXECUTIVE, prop="figure").text

    assert "No verdicts in this data" in figure
