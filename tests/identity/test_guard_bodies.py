"""What is posted: too large, too deep, forged (F1, F2, 45)."""

from typing import Any

import pytest

from dashapp.identity import limits
from tests.identity.browser import SAME, Browser, show

CALLBACK = "/_dash-update-component"


def test_f1_a_large_body_is_refused(reader: Browser, browser: Browser) -> None:
    assert reader.fire(show("x" * (limits.LARGEST_BODY + 1))).status_code == 413
    assert browser.post("/sign-in", data={"login": "x" * 2_000_000}, headers=SAME).status_code == 413
    assert reader.fire(show("x" * 100_000)).status_code == 200


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, "[" * 65 + "]" * 65, '{"a":[' * 40], ids=len)
def test_f2_deep_json_is_refused(reader: Browser, body: str) -> None:
    answer = reader.post(
        CALLBACK, data=body, content_type="application/json", headers=SAME | {"X-CSRFToken": reader.token}
    )
    assert answer.status_code == 400


def test_f2_a_well_formed_callback_may_not_hide_depth_in_a_value(reader: Browser) -> None:
    value: list[Any] = []
    for _ in range(70):
        value = [value]
    answer = reader.fire(show(value))
    assert answer.status_code == 400
    assert "nested too deeply" in answer.json["detail"]


def test_f2_brackets_inside_text_are_no_depth(reader: Browser) -> None:
    assert reader.fire(show('[{"\\"[' * 500)).status_code == 200


FORGED: list[Any] = [
    [],
    "text",
    7,
    {},
    {"output": 7},
    {"output": ["out.children"]},
    show() | {"inputs": None},
    show() | {"inputs": []},
    show() | {"inputs": {}},
    show() | {"inputs": [1]},
    show() | {"inputs": [None]},
    show() | {"inputs": [[]]},
    show() | {"inputs": show()["inputs"] * 2},
    show() | {"inputs": [{"id": "in"}]},
    show() | {"inputs": [{"id": "other", "property": "value", "value": 1}]},
    show() | {"inputs": [{"id": "in", "property": "other", "value": 1}]},
    show() | {"inputs": [{"id": {"index": 1}, "property": "value", "value": 1}]},
    show() | {"inputs": [{"id": ["in"], "property": "value"}]},
    show() | {"inputs": [[{"id": "in", "property": "value", "value": 1}]]},
    show() | {"state": []},
    show() | {"state": "x"},
    show() | {"state": [{"id": "kept", "property": "clear_data"}]},
    show() | {"outputs": None},
    show() | {"outputs": []},
    show() | {"outputs": "x"},
    show() | {"outputs": {"id": "other", "property": "children"}},
    show() | {"outputs": {"id": "out"}},
    show() | {"outputs": [{"id": "out", "property": "children"}]},
    show() | {"changedPropIds": "in.value"},
    show() | {"changedPropIds": [1]},
    show() | {"changedPropIds": ["noproperty"]},
    show() | {"changedPropIds": ["{broken.value"]},
    show() | {"changedPropIds": ["in.value"] * 10_000},
]


@pytest.mark.parametrize("body", FORGED, ids=lambda body: str(body)[:60])
def test_f2_forged_callbacks_are_400_not_500(reader: Browser, body: Any) -> None:
    answer = reader.fire(body)
    assert answer.status_code == 400
    assert answer.json["error"] == "That request was not understood"


@pytest.mark.parametrize(("value", "status"), [("\ud800", 400), ("\udfff x", 400), ("🐴", 200)], ids=ascii)
def test_f2_half_characters_are_refused_and_whole_ones_are_not(reader: Browser, value: str, status: int) -> None:
    assert reader.fire(show(value)).status_code == status


def test_f2_a_body_that_is_not_json_is_400(reader: Browser) -> None:
    answer = reader.post(
        CALLBACK, data=b'{"\xff', content_type="application/json", headers=SAME | {"X-CSRFToken": reader.token}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("output", ["", "unknown.children", "..out.children...now.children..", "out.children@1"])
def test_z2_unknown_outputs_are_404(reader: Browser, output: str) -> None:
    assert reader.fire(show() | {"output": output}).status_code == 404
