"""A chart is a component Dash can address, and is sent without a figure until there is one."""

from dash import html

from dashapp.components.chart import Chart
from dashapp.components.still import still


def test_it_is_empty_until_there_is_something_to_draw() -> None:
    sent = Chart("volume", height=200).to_plotly_json()

    assert (sent["namespace"], sent["type"]) == ("threatboard", "Chart")
    assert sent["props"]["height"] == 200
    assert "figure" not in sent["props"]


def test_callbacks_find_it_inside_plain_html() -> None:
    shown = still(html.Div(html.Div(Chart("volume", height=200))))

    assert [str(name) for name in shown] == ["volume"]
