"""What a kept list is called."""

from dashapp.domain.kept_lists import list_id, size_of


def test_a_list_is_called_by_what_is_in_it():
    name = list_id(["a", "b"])
    assert name == list_id(("a", "b"))
    assert name != list_id(["b", "a"])
    assert name != list_id(["a,b"])
    assert size_of(name) == 2


def test_any_text_can_be_in_one():
    assert size_of(list_id(["\x00", "\ud800", "é", '"'])) == 4


def test_what_is_no_name():
    for name in (
        "",
        "list",
        "list-3",
        "list-3-a",
        f"{list_id(['a'])}b",
        list_id(["a"]).upper(),
        "list-\u0661-" + "a" * 26,
    ):
        assert size_of(name) is None
