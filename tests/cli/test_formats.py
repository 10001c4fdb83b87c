"""Every format writes every value; what is shown to people is harmless."""

import csv
import io
import json

import pandas as pd
import pytest

from dashapp.cli.formats import Format, write_rows

ROWS = pd.DataFrame(
    {
        "Timestamp": pd.to_datetime(["2026-03-01T10:00:00.123456Z", None]).astype("datetime64[us, UTC]"),
        "Url": pd.Series(["https://evil.example/a.b, http://x.example", None], dtype="str"),
        "Subject": pd.Series(["\x1b]0;x\x07[bold]a[/bold]\u202e", "=1"], dtype="str"),
        "FileSize": pd.Series([-5, None], dtype="Int64"),
        "IsSimulation": pd.Series([True, None], dtype="boolean"),
    }
)


def written(rows: pd.DataFrame, format_: Format, *, terminal: bool = False) -> str:
    out = io.BytesIO()
    write_rows(rows, format_, out, terminal=terminal)
    return out.getvalue().decode()


def test_table_shows_marks_and_harmless_links():
    text = written(ROWS, Format.TABLE)
    assert "hxxps://evil[.]example/a.b, hxxp://x[.]example" in text
    assert "⟦U+001B⟧]0;x⟦U+0007⟧[bold]a[/bold]⟦U+202E⟧" in text
    assert "2026-03-01 10:00:00 " in text
    assert len(text.splitlines()) == 4


def test_csv_keeps_numbers_as_numbers_and_text_from_running():
    header, first, second = csv.reader(io.StringIO(written(ROWS, Format.CSV)))
    assert header == list(ROWS.columns)
    assert first[1:] == ["https://evil.example/a.b, http://x.example", "\x1b]0;x\x07[bold]a[/bold]\u202e", "-5", "True"]
    assert second == ["", "", "'=1", "", ""]
    assert ",-5," in written(ROWS, Format.CSV)


def test_csv_on_a_terminal_cannot_steer_it():
    text = written(ROWS, Format.CSV, terminal=True)
    assert "\x1b" not in text
    assert "⟦U+001B⟧" in text


def test_json_is_plain_ascii_and_complete():
    text = written(ROWS, Format.JSON)
    assert text.isascii()
    assert json.loads(text)[0] == {
        "Timestamp": "2026-03-01T10:00:00.123456Z",
        "Url": "https://evil.example/a.b, http://x.example",
        "Subject": "\x1b]0;x\x07[bold]a[/bold]\u202e",
        "FileSize": -5,
        "IsSimulation": True,
    }
    assert set(json.loads(text)[1].values()) == {None, "=1"}


@pytest.mark.parametrize(("format_", "text"), [(Format.JSON, "[]\n"), (Format.CSV, '"Url","FileSize"\n')])
def test_no_rows_are_no_error(format_: Format, text: str):
    assert written(ROWS[["Url", "FileSize"]][:0], format_) == text
