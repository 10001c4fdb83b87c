"""Names of messages in addresses, of which anybody may write any."""

import pytest

from dashapp.domain.message_address import id_in, is_plain_id, split_name

HOSTILE = ["", "\0", "a\0b", "a/b", "..", ".", "-x", "%00", "a b", "<script>", "ü", "\u202e", "x" * 201, "a\nb", "a\n"]


@pytest.mark.parametrize("name", ["m1", "8f3a1c2e-1111-4222-8333-0123456789ab", "NetworkMessageId-0", "x" * 200])
def test_plain_ids(name: str) -> None:
    assert is_plain_id(name)
    assert id_in(f"/message/{name}") == name


@pytest.mark.parametrize("name", HOSTILE)
def test_other_ids_have_no_page(name: str) -> None:
    assert not is_plain_id(name)
    assert id_in(f"/message/{name}") == ""


@pytest.mark.parametrize("path", ["", "/", "/message", "/message/", "/messages/m1", "/message/m1/", "/x/message/m1"])
def test_other_paths_name_no_message(path: str) -> None:
    assert id_in(path) == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("m1 Ana@Corp.example", ("m1", "ana@corp.example")),
        ("m1", ("m1", "")),
        ("  m1  a b ", ("m1", "a b")),
        ("", ("", "")),
        (None, ("", "")),
        (7, ("", "")),
        (["m1"], ("", "")),
        ("m1\0 x", ("", "")),
        ("x" * 1001, ("", "")),
    ],
)
def test_names_of_open_messages(name: object, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts
