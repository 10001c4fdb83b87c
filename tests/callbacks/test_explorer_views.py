"""The views of the explorer over HTTP: each counts, lists, charts and suggests among its own messages."""

import pytest

from dashapp.identity.permissions import Role
from dashapp.ids import Explorer, Shell
from dashapp.query.urlstate import EXPLORER, ViewState
from dashapp.query.views import VIEWS, find_view
from tests.apps import Board
from tests.callbacks.test_dashboard import view
from tests.callbacks.test_explorer import ALL, data, rows, total, wanted

COUNTS = {"all": ALL, "malware": 30, "phish": 60 * 3}


def chart(board: Board, search: str) -> str:
    output = board.output_of(f"{Explorer.VOLUME}.figure")
    body = board.body(output, {f"{Shell.VIEW}.data": view(search, "/explorer")})
    text: str = board.browser(Role.SECURITY_READER).fire(body).text
    return text


@pytest.mark.parametrize("slug", COUNTS)
def test_total_and_rows_are_those_of_the_view(threats: Board, slug: str) -> None:
    search = f"?from=now-90d&view={slug}"
    found = data(rows(threats, wanted(search, end=5)))

    assert f'"{COUNTS[slug]}"' in total(threats, search).text
    assert found["rowCount"] == COUNTS[slug]
    assert set(find_view(slug).columns) <= set(found["rowData"][0])


def test_a_filter_narrows_the_view(threats: Board) -> None:
    assert '"0"' in total(threats, "?from=now-90d&view=malware&q=NOT+ThreatTypes:Malware").text
    assert f'"{COUNTS["phish"]}"' in total(threats, "?from=now-90d&view=phish&q=ThreatTypes:Phish").text


@pytest.mark.parametrize("slug", ["nonsense", "%00", "url-clicks", "x" * 300, "<b>"])
def test_a_view_nobody_knows_is_the_first(threats: Board, slug: str) -> None:
    assert f'"{ALL}"' in total(threats, f"?from=now-90d&view={slug}").text


def test_the_chart_of_a_view_is_split_by_its_first_pivot_and_leads_into_the_view(threats: Board) -> None:
    answer = chart(threats, "?from=now-90d&view=malware")
    chosen = answer[: answer.index(" (chosen)")]
    assert chosen.rindex("Malware family") > chosen.rindex("tb-choices-label")
    assert "view=malware" in answer
    assert "view=" not in chart(threats, "?from=now-90d")


@pytest.mark.parametrize("one", VIEWS, ids=lambda one: one.slug)
def test_a_view_survives_the_address(one: object) -> None:
    state = ViewState.from_search(f"?view={one.slug}", EXPLORER)  # type: ignore[attr-defined]  # ids takes any
    assert ViewState.from_search(state.to_search(EXPLORER), EXPLORER) == state
    assert find_view(state.view) is one
