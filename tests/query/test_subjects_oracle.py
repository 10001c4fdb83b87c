"""Filters over clicks, reports and files keep what a plain second reading keeps; counts, pages and charts agree."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashapp.data import grid, top, volume
from dashapp.data.engine import Engine, open_engine
from dashapp.data.errors import FilterError
from dashapp.data.lake import Lake
from dashapp.data.schema import TABLES
from dashapp.query.fields import Field, Kind, Place
from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from dashapp.query.subjects import CLICKS, DOCUMENTS, MESSAGES, REPORTS, SUBJECTS, Subject
from dashapp.query.tree import Compare, Exact, Match, Node, Not, Present, Value, Word
from dashapp.query.window import Grain, Window
from dashapp.settings import Settings
from tests.query.frames import NUMBERS, RECIPIENTS, TIMES, WORDS, random_frames
from tests.query.oracle import Oracle, contains, flat, present
from tests.query.strategies import trees
from tests.query.test_oracle import BLOCKS, DATES, LISTS, NOW, ZONE, relaxed

OTHERS = (CLICKS, REPORTS, DOCUMENTS)
EVERY = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
LEFT_OUT = {"BatchId", "IngestedAt", "ClickTechnology", "DetectionTechnology"}


@dataclass(frozen=True)
class RowOracle(Oracle):
    """``Oracle`` for the rows of ``subject``: a field of messages is that of the message a row belongs to."""

    subject: Subject = MESSAGES

    def rows(self, node: Node) -> list[tuple]:
        records = self.frames[self.subject.table].to_dict("records")
        return sorted(tuple(str(row[name]) for name in self.subject.key) for row in records if self.holds(node, row))

    def holds(self, node: Node, row: dict) -> bool:
        match node:
            case Word(value):
                fields = [self.subject.find(name) for name in self.subject.words]
                return any(contains(cell, value) for field in fields for cell in self.cells(field, row))
            case _ if hasattr(node, "field"):
                field = self.subject.find(node.field)
                return any(self.suits(node, field, cell) for cell in self.cells(field, row))
        return super().holds(node, row)

    def cells(self, field: Field, row: dict) -> list[object]:
        if self.subject.owns(field):
            if field.column == "threat_types":
                return present([part.strip() for part in (row["ThreatTypes"] or "").split(",")])
            return present(flat(row[field.column]))
        found = []
        for seen in self.seen(field, row):
            found += Oracle.cells(self, field, seen)
        return found

    def seen(self, field: Field, row: dict) -> list[dict]:
        """The messages of a row, or where its field needs none of their own columns, as much as the row knows."""
        account = row[self.subject.account]
        if field.place is Place.IDENTITY:
            return [{"recipient": account}] if account else []
        messages = [
            message
            for message in self.frames["EmailEvents"].to_dict("records")
            if message["NetworkMessageId"] == row["NetworkMessageId"] and account in (message["recipient"], None)
        ]
        if not field.place.joined:
            return messages if account or self.subject.loose else []
        others = self.frames[field.place.value].to_dict("records")
        names = {account or "nobody"}
        if account is None and self.subject.loose:
            names |= {other.get("recipient", other.get("account")) for other in others}
        return [{"NetworkMessageId": row["NetworkMessageId"], "recipient": name} for name in names]


@dataclass(frozen=True)
class World:
    engine: Engine
    frames: dict

    def oracle(self, subject: Subject) -> RowOracle:
        return RowOracle(self.frames, NOW, ZONE, LISTS, subject)


def documents() -> list[dict]:
    names = (*WORDS, *WORDS)
    return [
        {
            "Timestamp": TIMES[place % len(TIMES)] + timedelta(minutes=place),
            "Workload": ("SharePoint", "OneDrive", "Teams", None)[place % 4],
            "FileName": name,
            "file_name": name.lower(),
            "FileSize": NUMBERS[place % len(NUMBERS)] if place % 5 else None,
            "SHA256": f"{place:064x}",
            "FileOwnerUpn": RECIPIENTS[place % len(RECIPIENTS)],
            "DocumentId": f"d{place // 2}",
            "ThreatTypes": ("Malware", "Phish", None)[place % 3],
            "threat_family": ("Emotet", None)[place % 2],
            "DetectionMethods": ('{"Malware": ["File detonation", "B"]}', "Plain", None)[place % 3],
        }
        for place, name in enumerate(names)
    ]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    made = [_world(tmp_path_factory.mktemp("lake"), seed) for seed in range(2)]
    yield made
    for world in made:
        world.engine.close()


def _world(path: Path, seed: int) -> World:
    import pandas as pd

    frames = random_frames(seed)
    files = pd.DataFrame(documents(), columns=TABLES[DOCUMENTS.table].schema.names, dtype=object)
    frames[DOCUMENTS.table] = files.where(files.notna(), None)
    lake = Lake.open(path)
    with lake.begin("test") as batch:
        for name, table in TABLES.items():
            if name in frames:
                columns = [column for column in table.schema if column.name in frames[name]]
                batch.write(name, pa.Table.from_pylist(frames[name].to_dict("records"), pa.schema(columns)))
        batch.commit()
    return World(replace(open_engine(lake, Settings()), clock=lambda: NOW, zone=ZONE, lists=LISTS.get), frames)


def listed(world: World, subject: Subject, node: Node) -> list[tuple]:
    total = grid.count(world.engine, node, EVERY, subject=subject).matching
    page = grid.page(world.engine, node, EVERY, columns=subject.naming, offset=0, limit=500, subject=subject)
    assert len(page) == total, to_text(node)
    return page.itertuples(index=False, name=None)


@st.composite
def leaf(draw: st.DrawFn, place: int) -> Node:
    subject = OTHERS[place]  # by number: a subject is too long to be told of
    field = subject.fields[draw(st.sampled_from(sorted(set(subject.fields) - LEFT_OUT)))]
    pool = {
        Kind.NUMBER: [str(number) for number in NUMBERS],
        Kind.FLAG: ["true", "no"],
        Kind.TIME: list(DATES),
        Kind.IP: list(BLOCKS),
    }.get(field.kind, [*field.values, *WORDS, *RECIPIENTS, "a", "*a*"])
    value = st.builds(Value, st.sampled_from(pool), st.booleans())
    some = st.lists(value, min_size=1, max_size=3).map(tuple)
    nodes = [st.just(Present(field.name)), st.builds(Match, st.just(field.name), some)]
    nodes += [st.builds(Exact, st.just(field.name), some), st.just(Word(Value("alpha", literal=True)))]
    if field.kind in {Kind.NUMBER, Kind.TIME}:
        nodes.append(st.builds(Compare, st.just(field.name), st.sampled_from((">", ">=", "<", "<=")), value))
    return draw(st.one_of(*nodes))


TREES = {subject: trees(leaf(place), most=4) for place, subject in enumerate(OTHERS)}


@st.composite
def questions(draw: st.DrawFn) -> tuple[Subject, Node]:
    subject = OTHERS[draw(st.integers(0, len(OTHERS) - 1))]
    return subject, draw(TREES[subject])


def _compare(world: World, subject: Subject, node: Node) -> None:
    expected = world.oracle(subject).rows(node)
    assert grid.count(world.engine, node, EVERY, subject=subject).matching == len(expected), to_text(node)
    whole = len(world.frames[subject.table])
    assert grid.count(world.engine, Not(node), EVERY, subject=subject).matching == whole - len(expected)


@given(st.integers(0, 1), questions())
@hypothesis_settings(relaxed, max_examples=30)
def test_random_trees(worlds: list[World], seed: int, question: tuple[Subject, Node]) -> None:
    _compare(worlds[seed], *question)


@pytest.mark.slow
@given(st.integers(0, 1), questions())
@hypothesis_settings(relaxed, max_examples=500)
def test_many_random_trees(worlds: list[World], seed: int, question: tuple[Subject, Node]) -> None:
    _compare(worlds[seed], *question)


@pytest.mark.parametrize("subject", OTHERS, ids=repr)
def test_pages_charts_and_breakdowns_add_up(worlds: list[World], subject: Subject) -> None:
    world = worlds[0]
    whole = len(world.frames[subject.table])
    columns = [name for name, field in subject.fields.items() if subject.owns(field)]
    columns += ["UserTag", "SenderFromDomain", "LatestDeliveryLocation", "UrlSource"] if subject.joins else []
    for name, field in subject.fields.items():
        if subject.owns(field):
            order = ((name, True),)
            page = grid.page(
                world.engine, parse(""), EVERY, columns=columns, sort=order, offset=0, limit=500, subject=subject
            )
            assert len(page) == whole, name
            counts = volume.volume(world.engine, parse(""), EVERY, by=name, grain=Grain.DAY, subject=subject)
            assert counts["messages"].sum() == whole or field.many, name
            broken = top.breakdown(world.engine, parse(""), EVERY, field=name, subject=subject)
            assert broken["messages"].sum() <= whole or field.many, name


def test_technologies_are_single_plain_words(worlds: list[World]) -> None:
    found = top.breakdown(worlds[0].engine, parse(""), EVERY, field="DetectionTechnology", subject=DOCUMENTS)
    assert set(found["value"]) == {"File detonation", "B", "Plain"}


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (DOCUMENTS, "SenderFromDomain:x"),
        (DOCUMENTS, "name:x OR Spf:Pass"),
        (MESSAGES, "Workload:Teams"),
        (CLICKS, "FileOwner:x"),
        (REPORTS, "UrlChain:x"),
    ],
)
def test_a_field_that_says_nothing_about_the_rows_is_named(worlds: list[World], subject: Subject, text: str) -> None:
    with pytest.raises(FilterError, match=f"says nothing about {subject.nouns}"):
        grid.count(worlds[0].engine, parse(text.replace("name:", "FileName:")), EVERY, subject=subject)


@pytest.mark.parametrize("subject", SUBJECTS, ids=repr)
def test_keys_have_names(subject: Subject) -> None:
    assert all(name in subject.fields for name in subject.naming)
