"""The compiler and a plain second reading of the design keep the same messages, for random trees and lakes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.data.engine import Engine, open_engine
from dashapp.data.filtering import where
from dashapp.data.lake import Lake
from dashapp.data.schema import TABLES
from dashapp.query.draft import draft_of, finished
from dashapp.query.fields import FIELDS, Kind
from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.pills import read_pills
from dashapp.query.printing import to_text
from dashapp.query.tree import Between, Compare, Exact, Listed, Match, Node, Not, Present, Regex, Value, Word
from dashapp.settings import Settings
from tests.query.frames import ADDRESSES, IDS, NUMBERS, RECIPIENTS, WORDS, random_frames
from tests.query.oracle import Oracle
from tests.query.strategies import trees
from tests.query.test_draft import forgetful, through_all_faces

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ZONE = "Asia/Kolkata"
LISTS = {
    "mixed": ("ALPHA", "evil.example", "malware", "a*b", "203.0.113.7", IDS[3], RECIPIENTS[0]),
    "numbers": ("1", "10"),
    "blocks": ("10.0.0.0/8", "2001:db8::1"),
}
PATTERNS = ("^alpha", "evil", r"\.example$", "[a-c]+b?", r"\d+", "(?:é|ä)", ".", r"a\*b", "^(none|phish)$")
BLOCKS = (
    *ADDRESSES,
    "203.0.113.0/25",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "::ffff:203.0.113.7",
    "::ffff:10.0.0.0/104",
)
DATES = (
    "now",
    "now-1d",
    "2026-03-01",
    "2026-03-02",
    "2026-03-01T05:00",
    "2026-03-01T05:00:00+00:00",
    "2026-03-02T10:30:00Z",
)
FRAGMENTS = (
    "a",
    "ph",
    "EVIL",
    "%",
    "_",
    ".",
    "\\",
    '"',
    "zzz",
    "É",
    " ",
    "?",
    "*",
    "a*b",
    "*.example",
    "??xxb",
    "*a*",
    "x@*",
    "\n",
)


@dataclass(frozen=True)
class World:
    engine: Engine
    oracle: Oracle


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    made = [_world(tmp_path_factory.mktemp("lake"), seed) for seed in range(3)]
    yield made
    for world in made:
        world.engine.close()


def _world(path, seed: int) -> World:
    frames = random_frames(seed)
    lake = Lake.open(path)
    with lake.begin("test") as batch:
        for name, table in TABLES.items():
            if name in frames:
                columns = [column for column in table.schema if column.name in frames[name]]
                batch.write(name, pa.Table.from_pylist(frames[name].to_dict("records"), pa.schema(columns)))
        batch.commit()
    assert {name: lake.snapshot().rows(name) for name in frames} == {name: len(frames[name]) for name in frames}
    engine = replace(open_engine(lake, Settings()), clock=lambda: NOW, zone=ZONE, lists=LISTS.get)
    return World(engine, Oracle(frames, NOW, ZONE, LISTS))


def kept(world: World, node: Node) -> set[tuple[str, str]]:
    rows = where(world.engine, world.engine.table("EmailEvents"), node).select("NetworkMessageId", "recipient")
    frame = world.engine.frame(rows, {"NetworkMessageId": "str", "recipient": "str"})
    found = list(frame.itertuples(index=False, name=None))
    assert len(found) == len(set(found)), "a join repeated a message"
    return set(found)


def _texts(usual: tuple[str, ...]) -> st.SearchStrategy[str]:
    whole = st.sampled_from((*usual, *WORDS, *RECIPIENTS, *IDS[:3]))
    return st.one_of(whole, whole.map(str.swapcase), st.sampled_from(FRAGMENTS), whole.map(lambda text: f"*{text[1:]}"))


@st.composite
def leaf(draw: st.DrawFn) -> Node:
    field = FIELDS[draw(st.sampled_from(sorted(set(FIELDS) - {"BatchId", "IngestedAt"})))]
    pool = {
        Kind.NUMBER: st.sampled_from([*map(str, NUMBERS), "2.5", "+3"]),
        Kind.FLAG: st.sampled_from(["true", "No", "1"]),
        Kind.TIME: st.sampled_from(DATES),
        Kind.IP: st.sampled_from(BLOCKS),
    }.get(field.kind, _texts(field.values))
    value = st.builds(Value, pool, st.booleans())
    some = st.lists(value, min_size=1, max_size=3).map(tuple)
    name = st.just(field.name)
    nodes = [st.builds(Word, st.builds(Value, _texts(()), st.just(True))), st.just(Present(field.name))]
    nodes += [st.builds(Match, name, some), st.builds(Match, name, some), st.builds(Exact, name, some)]
    if field.kind in {Kind.TEXT, Kind.KEYWORD}:
        nodes += [st.builds(Regex, name, st.sampled_from(PATTERNS)), st.just(Listed(field.name, "mixed"))]
    if field.kind is Kind.IP:
        nodes.append(st.just(Listed(field.name, "blocks")))
    if field.kind is Kind.NUMBER:
        nodes.append(st.just(Listed(field.name, "numbers")))
    if field.kind in {Kind.NUMBER, Kind.TIME}:
        bound = st.one_of(value, st.just(Value("*")))
        nodes.append(st.builds(Between, name, bound, bound))
        nodes.append(st.builds(Compare, name, st.sampled_from((">", ">=", "<", "<=")), value))
    return draw(st.one_of(*nodes))


relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def is_short(tree: Node) -> bool:
    """Whether it can be typed."""
    return len(to_text(tree)) <= MOST_CHARACTERS // 2


SEEDS = st.integers(0, 2)
TREES = trees(leaf(), most=5)


@given(SEEDS, TREES)
@settings(relaxed, max_examples=15)
def test_random_trees(worlds: list[World], seed: int, tree: Node):
    _compare(worlds[seed], tree)


@given(SEEDS, TREES.filter(is_short))
@settings(relaxed, max_examples=15)
def test_every_face_finds_what_the_oracle_keeps(worlds: list[World], seed: int, tree: Node):
    """Text, pills, the builder's draft, the address; and a draft of which only what one sees is left."""
    world, text = worlds[seed], to_text(tree)
    expected = world.oracle.kept(tree)
    assert kept(world, through_all_faces(text).node) == expected, text
    seen = finished(forgetful(draft_of(read_pills(text))))
    assert seen.problems == (), text
    assert kept(world, seen.pills.node) == expected, text


