"""A chart. It stands in for ``dcc.Graph``, which draws every chart at least twice and an empty one before the first.

While nothing is known nothing is drawn; pointing at a chart costs no step of Dash. Clicks and drags arrive under the
names ``dcc.Graph`` has for them.
"""

from typing import Any

from dashapp.components._own import OwnComponent

CONFIG = {"displayModeBar": False, "doubleClick": False, "showTips": False}


class Chart(OwnComponent):
    """A Plotly chart that ``assets/js/chart.js`` draws.

    Args:
        id: For callbacks.
        height: Pixels.
        figure: What is drawn; None: nothing yet.

    The browser sets ``clickData`` to ``{"points": [{"x", "y", "curveNumber"}], "timestamp"}`` and ``selectedData`` to
    ``{"range": {"x": [from, to]}, "timestamp"}``.
    """

    PROPERTIES = ("id", "height", "figure", "config", "clickData", "selectedData")

    def __init__(self, id: str, *, height: int, figure: Any = None) -> None:
        super().__init__(id=id, height=height, config=CONFIG, **({} if figure is None else {"figure": figure}))
