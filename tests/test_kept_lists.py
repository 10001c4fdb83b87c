"""Long pasted lists: kept once and on record, named in the query, shown to those who may see messages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashapp.domain.kept_lists import list_id
from dashapp.identity.permissions import Actor, PermissionDenied, Role
from dashapp.kept_lists import MOST_A_DAY, KeptLists, as_named
from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.printing import quote
from dashapp.query.tree import Listed
from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage, tables
from tests.apps import build

ANA = Actor("ana", "Ana", frozenset({Role.SECURITY_READER}))
HASHES = tuple(f"{number:064x}" for number in range(60))
PASTED = "\n".join(HASHES)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(Settings(secret_key="test-only-6f1d0c5a9b3e4d7282f0c1b5", data_dir=tmp_path))
    yield opened
    opened.close()


def test_a_long_list_is_kept_and_named(storage: Storage) -> None:
    kept = KeptLists(storage)
    query = kept.shortened(ANA, PASTED)

    assert parse(query) == Listed("SHA256", list_id(HASHES))
    assert kept.values(list_id(HASHES)) == HASHES
    assert as_named(PASTED) == query
    assert kept.shortened(ANA, f"spf:fail AND sha256:({PASTED})") == f"spf:fail AND sha256:@{list_id(HASHES)}"


def test_what_is_kept_is_on_record_once(storage: Storage) -> None:
    for _ in range(2):
        KeptLists(storage).shortened(ANA, PASTED)
    with storage.read() as connection:
        rows = connection.execute(
            sa.select(tables.audit.c.actor_id, tables.audit.c.action, tables.audit.c.object)
        ).all()
    assert [tuple(row) for row in rows] == [("ana", "list.keep", f"list:{list_id(HASHES)}")]


def test_a_short_list_and_a_mistake_stay_as_they_are(storage: Storage) -> None:
    for text in ("", "SenderIP:(203.0.113.7, 203.0.113.8)", "to:(a", f"subject=({PASTED})", "x" * 300_000):
        assert KeptLists(storage).shortened(ANA, text) == text


def test_nobody_fills_the_database(storage: Storage) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    kept = KeptLists(storage, lambda: now)

    def pasted(number: int) -> str:
        return "\n".join(f"{number + more:064x}" for more in range(51))

    for number in range(MOST_A_DAY):
        kept.shortened(ANA, pasted(number))
    with pytest.raises(QueryError, match="tomorrow"):
        kept.shortened(ANA, pasted(MOST_A_DAY))
    kept.shortened(ANA, pasted(0))  # is there already
    replace(kept, clock=lambda: now + timedelta(days=2)).shortened(ANA, pasted(MOST_A_DAY))


def test_only_who_may_see_messages_keeps_lists(storage: Storage) -> None:
    for actor in (
        Actor("ben", "Ben", frozenset({Role.EXECUTIVE})),
        Actor("ana", "Ana", frozenset({Role.SECURITY_READER}), read_only=True),
    ):
        with pytest.raises(PermissionDenied):
            KeptLists(storage).shortened(actor, PASTED)


def test_the_values_are_plain_text(tmp_path: Path) -> None:
    board = build(tmp_path)
    hostile = ["<script>alert(1)</script>", *(f"{number}.evil.example" for number in range(60))]
    query = board.services.kept_lists.shortened(ANA, f"UrlDomain:({', '.join(map(quote, hostile))})")
    path = f"/lists/{query.partition('@')[2]}.txt"

    answer = board.browser(Role.SECURITY_READER).get(path)
    assert answer.text.splitlines() == hostile
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert board.browser(Role.EXECUTIVE).get(path).status_code == 403
    for name in ("list-60-aaaaaaaaaaaaaaaaaaaaaaaaaa", "x", "..%2f..%2fsecret.key", "%00"):
        assert board.browser(Role.SECURITY_READER).get(f"/lists/{name}.txt").status_code == 404
    board.services.storage.close()
