"""Passwords: what is accepted, and how they are kept (argon2id)."""

import secrets
import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
LEAST_GUESSES = 10**8  # below this a throttled attacker with a common list gets there
_SCORED = 72  # letters that zxcvbn looks at; its time grows with the square
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing to confuse when read aloud

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
_turns = threading.Semaphore(4)  # each hash takes 32 MiB; a burst of sign-ins must not take all memory
_NOBODY = _hasher.hash(secrets.token_hex())


class WeakPassword(ValueError):
    """A password is not accepted; the message says why, to the person choosing it."""


def ensure_strong(password: str, *, words: Iterable[str] = ()) -> None:
    """Return quietly if ``password`` may be used.

    Any characters are allowed and none demanded: length and not being guessable are what counts. Guessability is
    zxcvbn's: common passwords, dictionary words, keyboard walks, dates, repeats, and mixtures of them.

    Args:
        password: As typed; nothing is trimmed.
        words: Names an attacker would try first: of the user, the organisation, the product.

    Raises:
        WeakPassword: It is too short, too long, or among the first that an attacker would try.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(f"Use at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} characters.")
    if not _is_text(password):
        raise WeakPassword("This password holds something that is no character.")
    from zxcvbn import zxcvbn  # 30 MB of word lists that only a process that sets passwords needs

    known = [part for word in ("threatboard", *words) for part in _parts(word)]
    if zxcvbn(password[:_SCORED], user_inputs=known)["guesses"] < LEAST_GUESSES:
        raise WeakPassword("This password is common or easy to guess. Four unrelated words make a good one.")


def hash_of(password: str) -> str:
    """An argon2id hash with its parameters, for storing."""
    with _turns:
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long when there is nothing stored."""
    with _turns:
        try:
            tried = password[: LONGEST + 1] if _is_text(password) else ""
            return _hasher.verify(stored or _NOBODY, tried) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def random_password() -> str:
    """Four groups of four letters, 79 bits: strong, and typed without error."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _is_text(password: str) -> bool:
    """JSON can carry half a character (a lone surrogate), which has no bytes to hash."""
    return not any("\ud800" <= letter <= "\udfff" for letter in password)


def _parts(word: str) -> list[str]:
    plain = word.lower()
    pieces = [plain, *plain.split("@"), *plain.replace("@", ".").split(".")]
    return [piece for piece in dict.fromkeys(pieces) if len(piece) > 2]
