"""What is on the dashboard and the explorer before anything is asked."""

import pytest

from dashapp.ids import ID_ENUMS, Dashboard, Explorer
from dashapp.pages import dashboard, explorer
from dashapp.pages._page import Page

PAGES = (dashboard.PAGE, explorer.PAGE)


def used(page: Page) -> set[str]:
    return {part.id for part in page.layout()._traverse() if isinstance(getattr(part, "id", None), str)}


@pytest.mark.parametrize("page", PAGES)
def test_layout_survives_any_query_string(page: Page) -> None:
    rubbish = {"utm_source": "mail", "q": "<script>", "sort": "'; drop", "grain": "-1"}
    assert page.layout(**rubbish).to_plotly_json().keys() == page.layout().to_plotly_json().keys()


@pytest.mark.parametrize(("page", "ids"), [(PAGES[0], Dashboard), (PAGES[1], Explorer)])
def test_every_declared_id_is_on_its_page_and_no_other(page: Page, ids: type[Dashboard] | type[Explorer]) -> None:
    declared = {id_ for enum in ID_ENUMS for id_ in enum}

    assert used(page) <= declared
    assert set(ids) <= used(page)


def test_the_grids_columns_are_fixed_text_columns() -> None:
    (grid,) = [part for part in explorer.layout()._traverse() if getattr(part, "id", "") == Explorer.GRID]

    assert "markdown" not in str(grid.columnDefs)
    assert not getattr(grid, "dangerously_allow_code", False)
    assert grid.rowModelType == "infinite"
