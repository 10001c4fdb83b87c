"""What an attacker wrote stays text in a figure."""

import pytest

from dashapp.domain.text import one_line, plot_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<a href="https://evil.example">x</a>', '&lt;a href="https://evil.example"&gt;x&lt;/a&gt;'),
        ("a & b", "a &amp; b"),
        ("%{y}", "% {y}"),
        ("one\r\ntwo", "one two"),
        ("abc\u202egpj.exe\u200b", "abcgpj.exe"),
        ("", ""),
    ],
)
def test_plot_text(written: str, shown: str) -> None:
    assert plot_text(written) == shown


def test_long_text_is_cut_before_it_is_escaped() -> None:
    assert one_line("x" * 100, 10) == "x" * 9 + "…"
    assert plot_text("<" * 100, 10) == "&lt;" * 9 + "…"
