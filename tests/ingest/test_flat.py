"""Lines read at once are the same rows as lines read one by one, or left to that."""

import json

import pytest

from dashapp.ingest.events import _Collected, read_blocks
from dashapp.ingest.flat import columns
from dashapp.ingest.jsons import Block

ROW = {
    "Timestamp": "2026-01-02T03:04:05Z",
    "NetworkMessageId": "m1",
    "RecipientEmailAddress": "a@b.example",
    "Subject": 'say ": "',
    "UrlCount": 2,
    "Score": 1.5,
    "IsFirstContact": True,
    "Connectors": None,
}


def text(*rows: object) -> bytes:
    return b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def test_rows_of_one_shape_are_read_at_once() -> None:
    found = columns(text(ROW, ROW | {"Subject": None, "Connectors": "c", "UrlCount": None}))
    assert found is not None
    assert found.to_pylist() == [ROW, ROW | {"Subject": None, "Connectors": "c", "UrlCount": None}]


LACKING = {name: value for name, value in ROW.items() if name != "Subject"}
UNUSUAL = {
    "a field more": text(ROW, ROW | {"More": 1}),
    "a field less": text(ROW, LACKING),
    "one less and one twice": text(ROW, json.dumps(LACKING)[:-1].encode() + b', "UrlCount": 3}\n'),
    "another type later": text(*[ROW] * 20, ROW | {"UrlCount": "many"}),
    "another type at once": text(ROW, ROW | {"UrlCount": "many"}),
    "text where there was nothing, then a number": text(*[ROW] * 20, ROW | {"Connectors": 7}),
    "a fraction among whole numbers": text(*[ROW] * 20, ROW | {"UrlCount": 2.5}),
    "a number of more than 64 bits": text(*[ROW] * 20, ROW | {"UrlCount": 2**70}),
    "nested": text(ROW, ROW | {"Connectors": ["a"]}),
    "nested later": text(*[ROW] * 20, ROW | {"Connectors": {"a": 1}}),
    "no object": text(ROW, b"[1]\n"),
    "a blank line": text(ROW, b"\n", ROW),
    "two on a line": text(ROW, json.dumps(ROW).encode(), ROW),
    "two on a line and a blank one": text(ROW, json.dumps(ROW).encode(), ROW, b"\n"),
    "half a character": text(*[ROW] * 20, b'{"Timestamp": "\\ud800", ' + json.dumps(ROW)[1:].encode() + b"\n"),
    "broken": text(*[ROW] * 20, json.dumps(ROW)[:-3].encode() + b"\n"),
    "a space before the colon": text(ROW).replace(b'":', b'" :'),
    "nothing": b"",
    "no fields": b"{}\n",
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_left_to_the_careful_way(name: str) -> None:
    assert columns(UNUSUAL[name]) is None


SAME = {
    "not a number": text(ROW, ROW | {"Score": float("nan")}, ROW | {"Score": float("-inf")}),
    "plain": text(*[ROW] * 3),
    "a lone half as text": text(ROW, ROW | {"Subject": "\ud800"}),
    "not UTF-8": text(ROW, json.dumps(ROW).replace("say", "s\xe4y").encode("latin-1") + b"\n"),
    "a time as text": text(ROW | {"Subject": "2026-01-02"}),
    "an escape": text(ROW | {"Subject": "a\\u0041\n\\"}),
    "not of our tables": text({"a": 1}, {"a": 2}),
    "says its table": text(ROW | {"Type": "EmailEvents"}, ROW | {"Type": "EmailUrlInfo"}),
    "a management record": text({"RecordType": 99, "CreationTime": "2026-01-02T03:04:05"}),
} | UNUSUAL


@pytest.mark.parametrize("name", SAME)
def test_both_ways_agree(name: str) -> None:
    block = Block(10, SAME[name])
    careful = list(_Collected("given", None, {}).read([block.records()]))
    both = [careful, read_blocks([block], "given", None, {})]
    assert _told(both[0]) == _told(both[1])


def _told(given: list) -> list[object]:  # type: ignore[type-arg]  # chunks and refusals
    found: list[object] = []
    for each in given:
        if not hasattr(each, "rows"):
            found.append(each)
            continue
        texts = [{key: str(value) for key, value in row.items() if value is not None} for row in _pylist(each.rows)]
        found += zip([each.table] * len(texts), map(each.origin, range(len(texts))), texts, strict=True)
    return found


def _pylist(rows) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]  # an Arrow table, perhaps of broken text
    import pyarrow as pa

    from dashapp.ingest.normalise.values import plain
    from dashapp.ingest.normalise.values import text as as_text

    kept = {
        name: as_text(plain(rows[name])) if pa.types.is_string(rows[name].type) else rows[name]
        for name in rows.column_names
    }
    return pa.table(kept).to_pylist()  # type: ignore[no-any-return]
