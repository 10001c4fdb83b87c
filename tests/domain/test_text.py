"""What an attacker wrote stays text, and hides nothing."""

import pytest

from dashapp.domain.text import plot_text, visible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<a href="https://evil.example">x</a>', '&lt;a href="https://evil.example"&gt;x&lt;/a&gt;'),
        ("a & b", "a &amp; b"),
        ("%{y}", "%&#123;y}"),
        ("one\ntwo", "one two"),
        ("abc\u202egpj.exe", "abc⟦U+202E⟧gpj.exe"),
        ("", ""),
    ],
)
def test_plot_text(written: str, shown: str) -> None:
    assert plot_text(written) == shown


def test_long_text_is_cut_before_it_is_escaped() -> None:
    assert visible("x" * 100, most=10) == "x" * 10 + "…"
    assert plot_text("<" * 100) == "&lt;" * 60 + "…"


def test_hidden_characters_are_written_out() -> None:
    assert visible("a\u200bb\u2066c\U000e0041") == "a⟦U+200B⟧b⟦U+2066⟧c⟦U+E0041⟧"
