"""The size and the shape of what may be posted, checked before anything looks inside."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Request, abort

LARGEST_BODY = 1024 * 1024
DEEPEST = 64
MOST_TRIGGERS = 500
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # half of a character outside the basic plane, escaped
_BRACKETS = re.compile(rb"[\[\]{}]")


def checked_json(request: Request) -> Any:
    """The JSON body of ``request``; a 400 if it is none, nested deeper than ``DEEPEST``, or holds half characters."""
    if not request.is_json:
        abort(415)
    if _depth(request.get_data(cache=True)) > DEEPEST:
        abort(400, "The request is nested too deeply.")
    try:
        body = request.get_json()
    except RecursionError:
        abort(400, "The request is nested too deeply.")
    if _HALF.search(request.get_data()):
        _ensure_characters(body)
    return body


def ensure_callback_shape(body: Any, declared: Mapping[str, Any] | None) -> None:
    """Return quietly if ``body`` is what Dash's renderer would post for a callback; else 400.

    Args:
        body: The parsed request.
        declared: The callback's entry in ``app.callback_map``; None to check only what holds for all.
    """
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        _refuse()
    triggers = body.get("changedPropIds", [])
    if not isinstance(triggers, list) or len(triggers) > MOST_TRIGGERS or not all(map(_is_trigger, triggers)):
        _refuse()
    outputs = body.get("outputs")
    if not isinstance(outputs, dict | list | None) or not all(
        map(_is_any, outputs if isinstance(outputs, list) else [])
    ):
        _refuse()
    for name in ("inputs", "state"):
        sent = body.get(name, [])
        if not isinstance(sent, list) or not all(map(_is_any, sent)):
            _refuse()
        if declared is not None:
            _ensure_as_declared(sent, declared[name])
    if declared is not None and not declared.get("no_output"):
        _ensure_outputs(body["output"], outputs)


def _ensure_as_declared(sent: list[Any], declared: list[Mapping[str, Any]]) -> None:
    if len(sent) != len(declared):
        _refuse()
    for given, wanted in zip(sent, declared, strict=True):
        if wanted["id"].startswith("{"):  # a pattern: one or many components, with ids of their own
            if not all(item["property"] == wanted["property"] for item in _each(given)):
                _refuse()
        elif not isinstance(given, dict) or (given["id"], given["property"]) != (wanted["id"], wanted["property"]):
            _refuse()


def _ensure_outputs(output: str, outputs: Any) -> None:
    names = output.strip(".").split("...") if output.startswith("..") else [output]
    sent = outputs if isinstance(outputs, list) and output.startswith("..") else [outputs]
    if len(sent) != len(names) or not all(map(_is_any, sent)):
        _refuse()
    for name, given in zip(names, sent, strict=True):
        plain = name.split("@")[0]
        if "{" in name or "\\" in name:
            continue
        if not isinstance(given, dict) or f"{given['id']}.{given['property']}" != plain:
            _refuse()


def _each(given: Any) -> list[dict[str, Any]]:
    return given if isinstance(given, list) else [given]


def _is_any(item: Any) -> bool:
    return all(map(_is_dependency, item)) if isinstance(item, list) else _is_dependency(item)


def _is_dependency(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("id"), str | dict)
        and isinstance(item.get("property"), str)
        and "." not in item["property"]
    )


def _is_trigger(item: Any) -> bool:
    if not isinstance(item, str) or "." not in item:
        return False
    if not item.startswith("{"):
        return True
    try:
        return isinstance(json.loads(item.rpartition(".")[0]), dict)
    except (ValueError, RecursionError):
        return False


def _ensure_characters(body: Any) -> None:
    """Half a character cannot be stored, hashed or sent back; browsers send whole ones unescaped."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse()


def _depth(body: bytes) -> int:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse() -> None:
    abort(400, "The request is not one this page sends.")
