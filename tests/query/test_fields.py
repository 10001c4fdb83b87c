"""The field registry fits the tables, and no two fields answer to one name."""

from collections import Counter

import pyarrow as pa
import pytest

from dashapp.data.schema import TABLES
from dashapp.domain import values
from dashapp.query.fields import FIELDS, Field, Kind, Place, find_field

every_field = pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
ARROW = {
    Kind.NUMBER: {pa.int32(), pa.int64()},
    Kind.FLAG: {pa.bool_()},
    Kind.TIME: {pa.timestamp("us")},
    Kind.TEXT: {pa.string()},
    Kind.IP: {pa.string()},
    Kind.KEYWORD: {pa.string()},
}


@every_field
def test_column_is_stored_with_a_fitting_type(field: Field):
    schema = TABLES[field.place.table].schema
    type_ = schema.field(field.column).type
    if field.place is Place.LIST or field.column == "UserTags":
        assert pa.types.is_list(type_)
    else:
        assert type_ in ARROW[field.kind]
    assert field.display in schema.names
    assert not field.key or schema.field(field.key).type == pa.binary()
    assert bool(field.key) == (field.kind is Kind.IP)


@every_field
def test_field_is_written_as_one_word_and_explained(field: Field):
    for name in (field.name, *field.aliases):
        assert name.isascii()
        assert name.isalnum()
        assert find_field(name.upper()) is field
    assert field.label
    assert field.help.endswith(".")


def test_no_two_fields_share_a_name_or_label():
    names = Counter(
        key for field in FIELDS.values() for key in {name.casefold() for name in (field.name, *field.aliases)}
    )
    assert [name for name, count in names.items() if count > 1] == []
    labels = Counter(field.label for field in FIELDS.values())
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("from", "SenderFromAddress"),
        ("to", "RecipientEmailAddress"),
        ("ip", "SenderIP"),
        ("country", "SenderCountry"),
        ("asn", "SenderAsn"),
        ("family", "ThreatFamily"),
        ("threat", "ThreatTypes"),
        ("delivery", "ExplorerDelivery"),
        ("url", "Url"),
        ("hash", "SHA256"),
        ("filename", "FileName"),
        ("Direction", "EmailDirection"),
    ],
)
def test_short_names_people_type(typed: str, name: str):
    assert find_field(typed) is FIELDS[name]


def test_every_column_of_a_message_can_be_filtered_or_is_left_out_on_purpose():
    table = TABLES["EmailEvents"]
    own = [field for field in FIELDS.values() if field.place.table == table.name]
    reached = {name for field in own for name in (field.column, field.display, field.key)}
    parsed_into_fields = {"SenderIPv4", "SenderIPv6", "DetectionMethods", "ConfidenceLevel"}
    assert set(table.schema.names) - reached == parsed_into_fields


def test_values_agree_with_the_domain():
    assert set(FIELDS["ExplorerDelivery"].values) == set(values.Delivery)
    assert set(FIELDS["EmailDirection"].values) == set(values.Direction)
    assert set(FIELDS["PrimaryThreat"].values) == set(values.Threat)
