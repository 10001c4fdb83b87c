"""Which table a set of columns is."""

import pytest

from dashapp.data.schema import TABLES
from dashapp.ingest.columns import columns_of, table_of


@pytest.mark.parametrize("table", sorted(TABLES))
def test_all_columns_of_a_table_are_that_table(table: str) -> None:
    assert table_of(TABLES[table].given) == table
    assert table_of(TABLES[table].schema.names) == table
    assert table_of(name.upper() for name in TABLES[table].given) == table


@pytest.mark.parametrize(
    ("names", "table"),
    [
        ("Timestamp NetworkMessageId RecipientEmailAddress Subject", "EmailEvents"),
        ("Timestamp NetworkMessageId RecipientEmailAddress SHA256", "EmailAttachmentInfo"),
        ("TimeGenerated NetworkMessageId Url UrlDomain TenantId", "EmailUrlInfo"),
        ("Timestamp Url ActionType AccountUpn NetworkMessageId", "UrlClickEvents"),
        ("Timestamp AlertId Title Severity", "AlertInfo"),
        ("a b c", None),
        ("", None),
    ],
)
def test_some_columns(names: str, table: str | None) -> None:
    assert table_of(names.split()) == table


def test_a_mapping_wins_over_names() -> None:
    found = columns_of("EmailEvents", ["Subject", "title", "x"], {"title": "Subject"})
    assert found.given == {"Subject": 1}
    assert found.extra == (("Subject", 0), ("x", 2))
