"""Random filter trees with hostile values, shared by the tests of printing and of the compiler."""

from hypothesis import strategies as st

from dashapp.query.fields import FIELDS, Kind
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
    Listed,
    Match,
    Node,
    Not,
    Or,
    Present,
    Regex,
    Value,
    Word,
)

HOSTILE = (
    "",
    " ",
    "\t ",
    "NULL",
    "None",
    "true",
    "-0",
    "a\0b",
    "\x1b[31m",
    "x\r\nBcc: y",
    "\u2028",
    "invoice\u202efdp.exe",
    "\u2066open",
    "pay\u200dpal",
    "p\u0430ypal",
    "e\u0301\u0301\u0301",
    "\ud800",
    "\u00e9",
    "e\u0301",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U000e0001",
    "\u0130stanbul",
    "stra\u00dfe",
    "=?utf-8?B?broken",
    "<script>alert(1)</script>",
    '"><b>',
    "{{7*7}}",
    "%{y}",
    "[x](http://y)",
    '=HYPERLINK("x")',
    "' OR 1=1 --",
    '"; DROP',
    "\\",
    "\\\\",
    '\\"',
    "\\u{41}",
    "C:\\users\\new",
    "%_",
    "]]>",
    "(",
    ")",
    "(a+)+$",
    "[",
    "]",
    "[a TO b]",
    "__proto__",
    "javascript:alert(1)",
    "java\tscript:",
    "//host",
    "https:host",
    "http://user:pw@host.example/x?y=%00%252f",
    "hxxps://evil[.]example/",
    "user(at)evil(dot)example",
    "and",
    "OR",
    "Not",
    "TO",
    "*",
    "?",
    "a*b?c",
    "\\*",
    "@list",
    "@",
    ",",
    "a, b",
    "a b",
    "subject:x",
    "from = y",
    "size >= 3",
    "a@b.example",
    "<a@b.example>",
    "evil.example",
    "203.0.113.7",
    "2001:db8::1",
    "10.0.0.0/8",
    "a" * 64,
    "\u00a0",
    "\x85",
    "\u3000",
    "\u2014x",
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=8),
    st.text(alphabet='ab \\"()[]{}:=~<>,*?@.u4/-\n\0', max_size=8),
)
values = st.builds(Value, texts, st.booleans())
VALID = {
    Kind.NUMBER: ("0", "-1", "3", "+2", "10.5", "999999999999999999"),
    Kind.FLAG: ("true", "FALSE", "yes", "no", "1", "0"),
    Kind.TIME: ("now", "now-7d", "now-1d/d", "2026-03-01", "2026-03-01T10:00", "2026-03-01T10:00:00+02:00"),
    Kind.IP: ("203.0.113.7", "10.0.0.0/8", "2001:DB8::1", "2001:db8::/32", "::ffff:127.0.0.1", "0.0.0.0"),
}


def values_of(kind: Kind) -> st.SearchStrategy[Value]:
    """Values the grammar accepts for a field of this kind."""
    return st.builds(Value, st.sampled_from(VALID[kind]), st.booleans()) if kind in VALID else values


@st.composite
def leaves(draw: st.DrawFn) -> Node:
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    value = values_of(field.kind)
    some = st.lists(value, min_size=1, max_size=3).map(tuple)
    nodes = [
        st.builds(Word, values),
        st.just(Present(field.name)),
        st.builds(Match, st.just(field.name), some),
        st.builds(Exact, st.just(field.name), some),
    ]
    if field.kind in {Kind.TEXT, Kind.KEYWORD}:
        nodes.append(st.builds(Regex, st.just(field.name), texts))
    if field.kind not in {Kind.FLAG, Kind.TIME}:
        nodes.append(st.builds(Listed, st.just(field.name), st.one_of(st.sampled_from(("a-1", "B_2")), texts)))
    if field.kind in {Kind.NUMBER, Kind.TIME}:
        bound = st.one_of(value, st.just(Value("*")))
        nodes.append(st.builds(Between, st.just(field.name), bound, bound))
        nodes.append(st.builds(Compare, st.just(field.name), st.sampled_from((">", ">=", "<", "<=")), value))
    return draw(st.one_of(*nodes))


def trees(leaf: st.SearchStrategy[Node], *, most: int = 8) -> st.SearchStrategy[Node]:
    """Trees over ``leaf``, ``Everything`` inside included."""

    def grown(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        some = st.lists(children, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, children), st.builds(And, some), st.builds(Or, some))

    return st.recursive(st.one_of(leaf, st.just(Everything())), grown, max_leaves=most)