@pytest.mark.slow
@given(SEEDS, TREES)
@settings(relaxed, max_examples=600)
def test_many_random_trees(worlds: list[World], seed: int, tree: Node):
    _compare(worlds[seed], tree)


def _compare(world: World, tree: Node) -> None:
    expected = world.oracle.kept(tree)
    assert kept(world, tree) == expected, to_text(tree)
    messages = world.oracle.frames["EmailEvents"]
    everything = set(zip(messages["NetworkMessageId"], messages["recipient"], strict=True))
    assert kept(world, Not(tree)) == everything - expected, f"NOT ({to_text(tree)})"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"BatchId", "IngestedAt"}))
def test_every_field(worlds: list[World], name: str):
    """Present, each usual value and its complement, on its own."""
    for tree in (Present(name), *(Match(name, (Value(text, literal=True),)) for text in _usual(name))):
        for node in (tree, Not(tree)):
            assert kept(worlds[0], node) == worlds[0].oracle.kept(node), to_text(node)


def _usual(name: str) -> tuple[str, ...]:
    kinds = {Kind.NUMBER: ("1",), Kind.FLAG: ("true",), Kind.TIME: ("2026-03-01",), Kind.IP: ("203.0.113.0/24",)}
    return kinds.get(FIELDS[name].kind) or (*FIELDS[name].values[:2], "Alpha", "evil.example")


@pytest.mark.parametrize(
    "text",
    [
        "alpha",
        "al*a",
        "subject:al*a",
        "url:a?b",
        'url:"a?b"',
        "from:*.example",
        "threat:malware",
        "NOT threat:malware",
        "threat:* AND NOT threat:malware",
        "url:evil click:blocked NOT tag:*",
        "ip:203.0.113.0/24",
        "NOT ip:203.0.113.0/24",
        "date:2026-03-02",
        "date>2026-03-01 date<=2026-03-02",
        "evil.example",
        "203.0.113.7",
        "latest:quarantine OR AdditionalAction:*ZAP",
        "reported:* OR dept:alpha*",
        "dept:alpha* dept:alpha*",
        "url:evil OR NOT url:evil",
    ],
)
def test_texts_people_type(worlds: list[World], text: str):
    node = parse(text)
    assert kept(worlds[0], node) == worlds[0].oracle.kept(node)
