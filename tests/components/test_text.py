"""Hostile text, made safe to show."""

import pytest

from dashapp.components.text import defang, safe_href, visible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("Rechnung\u202egpj.exe", "Rechnung⟦U+202E⟧gpj.exe"),
        ("pay\u200bpal", "pay⟦U+200B⟧pal"),
        ("a\x00b\x1b[31m", "a⟦U+0000⟧b⟦U+001B⟧[31m"),
        ("tag\U000e0041", "tag⟦U+E0041⟧"),
        ("half \ud800 pair", "half ⟦U+D800⟧ pair"),
        ("two\nlines", "two lines"),
        ("x" * 600, "x" * 500 + "…"),
    ],
)
def test_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("https://evil.example/a.html?b=c.d", "hxxps://evil[.]example/a.html?b=c.d"),
        ("HTTP://Evil.Example", "HxxP://Evil[.]Example"),
        ("sub.evil.example", "sub[.]evil[.]example"),
        ("nothing", "nothing"),
    ],
)
def test_defang(raw: str, shown: str) -> None:
    assert defang(raw).lower() == shown.lower()


@pytest.mark.parametrize(
    "good", ["https://a.example/x?y=z", "http://a.example", "mailto:a@b.example", "/explorer?q=a:b"]
)
def test_safe_href_lets_pass(good: str) -> None:
    assert safe_href(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https://[broken",
        "file:///etc/passwd",
    ],
)
def test_safe_href_refuses(bad: str) -> None:
    assert safe_href(bad) is None
