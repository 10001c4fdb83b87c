"""JSON of every shape: lines, arrays, documents; plain rows, envelopes, mixed tables; broken and cut-off files."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.ingest import jsons
from tests.ingest.conftest import read_bytes, split

MAIL = {
    "Timestamp": "2026-01-02T03:04:05Z",
    "NetworkMessageId": "m1",
    "RecipientEmailAddress": "a@b.example",
    "Subject": 'tricky }, { "text" ]',
}
CLICK = {
    "Timestamp": "2026-01-02T03:04:05Z",
    "Url": "http://x.example",
    "ActionType": "ClickAllowed",
    "AccountUpn": "a@b.example",
}


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize(
    "shape", ["lines", "crlf", "bom", "array", "pretty array", "pretty", "records", "utf-16", "no end"]
)
def test_plain_rows_in_any_shape(shape: str, tmp_path: Path) -> None:
    rows = [MAIL | {"NetworkMessageId": f"m{number}"} for number in range(3)]
    data = {
        "lines": lines(*rows),
        "crlf": lines(*rows).replace(b"\n", b"\r\n\r\n"),
        "bom": b"\xef\xbb\xbf" + lines(*rows),
        "array": json.dumps(rows).encode(),
        "pretty array": b"\xef\xbb\xbf \n" + json.dumps(rows, indent=2).encode(),
        "pretty": json.dumps({"records": rows}, indent=2).encode(),
        "records": json.dumps({"records": rows}).encode(),
        "utf-16": lines(*rows).decode().encode("utf-16"),
        "no end": lines(*rows).rstrip(),
    }[shape]
    found, refused = split(read_bytes(data, tmp_path))
    assert refused == []
    assert found == {"EmailEvents": rows}


def test_the_envelope_of_the_streaming_api_with_mixed_tables(tmp_path: Path) -> None:
    def envelope(table: str, row: dict[str, str]) -> dict[str, object]:
        return {
            "time": "2026-01-02T03:05:00Z",
            "tenantId": "t",
            "category": f"AdvancedHunting-{table}",
            "properties": row,
        }

    url = {"Timestamp": "2026-01-02T03:04:05Z", "NetworkMessageId": "m1", "Url": "http://x.example"}
    data = lines(envelope("EmailUrlInfo", url), envelope("EmailEvents", MAIL), envelope("DeviceEvents", {"a": "b"}))
    found, refused = split(read_bytes(data, tmp_path))
    assert found == {"EmailUrlInfo": [url | {"TenantId": "t"}], "EmailEvents": [MAIL | {"TenantId": "t"}]}
    assert [(each.row, each.reason) for each in refused] == [(3, "the table DeviceEvents is not one of ours")]


def test_tables_of_plain_rows_by_their_columns(tmp_path: Path) -> None:
    found, refused = split(read_bytes(lines(MAIL, CLICK, {"What": 1}), tmp_path))
    assert set(found) == {"EmailEvents", "UrlClickEvents"}
    assert [each.row for each in refused] == [3]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"a": }', "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "not valid JSON"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_is_read(bad: bytes, reason: str, tmp_path: Path) -> None:
    found, refused = split(read_bytes(lines(MAIL) + bad + b"\n" + lines(MAIL), tmp_path))
    assert len(found["EmailEvents"]) == 2
    assert [each.row for each in refused] == [2]
    assert refused[0].reason.startswith(reason)
    assert len(refused[0].raw) <= 2_000


def test_odd_text_and_numbers_are_mended_or_kept(tmp_path: Path) -> None:
    row = json.dumps(MAIL).encode()[:-1]
    data = row + b', "SenderDisplayName": "lone \\ud800 end", "EmailSize": NaN'
    data += b', "X": 1e999, "Y": 123456789012345678901234567890}\n'
    data += row + b', "SenderDisplayName": "bytes \xff"}\n'
    found, refused = split(read_bytes(data, tmp_path))
    assert refused == []
    assert [each["SenderDisplayName"] for each in found["EmailEvents"]] == ["lone � end", "bytes �"]


def test_nested_values_stay_the_json_they_are(tmp_path: Path) -> None:
    first = MAIL | {"DetectionMethods": {"Phish": ["Spoof DMARC"]}}
    second = MAIL | {"DetectionMethods": {"Malware": ["File detonation"]}, "EmailSize": 5}
    third = MAIL | {"DetectionMethods": '{"Spam":["Bulk"]}', "EmailSize": "6"}
    found, _ = split(read_bytes(lines(first, second, third), tmp_path))
    assert [each["DetectionMethods"] for each in found["EmailEvents"]] == [
        '{"Phish":["Spoof DMARC"]}',
        '{"Malware":["File detonation"]}',
        '{"Spam":["Bulk"]}',
    ]


@pytest.mark.parametrize("cut", [1, 20, 60])
@pytest.mark.parametrize("shape", ["lines", "array"])
def test_a_half_written_file_gives_what_is_whole(shape: str, cut: int, tmp_path: Path) -> None:
    data = (lines(MAIL, MAIL) if shape == "lines" else json.dumps([MAIL, MAIL]).encode()).rstrip()
    found, refused = split(read_bytes(data[:-cut], tmp_path))
    whole = 2 if (shape, cut) == ("array", 1) else 1
    assert len(found["EmailEvents"]) == whole
    assert [(each.row, each.reason) for each in refused] == ([(2, jsons.CUT_SHORT)] if whole == 1 else [])


def test_a_broken_item_of_an_array_costs_only_itself(tmp_path: Path) -> None:
    good = json.dumps(MAIL)
    found, refused = split(read_bytes(f'[{good}, {{"a": nope}}, {good}, 7]'.encode(), tmp_path))
    assert len(found["EmailEvents"]) == 2
    assert [each.row for each in refused] == [2, 4]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "MOST_RECORD", 1_000)
    monkeypatch.setattr(jsons, "BLOCK", 500)
    data = lines(MAIL) + b'{"a": "' + b"x" * 5_000 + b'"}\n' + lines(MAIL)
    found, refused = split(read_bytes(data, tmp_path))
    assert [each.row for each in refused] == [2]
    assert len(found["EmailEvents"]) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=6), st.none() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=4))
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([None, 1]),
    st.integers(16, 200),
)
def test_arrays_come_back_whatever_the_block_size(
    rows: list[dict[str, object]], indent: int | None, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsons, "BLOCK", block)
        data = json.dumps(rows, indent=indent).encode()
        found = [each for part in jsons.records(io.BytesIO(data), data[:64]) for each in part]
    assert [number for number, _ in found] == list(range(1, len(rows) + 1))
    assert [list(item) for _, item in found] == [list(row) for row in rows]


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    theirs = {"received_at": "2026-01-02T03:04:05Z", "message_id": "m1", "to": "a@b.example", "title": "Hi"}
    columns = {
        "received_at": "Timestamp",
        "message_id": "NetworkMessageId",
        "to": "RecipientEmailAddress",
        "title": "Subject",
    }
    found, refused = split(read_bytes(lines(theirs), tmp_path, columns=columns))
    assert refused == []
    assert list(found) == ["EmailEvents"]
