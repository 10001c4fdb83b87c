"""What people type, what they get, and where the caret stands when it is wrong."""

import pytest

from dashapp.query.errors import QueryError
from dashapp.query.fields import FIELDS
from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
    Listed,
    Match,
    Not,
    Or,
    Present,
    Regex,
    Value,
    Word,
)


def m(field: str, *texts: str, literal: bool = False) -> Match:
    return Match(field, tuple(Value(text, literal) for text in texts))


SUBJECT, A, B, C = m("Subject", "x"), Word(Value("a")), Word(Value("b")), Word(Value("c"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        (" \n\t ", Everything()),
        ("()", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b Or c", Or((And((A, B)), C))),
        ("a b or c", Or((And((A, B)), C))),
        ("a (b or c)", And((A, Or((B, C))))),
        ("not a b", And((Not(A), B))),
        ("NOT not a", Not(Not(A))),
        ("NOT(a b)", Not(And((A, B)))),
        ("((a))", A),
        ('"a and b"', Word(Value("a and b", literal=True))),
        ("subject:x", SUBJECT),
        ("SUBJECT : x", SUBJECT),
        ("Subject:x a", And((SUBJECT, A))),
        ('subject:"a \\"b\\" \\\\"', m("Subject", 'a "b" \\', literal=True)),
        ("from:*@evil.example", m("SenderFromAddress", "*@evil.example")),
        ('threat:(malware, "phish")', Match("ThreatTypes", (Value("malware"), Value("phish", literal=True)))),
        ("threat:(malware OR phish)", m("ThreatTypes", "malware", "phish")),
        ("threat:(malware\nphish\r\n spam )", m("ThreatTypes", "malware", "phish", "spam")),
        (
            "tech:(URL detonation, Bulk)",
            Match("DetectionTechnology", (Value("URL detonation", literal=True), Value("Bulk"))),
        ),
        ("tech:(URL*tion x, Bulk)", m("DetectionTechnology", "URL*tion x", "Bulk")),
        ("to:(a@x.example b@y.example)", m("RecipientEmailAddress", "a@x.example", "b@y.example")),
        ("to:(a,,b,)", m("RecipientEmailAddress", "a", "b")),
        ("AttachmentCount>=3", Compare("AttachmentCount", ">=", Value("3"))),
        ("attachments < 3", Compare("AttachmentCount", "<", Value("3"))),
        ("size:[1 TO 20]", Between("EmailSize", Value("1"), Value("20"))),
        ("size:[* to 20 ]", Between("EmailSize", Value("*"), Value("20"))),
        ('date:["2026-03-01" TO now]', Between("Timestamp", Value("2026-03-01", literal=True), Value("now"))),
        ("date>=2026-03-01 10:30 a", And((Compare("Timestamp", ">=", Value("2026-03-01T10:30")), A))),
        ("family:*", Present("ThreatFamily")),
        ("NOT family:*", Not(Present("ThreatFamily"))),
        (r'subject~"^inv\d+ \"x\""', Regex("Subject", r'^inv\d+ "x"')),
        ("subject~^inv.*$", Regex("Subject", "^inv.*$")),
        ('subject="Exact Words"', Exact("Subject", (Value("Exact Words", literal=True),))),
        ('subject=("a", b)', Exact("Subject", (Value("a", literal=True), Value("b")))),
        ("hash:@bad-files_1", Listed("SHA256", "bad-files_1")),
        ('hash:@"bad files"', Listed("SHA256", "bad files")),
        ('Url:"https://x/y?z"', m("Url", "https://x/y?z", literal=True)),
        ("url:https://x.example/y?z=1&a", m("Url", "https://x.example/y?z=1&a")),
        ("url:hxxps://evil[.]example/a", m("Url", "https://evil.example/a")),
        ("UrlDomain:evil(dot)example", m("UrlDomain", "evil.example")),
        ('InternetMessageId:"<a@b>"', m("InternetMessageId", "<a@b>", literal=True)),
        ("InternetMessageId:<a@b>", m("InternetMessageId", "<a@b>")),
        ("ip:2001:db8::/32", m("SenderIP", "2001:db8::/32")),
        ("ip:(10.0.0.0/8, ::1)", m("SenderIP", "10.0.0.0/8", "::1")),
        ("2001:db8::1", m("SenderIP", "2001:db8::1")),
        ("fe80::1", m("SenderIP", "fe80::1")),
        ("10:30", Word(Value("10:30"))),
        ("[EXTERNAL]", Word(Value("[EXTERNAL]"))),
        ("subject:[EXTERNAL]", m("Subject", "[EXTERNAL]")),
        ("subject:and", m("Subject", "and")),
        ("50%", Word(Value("50%"))),
        ("inv*ce", Word(Value("inv*ce"))),
        ("simulation:TRUE", m("IsSimulation", "TRUE")),
        ("to:x cc:y", And((m("RecipientEmailAddress", "x"), m("CcHeader", "y")))),
    ],
)
def test_text_and_tree(text: str, tree: object):
    assert parse(text) == tree
    assert parse(to_text(parse(text))) == tree


@pytest.mark.parametrize(
    ("text", "at", "length", "says"),
    [
        ("a AND", 5, 1, "missing after AND"),
        ("OR a", 0, 2, "missing before OR"),
        ("a OR OR b", 5, 1, "missing after OR"),
        ("a AND )", 6, 1, "closes nothing"),
        ("(a AND)", 6, 1, "missing after AND"),
        ("not", 3, 1, "missing after NOT"),
        ("(a b", 0, 1, "not closed"),
        ("((a) b", 0, 1, "not closed"),
        ("a) b", 1, 1, "closes nothing"),
        ('subject:"a', 8, 1, "quote is not closed"),
        ('subject:a"b"', 9, 1, "quote opens in the middle"),
        ('"a"b', 3, 1, "space is missing"),
        ("subject:", 8, 1, "value is missing after Subject"),
        ("subject: AND a", 9, 1, "value is missing"),
        ("subject: from:a", 9, 1, "value is missing"),
        ("(subject:)", 9, 1, "value is missing"),
        ("sender_adress:x", 0, 13, "no field"),
        ("a, b", 1, 1, "comma"),
        ("foo(bar)", 0, 4, "brackets in quotes"),
        ("threat:(a, b", 7, 1, "list is not closed"),
        ("threat:( )", 7, 3, "list is empty"),
        ("threat:(a and b)", 10, 3, "quote a value"),
        ("size:[1 TO 2", 5, 1, "not closed with ]"),
        ("size:[1 2]", 8, 1, "[a TO b]"),
        ("size:[TO 2]", 5, 1, "[a TO b]"),
        ("size:big", 5, 3, "not a number"),
        ("size:(1, 2, x)", 12, 1, "not a number"),
        ("size>=1e3", 6, 3, "not a number"),
        ("size>=\uff13", 6, 1, "not a number"),
        ("size:[1 TO x]", 11, 1, "not a number"),
        ("ip:10.*", 3, 4, "not an IP"),
        ("ip:10.0.0.0/33", 3, 11, "not an IP"),
        ("ip:fe80::1%eth0", 3, 12, "not an IP"),
        ("simulation:maybe", 11, 5, "true or false"),
        ("date>=yesterday", 6, 9, "cannot read the time"),
        ("subject>3", 7, 1, "no order"),
        ("subject:[a TO b]", 8, 1, "no order"),
        ("size~3", 4, 1, "not text"),
        ('subject~"a(?=b)"', 8, 8, "look-ahead"),
        (r'subject~"(a)\1"', 8, 7, "back-references"),
        ("date:@days", 5, 1, "list"),
        ("from:@evil.example", 5, 1, "stored list"),
        (r"subject:a\*b", 9, 2, "in quotes"),
        (r"\u{110000}", 0, 10, "no character"),
    ],
)
def test_mistake_is_pointed_at(text: str, at: int, length: int, says: str):
    with pytest.raises(QueryError, match=says.replace("[", r"\[").replace("]", r"\]")) as caught:
        parse(text)
    assert (caught.value.position, caught.value.length) == (at, length)


def test_caret_stands_under_the_mistake():
    with pytest.raises(QueryError) as caught:
        parse("threat:malware sendr:x")
    assert caught.value.pointed_at("threat:malware sendr:x").splitlines() == [
        "threat:malware sendr:x",
        "               ^^^^^",
    ]


def test_caret_in_a_long_text_stays_in_view():
    text = "word " * 60 + "size:big " + "word " * 60
    with pytest.raises(QueryError) as caught:
        parse(text)
    line, carets = caught.value.pointed_at(text).splitlines()
    assert line[carets.index("^") :].startswith("big")
    assert len(line) < 130


@pytest.mark.parametrize(
    ("typed", "meant"), [("recipeint", "RecipientEmailAddress"), ("SendrIP", "SenderIP"), ("filname", "FileName")]
)
def test_unknown_field_suggests_what_was_meant(typed: str, meant: str):
    with pytest.raises(QueryError, match="did you mean") as caught:
        parse(f"{typed}:x")
    assert meant in caught.value.suggestions


def test_only_given_fields_are_known():
    fields = {"Subject": FIELDS["Subject"]}
    assert parse("title:x", fields=fields) == SUBJECT
    with pytest.raises(QueryError, match="no field"):
        parse("threat:x", fields=fields)


@pytest.mark.parametrize(
    ("fits", "too_much", "says"),
    [
        ("a" * 2000, "a" * 2001, "2,000 characters"),
        ("(" * 10 + "a" + ")" * 10, "(" * 11 + "a" + ")" * 11, "10 deep"),
        ("NOT " * 10 + "a", "NOT " * 11 + "a", "repeated 10"),
        ("a " * 100, "a " * 101, "100 terms"),
        ("bcl:(" + "1," * 980 + "1)", "bcl:(" + "1," * 999 + "11)", "characters"),
    ],
)
def test_limits(fits: str, too_much: str, says: str):
    parse(fits)
    with pytest.raises(QueryError, match=says):
        parse(too_much)


def test_limits_hold_before_parsing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashapp.query.grammar._grammar", lambda: pytest.fail("parsed"))
    for text in ("(" * 1900, "NOT " * 400, "a " * 900, "x" * 100_000):
        with pytest.raises(QueryError):
            parse(text)
