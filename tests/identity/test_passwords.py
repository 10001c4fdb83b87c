"""What is accepted as a password (A2, A3) and how it is kept (A1)."""

from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from dashapp.identity import passwords
from dashapp.identity.passwords import WeakPassword, ensure_strong

GOOD = "correct horse battery staple"


def test_a1_hashes_are_argon2id_and_cost_enough() -> None:
    stored = passwords.hash_of(GOOD)
    parameters = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD))
    assert passwords.hash_of(GOOD) != stored


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "zK4!pq9vX2mA",
        " leading and trailing space ",
        "żółta łódź płynie",
        "🐴🔋📎 staple of horses",
        "x7Q" + "k2Wp9Z" * 5 + "é" * 95,
        "tab\there and\nline end",
    ],
    ids=len,
)
def test_a2_any_characters_count_and_none_is_cut(password: str) -> None:
    ensure_strong(password)
    stored = passwords.hash_of(password)
    assert passwords.matches(stored, password)
    for other in (password.strip() + ".", password[:-1], password + " ", password.swapcase() + "!", " " + password):
        assert not passwords.matches(stored, other)


@pytest.mark.parametrize(
    ("password", "words"), [("short", "at least 12"), ("", "at least 12"), ("k3J" * 43, "at most 128")]
)
def test_a2_length_is_12_to_128(password: str, words: str) -> None:
    with pytest.raises(WeakPassword, match=words):
        ensure_strong(password)


def test_a3_every_common_password_that_is_long_enough_is_refused() -> None:
    common = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= passwords.SHORTEST]
    assert len(FREQUENCY_LISTS["passwords"]) >= 3_000
    assert len(common) > 200
    for word in common:
        for variant in (word, word.upper(), word.capitalize() + "!", word[::-1]):
            with pytest.raises(WeakPassword, match="easy to guess"):
                ensure_strong(variant)


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "p4ssw0rd12345",
        "qwertyuiop123",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abcdefghijklmn",
        "administrator1",
        "iloveyou12345",
        "Threatboard2026",
        "threatboard!!!",
        "contoso.example1",
        "Contoso12345",
        "ana.silva@contoso.example",
        "ana.silva2026",
    ],
)
def test_a3_products_organisations_and_patterns_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword, match="easy to guess"):
        ensure_strong(password, words=["ana.silva@contoso.example", "contoso.example"])


def test_a4_an_unknown_account_costs_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal work, not equal time: a busy machine must not fail the test."""
    verified = []

    class Counting(PasswordHasher):
        def verify(self, stored: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append((extract_parameters(str(stored)), len(password)))
            return super().verify(stored, password)

    stored = passwords.hash_of(GOOD)
    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.matches(stored, "wrong password 123")
    assert not passwords.matches(None, "wrong password 123")
    assert verified[0] == verified[1]
    assert len(verified) == 2


def test_nothing_matches_where_there_is_no_good_hash() -> None:
    assert not passwords.matches(None, GOOD)
    assert not passwords.matches("", GOOD)
    assert not passwords.matches("plain text", GOOD)


def test_half_a_character_is_no_password() -> None:
    assert not passwords.matches(passwords.hash_of(GOOD), GOOD + "\ud800")
    with pytest.raises(WeakPassword, match="no character"):
        ensure_strong(GOOD + "\ud800")


def test_random_passwords_are_strong_and_differ() -> None:
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    for password in list(made)[:5]:
        ensure_strong(password)
