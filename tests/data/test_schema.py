"""The tables of the lake fit every engine that reads them."""

import pytest

from dashapp.data.schema import TABLES


@pytest.mark.parametrize("name", TABLES)
def test_columns_differ_by_more_than_case(name):
    columns = [column.lower() for column in TABLES[name].schema.names]
    assert len(columns) == len(set(columns))  # Delta and DuckDB refuse or rename the second


@pytest.mark.parametrize("name", TABLES)
def test_keys_and_time_are_stored_columns(name):
    table = TABLES[name]
    assert {"Timestamp", *table.key} <= set(table.schema.names)
