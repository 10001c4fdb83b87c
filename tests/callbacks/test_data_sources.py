"""The data sources page."""

from pathlib import Path

from dashapp.callbacks.data_sources import credit_list, table_list
from dashapp.data.lake import Lake
from tests.lakes import at, publish


def test_tables_with_rows_are_listed_and_the_others_named(tmp_path: Path) -> None:
    publish(tmp_path / "lake", "EmailEvents", Timestamp=[at("2026-03-01T10:00"), at("2026-03-02T11:30")])
    shown = str(table_list(Lake.open(tmp_path / "lake").snapshot(), "UTC").to_plotly_json())
    assert "1 Mar 2026, 10:00" in shown
    assert "2 Mar 2026, 11:30" in shown
    assert "Nothing loaded for" in shown


def test_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    assert "Nothing is loaded yet" in str(table_list(Lake.open(tmp_path).snapshot(), "UTC").to_plotly_json())


def test_what_a_publisher_warns_of_is_shown() -> None:
    shown = str(
        credit_list([{"name": "A", "note": "This release holds some wrong entries."}, {"name": "B", "note": ""}])
    )
    assert "A: This release holds some wrong entries." in shown
    assert "B:" not in shown


def test_credits_link_only_to_safe_addresses() -> None:
    shown = str(credit_list([{"name": "A", "url": "javascript:alert(1)"}, {"name": "B", "url": "https://b.example/"}]))
    assert "javascript" not in shown
    assert "https://b.example/" in shown
    assert "make setup" in str(credit_list([]).to_plotly_json())
