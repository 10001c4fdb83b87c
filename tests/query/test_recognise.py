"""Pasted things are known for what they are, harmless forms included, and words stay words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.query.defang import defang, refang
from dashapp.query.grammar import parse
from dashapp.query.recognise import Thing, recognise, recognise_list
from dashapp.query.tree import And, Match, Or, Value, Word

SHA = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"
GUID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


@pytest.mark.parametrize(
    ("pasted", "thing", "text"),
    [
        ("user@evil.example", Thing.ADDRESS, "user@evil.example"),
        ("mailto:user@evil.example", Thing.ADDRESS, "user@evil.example"),
        ("user[at]evil[.]example", Thing.ADDRESS, "user@evil.example"),
        ("user(at)evil(dot)example", Thing.ADDRESS, "user@evil.example"),
        ("o'brien+x@mail.evil.example", Thing.ADDRESS, "o'brien+x@mail.evil.example"),
        ("evil.example", Thing.DOMAIN, "evil.example"),
        ("evil[.]example", Thing.DOMAIN, "evil.example"),
        ("EVIL(dot)example.", Thing.DOMAIN, "EVIL.example"),
        ("xn--pple-43d.example", Thing.DOMAIN, "xn--pple-43d.example"),
        ("\u0430pple.example", Thing.DOMAIN, "\u0430pple.example"),
        ("203.0.113.7", Thing.IP, "203.0.113.7"),
        ("203[.]0[.]113[.]7", Thing.IP, "203.0.113.7"),
        ("2001:DB8::1", Thing.IP, "2001:DB8::1"),
        ("::ffff:127.0.0.1", Thing.IP, "::ffff:127.0.0.1"),
        ("10.0.0.0/8", Thing.NETWORK, "10.0.0.0/8"),
        ("2001:db8::/32", Thing.NETWORK, "2001:db8::/32"),
        ("https://evil.example/x?y=1", Thing.URL, "https://evil.example/x?y=1"),
        ("hxxps://evil[.]example/x", Thing.URL, "https://evil.example/x"),
        ("hXXp[:]//203[.]0[.]113[.]7/", Thing.URL, "http://203.0.113.7/"),
        ("evil.example/login", Thing.URL, "evil.example/login"),
        (SHA, Thing.SHA256, SHA),
        (SHA[:32], Thing.MD5, SHA[:32]),
        ("<a.b@mail.example>", Thing.MESSAGE_ID, "<a.b@mail.example>"),
        (GUID, Thing.NETWORK_MESSAGE_ID, GUID),
        ("{" + GUID.upper() + "}", Thing.NETWORK_MESSAGE_ID, GUID.upper()),
        (f"  {SHA}\n", Thing.SHA256, SHA),
    ],
)
def test_thing(pasted: str, thing: Thing, text: str):
    found = recognise(pasted)
    assert found is not None
    assert (found.thing, found.text) == (thing, text)
    assert parse(pasted) == found.node


@pytest.mark.parametrize(
    "word",
    [
        "",
        "invoice",
        "invoice.pdf",
        "report.final.DOCX",
        "3.14",
        "1.2.3",
        "10.0.0.0/33",
        "fe80::1%eth0",
        "256.1.1.1",
        "a@b",
        "@evil.example",
        "*@evil.example",
        "-evil.example",
        "evil..example",
        "and",
        "12:30",
        SHA[:40],
        GUID[:-1],
        "javascript:alert",
        "x" * 3000,
    ],
)
def test_word_stays_a_word(word: str):
    assert recognise(word) is None


def test_where_each_thing_is_looked_for():
    assert parse("203.0.113.7") == Match("SenderIP", (Value("203.0.113.7"),))
    assert parse("<a@b.example>") == Match("InternetMessageId", (Value("<a@b.example>"),))
    assert parse("hxxp://x.example/?q=*") == Match("Url", (Value("http://x.example/?q=*", literal=True),))
    assert parse(SHA[:32]) == Word(Value(SHA[:32], literal=True))
    assert parse('"203.0.113.7"') == Word(Value("203.0.113.7", literal=True))
    address = Value("a@x.example")
    either = Or(
        tuple(Match(f, (address,)) for f in ("SenderFromAddress", "SenderMailFromAddress", "RecipientEmailAddress"))
    )
    assert parse("a@x.example invoice") == And((either, Word(Value("invoice"))))
    assert parse("Someone <a@x.example>") == And(
        (Word(Value("Someone")), Match("InternetMessageId", (Value("<a@x.example>"),)))
    )


def test_lines_of_things_mean_any_of_them():
    assert recognise_list("203.0.113.7\n\n 203.0.113.8,\n203.0.113.7") == Match(
        "SenderIP", (Value("203.0.113.7"), Value("203.0.113.8"))
    )
    assert parse(f"{SHA}\n203.0.113.7") == Or(
        (Match("SHA256", (Value(SHA),)), Match("SenderIP", (Value("203.0.113.7"),)))
    )
    assert recognise_list("203.0.113.7") is None
    assert recognise_list("203.0.113.7, 203.0.113.8;198.51.100.1,") == Match(
        "SenderIP", (Value("203.0.113.7"), Value("203.0.113.8"), Value("198.51.100.1"))
    )
    assert recognise_list("https://x.example/a,b;c\n203.0.113.7") == Or(
        (Match("Url", (Value("https://x.example/a,b;c", literal=True),)), Match("SenderIP", (Value("203.0.113.7"),)))
    )
    assert recognise_list("203.0.113.7\ninvoice") is None


@pytest.mark.parametrize(
    ("plain", "harmless"),
    [
        ("https://evil.example/a.html?b.c", "hxxps://evil[.]example/a.html?b.c"),
        ("HTTP://user@evil.example", "hxxp://user[@]evil[.]example"),
        ("ftp://evil.example/", "fxp://evil[.]example/"),
        ("user@evil.example", "user[@]evil[.]example"),
        ("203.0.113.7", "203[.]0[.]113[.]7"),
        ("", ""),
    ],
)
def test_defang(plain: str, harmless: str):
    assert defang(plain) == harmless
    assert refang(harmless).lower() == plain.lower()


@given(st.from_regex(r"(https?://)?[a-z@.]{1,20}(/[a-z./?]{0,9})?", fullmatch=True))
def test_refang_undoes_defang(text: str):
    assert refang(defang(text)) == text


@given(st.text(max_size=30))
def test_plain_text_is_left_alone(text: str):
    recognise(text)
    assert refang(text) == text or any(mark in text for mark in "[({:")
