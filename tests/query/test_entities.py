"""How an address names a thing, and what it refuses."""

import pytest

from dashapp.query.entities import FIELD_KINDS, EntityKind, Part, entity_of, read_entity
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from tests.threats import HOSTILE

HASH = "ab" * 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("domain:Bad.Example", "bad.example"),
        ("domain: bad[.]example. ", "bad.example"),
        ("domain:localhost", "localhost"),
        ("user:Ana@Corp.Example", "ana@corp.example"),
        ("user:ana[at]corp(dot)example", "ana@corp.example"),
        ("user:mailto:ana@corp.example", "ana@corp.example"),
        (f"user:{HOSTILE}@evil.example", f"{HOSTILE}@evil.example"),
        ("ip:192[.]0[.]2[.]7", "192.0.2.7"),
        ("ip:2001:DB8:0::5", "2001:db8::5"),
        ("ip:[2001:db8::5]", "2001:db8::5"),
        ("ip:::ffff:192.0.2.7", "192.0.2.7"),
        ("url:hxxps://Evil[.]example/A?x=1", "https://evil.example/a?x=1"),
        ("url:http://evil.example/?q=[.]", "http://evil.example/?q=[.]"),
        ("url:javascript:alert(1)", "javascript:alert(1)"),
        (f"file:{HASH.upper()}", HASH),
        ("file:Bill.DOCM", "bill.docm"),
        ("file:İ.pdf", "İ.pdf"),  # the database folds it, in its own way
    ],
)
def test_a_value_is_read_as_data_is_compared(name: str, value: str) -> None:
    found = read_entity(name)

    assert found is not None
    assert found.value == value
    assert read_entity(found.name) == found


@pytest.mark.parametrize(
    "forged",
    [
        *(None, 7, [], {}, "", ":", "domain", "domain:", "domain:  ", "planet:mars", "DOMAIN:bad.example"),
        *("domain:a b", "domain:a/b", "domain:a@b", "domain:" + "a" * 254, "domain:a\0b", "domain:\ud800"),
        *("user:ana", "user:@", "user:a@", "user:@b", "user:" + "a" * 320 + "@b"),
        *("ip:1.2.3", "ip:192.0.2.0/24", "ip:fe80::1%eth0", "ip:localhost", "ip:" + "1" * 65),
        *("url:" + "x" * 2_001, "file:" + "x" * 261, "url:\0"),
    ],
)
def test_what_names_nothing_is_refused(forged: object) -> None:
    assert read_entity(forged) is None


@pytest.mark.parametrize("kind", [None, 3, "", "users", "__class__"])
def test_there_are_five_kinds(kind: object) -> None:
    assert entity_of(kind, "bad.example") is None
    assert len(EntityKind) == 5


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("value", ["a*b?.example", 'say "x" \\', "x AND y", "192.0.2.7"])
def test_the_filter_of_a_part_survives_the_address(part: Part, value: str) -> None:
    node = part.of("192.0.2.7" if part is Part.SENDER_IP else value)

    assert parse(to_text(node)) == node


def test_every_part_and_field_is_in_the_registry() -> None:
    assert {*FIELD_KINDS, *Part} <= set(FIELDS)
    for kind in EntityKind:
        value = {"user": "a@b.example", "ip": "192.0.2.7"}.get(kind, "b.example")
        found = entity_of(kind, value)
        assert found is not None
        assert found.parts
    assert read_entity(f"file:{HASH}").parts == (Part.SHA256,)  # type: ignore[union-attr]
    assert read_entity("file:bill.docm").parts == (Part.FILE_NAME,)  # type: ignore[union-attr]
