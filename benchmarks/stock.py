"""A page of stock Dash with one chart, as its documentation begins: what ours is measured against."""

import sys

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html


def main(port: int) -> None:
    """Serve it until killed."""
    app = Dash(__name__, assets_folder="")
    app.layout = html.Div([html.H1("Stock"), dcc.Interval(id="once", max_intervals=0), dcc.Graph(id="chart")])

    @app.callback(Output("chart", "figure"), Input("once", "n_intervals"))
    def draw(_ticks: int | None) -> go.Figure:
        return go.Figure([go.Bar(x=list(range(30)), y=list(range(30))) for _ in range(4)])

    app.run(port=str(port), debug=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
