"""Mapping files: right ones, and the mistakes people make."""

from pathlib import Path

import pytest

from dashapp.ingest.mapping import MappingError, load_mapping


def test_a_mapping_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("table: EmailEvents\ncolumns:\n  Timestamp: received_at\n  Subject: title\n")
    found = load_mapping(path)
    assert (found.table, found.columns) == ("EmailEvents", {"received_at": "Timestamp", "title": "Subject"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("table: Emails\n", "Emails"),
        ("columns:\n  Sbject: title\n", "Sbject"),
        ("table: AlertInfo\ncolumns:\n  Subject: title\n", "Subject"),
        ("columns: [a]\n", "ours: theirs"),
        ("- a\n", "table and columns"),
        ("kolumns: {}\n", "table and columns"),
        ("columns: {a: b\n", "cannot read"),
        ("columns: !!python/object/apply:os.system ['true']\n", "cannot read"),
    ],
)
def test_a_wrong_mapping_is_named_in_one_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(MappingError, match=words) as caught:
        load_mapping(path)
    assert "m.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot read"):
        load_mapping(tmp_path / "none.yaml")
