"""Plain HTML becomes one component; what callbacks address stays one of its own."""

import json
from typing import Any

from dash import dcc, html

from dashapp.components.still import Still, still


def sent(content: Any) -> Any:
    """What the browser gets."""
    return json.loads(json.dumps(still(content), default=lambda part: part.to_plotly_json()))


def test_plain_html_is_one_component_with_attributes_and_text() -> None:
    shown = still(html.Div([html.B("<script>"), " and ", 7, None, html.Img(src="/x.svg", alt="")], className="tb-a"))

    assert isinstance(shown, Still)
    assert shown.tree == [
        ["div", {"className": "tb-a"}, ["b", {}, "<script>"], " and ", "7", ["img", {"src": "/x.svg", "alt": ""}]]
    ]
    assert shown.children == []


def test_links_are_told_from_anchors() -> None:
    assert still(html.P([dcc.Link("in", href="/a"), html.A("out", href="/b")])).tree == [
        ["p", {}, ["link", {"href": "/a"}, "in"], ["a", {"href": "/b"}, "out"]]
    ]


def test_what_has_an_id_stays_and_its_inside_is_gathered() -> None:
    shown = still(html.Section([html.H2("Title"), html.Div([html.P("waiting")], id="part"), dcc.Store(id="store")]))

    assert shown.tree == [["section", {}, ["h2", {}, "Title"], 0, 1]]
    part, store = shown.children
    assert (part.id, store.id) == ("part", "store")
    assert part.children.tree == [["p", {}, "waiting"]]


def test_a_list_of_live_components_stays_a_list() -> None:
    shown = still([html.Div(html.B("x"), id="one"), dcc.Store(id="two")])

    assert [part.id for part in shown] == ["one", "two"]
    assert isinstance(shown[0].children, Still)


def test_other_values_pass() -> None:
    figure = {"data": [], "layout": {}}

    assert still(figure) is figure
    assert still("text") == "text"
    assert still(None) is None
    assert still(["a", "b"]) == ["a", "b"]


def test_it_is_sent_as_a_component_of_ours() -> None:
    assert sent(html.P("x")) == {
        "type": "Still",
        "namespace": "threatboard",
        "props": {"children": [], "tree": [["p", {}, "x"]]},
    }


def test_doing_it_twice_changes_nothing() -> None:
    once = still(html.Div([html.P("x"), html.Div(id="part")]))

    assert sent(once) == sent(html.Div([html.P("x"), html.Div(id="part")]))
