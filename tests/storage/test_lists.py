"""Kept lists in both databases."""

import threading
from datetime import UTC, datetime, timedelta

from dashapp.storage import Storage, lists

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
HOSTILE = ("\x00", "\ud800", "'; DROP TABLE kept_list --", "é\u202e", "x" * 5000)


def test_a_list_comes_back_as_it_was_and_is_kept_once(storage: Storage) -> None:
    with storage.write() as connection:
        assert lists.add(connection, "one", HOSTILE, keeper_id="ana", now=NOW)
        assert not lists.add(connection, "one", ["other"], keeper_id="ben", now=NOW)
    with storage.read() as connection:
        assert lists.values_of(connection, "one") == HOSTILE
        assert lists.values_of(connection, "two\x00") is None


def test_counted_by_person_and_time(storage: Storage) -> None:
    with storage.write() as connection:
        for number in range(3):
            lists.add(connection, str(number), ["a"], keeper_id="ana", now=NOW - timedelta(hours=number))
    with storage.read() as connection:
        assert lists.kept_since(connection, "ana", NOW - timedelta(hours=1)) == 2
        assert lists.kept_since(connection, "ben", NOW - timedelta(days=9)) == 0


def test_two_who_keep_the_same_at_once(storage: Storage) -> None:
    together, added = threading.Barrier(4), []

    def keep() -> None:
        together.wait(60)
        with storage.write() as connection:
            added.append(lists.add(connection, "one", ["a"], keeper_id="ana", now=NOW))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(added) == [False, False, False, True]
